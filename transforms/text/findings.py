"""What furniture says, gathered while it is taken away."""

import datetime
from dataclasses import dataclass, field
from typing import NamedTuple


class Removed(NamedTuple):
    """One piece of furniture, verbatim.

    Attributes:
        where: ``"3"`` for the whole paragraph 3 of the input, ``"3:120"`` for a piece of it that
            began at code point 120. Paragraphs are counted from 0.
        kind: dateline, byline, credit, attribution, publisher, caption, photo_credit, end_mark,
            timestamp, initials or boilerplate.
        text: As published, white space at the cut included.
    """

    where: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """An article without its furniture.

    Attributes:
        agency: Canonical id of the agency the article is credited to; None when none is.
        agencies: All agencies credited, in the order they were found.
        place: Dateline place as written.
        date: Dateline date; None when there is none or its year cannot be inferred.
        hijri: Dateline date in the Hijri calendar, ``YYYY-MM-DD``, as written.
        byline: Author line without its label.
        publisher: Who put the text out, when a line says so.
        photo_credits: Agency ids of photo credits: not the article's agency.
        body: The paragraphs that are left.
        removed: What was taken away, in reading order.
    """

    agency: str | None = None
    agencies: list[str] = field(default_factory=list)
    place: str | None = None
    date: datetime.date | None = None
    hijri: str | None = None
    byline: str | None = None
    publisher: str | None = None
    photo_credits: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)


class Found:
    """Fields as they are found; the first finding of a field stands."""

    def __init__(self, paragraphs: list[str]) -> None:
        self.paragraphs = paragraphs
        self.first, self.last = 0, len(paragraphs)
        self.cuts: dict[int, tuple[int, int]] = {}
        self.pieces: list[tuple[int, int, Removed]] = []
        self.agencies: list[str] = []
        self.photo_credits: list[str] = []
        self.fields: dict[str, str] = {}
        self.date: datetime.date | None = None

    def text(self, index: int) -> str:
        """What is still left of a paragraph."""
        start, end = self.cuts.get(index, (0, len(self.paragraphs[index])))
        return self.paragraphs[index][start:end]

    def credit(self, agencies: list[str]) -> None:
        """Credit agencies with the article."""
        self.agencies += [agency for agency in agencies if agency not in self.agencies]

    def photo(self, agencies: list[str]) -> None:
        """Credit agencies with a photo."""
        self.photo_credits += [agency for agency in agencies if agency not in self.photo_credits]

    def note(self, name: str, value: str | None) -> None:
        """Set a field unless it is set."""
        if value and name not in self.fields:
            self.fields[name] = value

    def take(self, index: int, kind: str) -> None:
        """Remove what is left of a paragraph."""
        text = self.text(index)
        start = self.cuts.get(index, (0, 0))[0]
        self.pieces.append((index, start, Removed(f"{index}:{start}", kind, text)))
        self.cuts[index] = (start, start)

    def cut_head(self, index: int, length: int, kind: str) -> None:
        """Remove the first code points of what is left of a paragraph."""
        start, end = self.cuts.get(index, (0, len(self.paragraphs[index])))
        self.pieces.append(
            (index, start, Removed(f"{index}:{start}", kind, self.paragraphs[index][start : start + length]))
        )
        self.cuts[index] = (start + length, end)

    def cut_tail(self, index: int, keep: int, kind: str) -> None:
        """Keep the first code points of what is left of a paragraph and remove the rest."""
        start, end = self.cuts.get(index, (0, len(self.paragraphs[index])))
        self.pieces.append(
            (
                index,
                start + keep,
                Removed(f"{index}:{start + keep}", kind, self.paragraphs[index][start + keep : end]),
            )
        )
        self.cuts[index] = (start, start + keep)

    def _removed(self) -> tuple[set[int], list[Removed]]:
        """Paragraphs of which nothing is left, and the pieces: those paragraphs in one piece each."""
        gone = {index for index, (start, end) in self.cuts.items() if start == end}
        ordered = sorted(self.pieces, key=lambda piece: piece[:2])
        removed = [piece for index, _, piece in ordered if index not in gone]
        for index in gone:
            kind = next(piece.kind for at, _, piece in ordered if at == index)
            removed.append(Removed(str(index), kind, self.paragraphs[index]))
        return gone, sorted(removed, key=lambda piece: tuple(map(int, piece.where.split(":"))))

    def result(self) -> Furniture:
        """The findings, with what is left as body."""
        gone, removed = self._removed()
        return Furniture(
            agency=self.agencies[0] if self.agencies else None,
            agencies=self.agencies,
            date=self.date,
            place=self.fields.get("place"),
            hijri=self.fields.get("hijri"),
            byline=self.fields.get("byline"),
            publisher=self.fields.get("publisher"),
            photo_credits=self.photo_credits,
            body=[self.text(index) for index in range(len(self.paragraphs)) if index not in gone],
            removed=removed,
        )


def restore(body: list[str], removed: list[Removed]) -> list[str]:
    """Put furniture back: the paragraphs that ``strip_furniture`` was given.

    >>> restore(["أعلن."], [Removed("0:0", "dateline", "بكين (شينخوا) "), Removed("1", "credit", "(وام)")])
    ['بكين (شينخوا) أعلن.', '(وام)']
    """
    whole: dict[int, str] = {}
    parts: dict[int, list[tuple[int, str]]] = {}
    for where, _, text in removed:
        paragraph, _, start = where.partition(":")
        if start:
            parts.setdefault(int(paragraph), []).append((int(start), text))
        else:
            whole[int(paragraph)] = text
    rest = list(reversed(body))
    paragraphs: list[str] = []
    for index in range(len(body) + len(whole)):
        text = whole[index] if index in whole else rest.pop()
        for offset, piece in parts.get(index, []):
            text = text[:offset] + piece + text[offset:]
        paragraphs.append(text)
    return paragraphs
