"""Facts as a hostile publisher would like them: markup in every string."""

from typing import Any

MARKUP = (
    """'"></td></script></style><script>window.hacked = 1</script>"""
    """<img src=x onerror="window.hacked=1">{{7*7}}\u202e"""
)
# Ours, not a publisher's: names of bins and states that decide what is drawn.
OURS = {"bin", "lag", "length", "versions", "state", "dataset", "stage"}


def poisoned(value: Any, key: str = "") -> Any:
    """The same facts with markup before every string that a feed might have brought."""
    if isinstance(value, dict):
        return {name: poisoned(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner, key) for inner in value]
    return MARKUP + value if isinstance(value, str) and key not in OURS else value
