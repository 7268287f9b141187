"""JSON of feeds and agencies, read safely; a document cut in the middle keeps its complete items."""

import json
import re
from dataclasses import dataclass
from typing import Any

from transforms.feeds.entry import FeedError

# Deeper nesting is no feed: real ones need less than 12 levels.
_MAX_DEPTH = 64
# Longer integers are no counts; int() refuses more than 4300 digits with a ValueError.
_MAX_DIGITS = 19


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A decoded document.

    Attributes:
        value: Objects, arrays, strings, numbers, booleans, None.
        bozo: What had to be repaired; None when the text was valid JSON.
    """

    value: Any
    bozo: str | None


def parse_json(body: str) -> JsonDocument:
    """Decode JSON text, control characters in strings allowed; a cut document ends after its last whole item.

    Raises:
        FeedError: ``unreadable_json`` when nothing can be decoded, ``hostile`` when nested beyond 64 levels.

    >>> parse_json('{"items": [{"id": "1"}, {"id": "2", "tit')
    JsonDocument(value={'items': [{'id': '1'}]}, bozo='cut after char 22: Unterminated string starting at')
    """
    text = body.lstrip("\ufeff \t\r\n")
    _refuse_depth(text)
    try:
        return JsonDocument(_decode(text), None)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return JsonDocument(_decode(text[: error.pos]), f"text after the document, char {error.pos}")
        repaired, end = _up_to_last_item(text)
        if not repaired:
            raise FeedError("unreadable_json", f"not JSON: {error.msg} at char {error.pos}") from error
        try:
            return JsonDocument(_decode(repaired), f"cut after char {end}: {error.msg}")
        except json.JSONDecodeError:
            raise FeedError("unreadable_json", f"not JSON: {error.msg} at char {error.pos}") from error


def _decode(text: str) -> Any:
    return json.loads(text, strict=False, parse_constant=lambda _: None, parse_int=_bounded_int)


def _bounded_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_CLOSER = {"{": "}", "[": "]"}


def _refuse_depth(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
            if depth > _MAX_DEPTH:
                raise FeedError("hostile", f"JSON nested beyond {_MAX_DEPTH} levels at char {token.start()}")
        elif mark in "]}":
            depth -= 1


def _up_to_last_item(text: str) -> tuple[str, int]:
    """The text up to the last whole object of its outermost array, brackets closed; empty without one."""
    open_marks: list[str] = []
    best, end, shallowest = "", 0, _MAX_DEPTH + 1
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "[{":
            open_marks.append(mark)
        elif mark in "]}" and open_marks:
            open_marks.pop()
            if mark == "}" and open_marks and open_marks[-1] == "[" and len(open_marks) <= shallowest:
                shallowest, end = len(open_marks), token.end()
                best = "".join(_CLOSER[left] for left in reversed(open_marks))
    return (text[:end] + best, end) if end else ("", 0)
