"""How far long work has come: a live line for a person at a terminal, nothing for anybody else."""

import sys
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class Progress:
    """Told of each step; the default says nothing."""

    def step(self, note: str = "") -> None:
        """One more step is done, or begins."""


def each(what: str, items: Iterable[T]) -> Iterator[T]:
    """The items one by one, with a progress line while they last.

    >>> list(each("work", [1, 2]))
    [1, 2]
    """
    with working(what, len(items) if isinstance(items, Sized) else None) as progress:
        for item in items:
            yield item
            progress.step()


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
