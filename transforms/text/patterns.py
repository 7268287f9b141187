"""The pattern families of ``lexicons/furniture.toml``, compiled."""

import re
from typing import NamedTuple

from transforms.text.data_files import load

_DATA = load("furniture.toml")
_FRAGMENT = re.compile(r"\{([a-z]+)\}")


class Family(NamedTuple):
    """One row of the data file.

    Attributes:
        name: What it looks like.
        kind: What the removed text is called.
        pattern: Over the shape of a paragraph.
        conditions: The row's other keys: what must hold besides.
        example: A paragraph it is made for.
    """

    name: str
    kind: str
    pattern: re.Pattern[str]
    conditions: frozenset[tuple[str, str]]
    example: str

    def asks(self, key: str, value: str) -> bool:
        """True when the row sets ``key`` to ``value``."""
        return (key, value) in self.conditions


def _expand(shape: str) -> str:
    while _FRAGMENT.search(shape):
        shape = _FRAGMENT.sub(lambda match: _DATA["fragments"][match[1]], shape)
    return shape


def families(section: str) -> list[Family]:
    """The rows of one section: head, opening, closing or trailing, in the order they are tried."""
    rows = []
    for row in _DATA[section]:
        pattern = re.compile(_expand(row["shape"]) + ("$" if section == "trailing" else ""))
        conditions = frozenset(
            (k, v) for k, v in row.items() if k not in ("name", "kind", "shape", "example")
        )
        rows.append(Family(row["name"], row.get("kind", "dateline"), pattern, conditions, row["example"]))
    return rows
