"""How far long work has come: a live line for a person at a terminal, nothing for anybody else."""

import sys
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import rich.progress

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
    lines = live_lines()
    task = lines.add_task(what, total=total, note="")

    class Shown(Progress):
        def step(self, note: str = "") -> None:
            lines.update(task, advance=1, note=note)

    with lines:
        yield Shown()


def live_lines() -> "rich.progress.Progress":
    """Lines on standard error that go away at the end; each task has a ``note`` that closes its line."""
    from rich import progress
    from rich.console import Console

    return progress.Progress(
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description:<8}"),
        progress.BarColumn(bar_width=30),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
        transient=True,
    )
