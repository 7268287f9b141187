"""What commands show on a terminal: text from feeds made harmless, tables, right-to-left paragraphs.

Colours appear on a terminal only, and not where ``NO_COLOR`` is set (https://no-color.org): rich sees to it.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

# Escape sequences would command the terminal; explicit directions would turn what stands after the text.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# First strong isolate and its end (UAX #9): the text finds its own direction and leaves its neighbours alone.
_ISOLATE, _END = "\u2068", "\u2069"
# Into a pipe or a file a row is one line, however long.
PIPE_WIDTH = 10_000


def console() -> "Console":
    """Standard output as rich sees it."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def harmless(text: str) -> str:
    r"""Text from a feed without what a terminal would obey.

    >>> harmless("\x1b[31mred\x07 \u202etfel")
    '[31mred tfel'
    """
    return _CONTROL.sub("", text)


def is_rtl(text: str) -> bool:
    """Whether a paragraph runs from the right: its first strong character does (UAX #9, P2 and P3).

    >>> is_rtl("61 سفينة via Suez"), is_rtl("Suez: 61 سفينة"), is_rtl("2026")
    (True, False, False)
    """
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def _has_rtl(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def shown(value: Any, *, isolate: bool | None = None, style: str = "") -> "Text":
    """A value as a cell: no markup of rich's is read in it, right-to-left text is isolated on a terminal.

    ``isolate`` overrides whether standard output is a terminal.
    """
    from rich.text import Text

    text = harmless(_written(value))
    if (sys.stdout.isatty() if isolate is None else isolate) and _has_rtl(text):
        text = f"{_ISOLATE}{text}{_END}"
    return Text(text, style=style)


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds" if not value.microsecond else "auto").removesuffix("+00:00")
    return " ".join(value.splitlines()) if isinstance(value, str) else str(value)


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], *, header: bool = True) -> "Table":
    """An aligned table without lines: numbers to the right, texts to the left."""
    from rich.table import Table

    listed = [list(row) for row in rows]
    made = Table(box=None, header_style="bold", show_header=header, pad_edge=False)
    for n, head in enumerate(heads):
        values = [row[n] for row in listed if row[n] is not None]
        numbers = bool(values) and all(
            isinstance(v, (int, float)) and not isinstance(v, bool) for v in values
        )
        made.add_column(shown(head), justify="right" if numbers else "left", no_wrap=numbers)
    for row in listed:
        made.add_row(*(cell if _is_text(cell) else shown(cell) for cell in row))
    return made


def _is_text(cell: Any) -> bool:
    from rich.text import Text

    return isinstance(cell, Text)


def ago(moment: datetime | None, now: datetime) -> str:
    """How far an instant is from now.

    >>> from datetime import timedelta
    >>> now = datetime(2026, 3, 5)
    >>> ago(now - timedelta(minutes=5), now), ago(now + timedelta(hours=2), now), ago(None, now)
    ('5 min ago', 'in 2.0 h', 'never')
    """
    from pipelines.words import span

    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    return f"{span(seconds)} ago" if seconds >= 0 else f"in {span(-seconds)}"
