"""Categories of an item, put together the way feedparser does."""

Slot = list[str | None]


class TagList:
    """Slots of ``[term, scheme, label]`` without repeats."""

    __slots__ = ("slots",)

    def __init__(self) -> None:
        self.slots: list[Slot] = []

    def add(self, term: str | None, scheme: str | None = None, label: str | None = None) -> None:
        """Open a slot, unless it would be empty or a repeat."""
        slot = [term, scheme, label]
        if any(slot) and slot not in self.slots:
            self.slots.append(slot)

    def end(self, value: str) -> None:
        """The text of a category fills the last slot without a term, or opens one."""
        if not value:
            return
        if self.slots and not self.slots[-1][0]:
            self.slots[-1][0] = value
        else:
            self.add(value)
