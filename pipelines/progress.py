"""How far long work has come: a live line for a person at a terminal, nothing for anybody else."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class Progress:
    """Told of each step; the default says nothing."""

    def step(self, note: str = "") -> None:
        """One more step begins, or an item is done."""

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """Go through ``items``, one step each."""
        for item in items:
            self.step()
            yield item


@contextmanager
def working(what: str, total: int | None = None) -> Iterator[Progress]:
    """A progress line on standard error while the block lasts, gone afterwards; silent unless a terminal.

    Args:
        what: The work, in a word.
        total: Number of steps; None when nobody knows.
    """
    if not sys.stderr.isatty():
        yield Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(what, total=total, note="")

    class Shown(Progress):
        def step(self, note: str = "") -> None:
            bar.update(task, advance=1, note=note)

    with bar:
        yield Shown()
