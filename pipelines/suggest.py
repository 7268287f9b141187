"""What was probably meant by a word that is unknown."""

import difflib
from collections.abc import Iterable


def suggestion(word: str, known: Iterable[str]) -> str:
    """A remark to append to an error; empty when nothing known is close.

    >>> suggestion("langauge", ["language", "script"])
    " (did you mean 'language'?)"
    >>> suggestion("x", ["language"])
    ''
    """
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""
