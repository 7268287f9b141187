"""Read ``feeds.toml`` and ``khabar.toml`` once, at the edge, into frozen records.

Keys are the field names of the records; unknown keys are refused, with a suggestion.
"""

import dataclasses
import sys
import tomllib
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.exits import Exit, KhabarError
from pipelines.suggest import suggestion
from transforms.fetch.policy import Feed, FetchPolicy


class ConfigError(KhabarError):
    """A configuration file cannot be used; the message names file, key and finding."""

    exit = Exit.CONFIG


@dataclass(frozen=True, kw_only=True)
class LanguageSettings:
    """How languages are identified.

    Attributes:
        backend: ``langdetect`` (exact, fast, complete), ``langdetect-parity`` (the same, with the answer of
            langdetect's own profiles in the column ``extra``), ``langdetect-classic`` (the library as it is,
            seeded), or an extra: ``cld2``, ``lingua``, ``fasttext``, ``py3langid``.
    """

    backend: str = "langdetect"

    def __post_init__(self) -> None:
        ours = ("langdetect", "langdetect-parity", "langdetect-classic")
        known = (*ours, "cld2", "lingua", "fasttext", "py3langid")
        if self.backend not in known:
            raise ValueError(f"backend must be one of {', '.join(known)}, not {self.backend!r}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything ``khabar.toml`` may say; each table is one record."""

    fetch: FetchPolicy = field(default_factory=FetchPolicy)
    language: LanguageSettings = field(default_factory=LanguageSettings)


def load_settings(path: Path | None) -> Settings:
    """Read ``khabar.toml``; without a path, the defaults.

    Raises:
        ConfigError: Unreadable, not TOML, an unknown key or a bad value.
    """
    if path is None:
        return Settings()
    tables = read_toml(path)
    records = {f.name: typing.cast(type, f.type) for f in dataclasses.fields(Settings)}
    refuse_unknown(path, "", tables, records)
    return Settings(**{name: record_of(path, name, records[name], table) for name, table in tables.items()})


def load_feeds(path: Path) -> list[Feed]:
    """Read the feeds of ``feeds.toml``, in order.

    Raises:
        ConfigError: Unreadable, not TOML, no feed, an unknown key, a bad value or an id used twice.
    """
    tables = read_toml(path)
    refuse_unknown(path, "", tables, {"feed": list})
    entries = tables.get("feed", [])
    if not isinstance(entries, list) or not entries:
        raise ConfigError(f"{path}: no [[feed]] table")
    feeds = [record_of(path, f"feed[{n}]", Feed, table) for n, table in enumerate(entries, start=1)]
    seen: dict[str, Feed] = {}
    for feed in feeds:
        if feed.id in seen:
            raise ConfigError(
                f"{path}: feed id {feed.id!r} is used twice ({seen[feed.id].url} and {feed.url})"
            )
        seen[feed.id] = feed
    return feeds


def select_feeds(feeds: Sequence[Feed], ids: Sequence[str], path: Path) -> list[Feed]:
    """The feeds named, in the file's order; all of them when none is named.

    Raises:
        ConfigError: An id that the file does not have.
    """
    known = {feed.id for feed in feeds}
    for wanted in ids:
        if wanted not in known:
            raise ConfigError(f"{path}: no feed {wanted!r}{suggestion(wanted, known)}")
    return [feed for feed in feeds if not ids or feed.id in ids]


def shipped(name: str) -> Path:
    """A file of ``config/``: beside the sources, or where an installation puts it."""
    for folder in (Path(__file__).parents[1] / "config", Path(sys.prefix) / "share/khabar/config"):
        if (folder / name).is_file():
            return folder / name
    raise ConfigError(f"config/{name} is missing from this installation")


def read_toml(path: Path) -> dict[str, Any]:
    """Read the tables of one file.

    Raises:
        ConfigError: Unreadable, or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error


def record_of(path: Path, name: str, record: type[Any], table: object) -> Any:
    """Make a record of a table, whose keys are its fields.

    Raises:
        ConfigError: An unknown or missing key, a wrong type, a value that the record refuses.
    """
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: {name} must be a table, not {table!r}")
    place = f"{name} ({table['id']})" if "id" in table else name
    hints = typing.get_type_hints(record)
    refuse_unknown(path, f"{place}: ", table, hints)
    for key, value in table.items():
        if not _fits(value, hints[key]):
            raise ConfigError(f"{path}: {place}: {key} must be {_name(hints[key])}, not {value!r}")
    missing = [
        f.name
        for f in dataclasses.fields(record)
        if f.default is f.default_factory is dataclasses.MISSING and f.name not in table
    ]
    if missing:
        raise ConfigError(f"{path}: {place}: {' and '.join(missing)} missing")
    try:
        return record(**table)
    except ValueError as error:
        where = "" if "id" in hints else f"{place}: "  # a record with an id names itself
        raise ConfigError(f"{path}: {where}{error}") from error


def refuse_unknown(path: Path, place: str, table: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Refuse keys that nobody reads.

    Raises:
        ConfigError: There is one; the message suggests the one that was meant.
    """
    for key in table:
        if key not in known:
            raise ConfigError(f"{path}: {place}unknown key {key!r}{suggestion(key, known)}")


def _fits(value: object, hint: Any) -> bool:
    """Whether a TOML value has the type a record's field asks for."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return any(_fits(value, option) for option in arguments)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, dict) and all(_fits(item, arguments[1]) for item in value.values())
    if origin is not None and issubclass(origin, Sequence):
        return isinstance(value, list) and all(_fits(item, arguments[0]) for item in value)
    return isinstance(value, hint)


def _name(hint: Any) -> str:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return _name(next(option for option in typing.get_args(hint) if option is not type(None)))
    names = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}
    return names.get(hint, "a table" if typing.get_origin(hint) is Mapping else "a list")
