"""Time zones in dates: offsets, abbreviations, places; what is ambiguous is settled by the source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from transforms.feeds.context import FeedContext
from transforms.feeds.date_words import fold

_DATA = Path(__file__).parent / "data" / "zones.toml"
_MAX_OFFSET = 14 * 60
# Top-level domains that are no ISO 3166 code.
_DOMAIN_REGIONS = {"uk": "GB", "com": None, "org": None, "net": None, "int": None, "eu": None}


@dataclass(frozen=True, slots=True)
class Moment:
    """A local time as written, the zone beside it (None: none written) and quality flags."""

    naive: datetime
    zone: tzinfo | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Zones:
    """The tables of ``data/zones.toml`` under folded names."""

    fixed: Mapping[str, int]
    places: Mapping[str, str]
    ambiguous: Mapping[str, list[dict[str, str | int]]]


@cache
def zones() -> Zones:
    """The zone tables, read once."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return Zones(
        {fold(name): minutes for name, minutes in data["fixed"].items()},
        {fold(name): place for name, place in data["places"].items()},
        data["ambiguous"],
    )


def is_zone(name: str) -> bool:
    """Whether a folded word names a zone."""
    tables = zones()
    return name in tables.fixed or name in tables.places or name in tables.ambiguous


@cache
def offset(sign: str, hours: int, minutes: int) -> timezone | None:
    """A fixed offset; None beyond 14 hours, which no place on Earth has."""
    total = hours * 60 + minutes
    if total > _MAX_OFFSET or minutes > 59:
        return None
    return timezone(timedelta(minutes=-total if sign == "-" else total))


def named_zone(name: str, moment: datetime, context: FeedContext) -> tuple[tzinfo, str | None]:
    """The zone a folded name means for this source.

    Args:
        name: A name `is_zone` knows.
        moment: The naive local time it stands beside.
        context: Its zone, region and language settle AST, IST, CST ...

    Returns:
        The zone and ``ambiguous_zone`` when nothing settled it.
    """
    tables = zones()
    if name in tables.places:
        return ZoneInfo(tables.places[name]), None
    if name in tables.fixed:
        return timezone(timedelta(minutes=tables.fixed[name])), None
    readings = tables.ambiguous[name]
    chosen = _settle(readings, moment, context)
    minutes = int((chosen or readings[0])["offset"])
    return timezone(timedelta(minutes=minutes)), None if chosen else "ambiguous_zone"


def _settle(
    readings: list[dict[str, str | int]], moment: datetime, context: FeedContext
) -> dict[str, str | int] | None:
    if context.timezone:
        local = ZoneInfo(context.timezone).utcoffset(moment)
        for reading in readings:
            if local == timedelta(minutes=int(reading["offset"])):
                return reading
    region = region_of(context)
    language = (context.language or "").split("-")[0].lower()
    for key, value in (("regions", region), ("languages", language)):
        for reading in readings:
            if value and value in str(reading[key]).split():
                return reading
    return None


def region_of(context: FeedContext) -> str | None:
    """ISO 3166 country of a source: configured, or of its language tag, its zone, its domain.

    >>> from datetime import UTC
    >>> region_of(FeedContext(url="https://a.example/", language="ar-SA", fetched_at=datetime.now(UTC)))
    'SA'
    """
    if context.region:
        return context.region
    for part in (context.language or "").split("-")[1:]:
        if len(part) == 2 and part.isalpha():
            return part.upper()
    if context.timezone in _zone_regions():
        return _zone_regions()[context.timezone]
    return _domain_region(context.url)


def _domain_region(url: str) -> str | None:
    try:
        top = (urlsplit(url).hostname or "").rpartition(".")[2]
    except ValueError:
        return None
    if top in _DOMAIN_REGIONS:
        return _DOMAIN_REGIONS[top]
    return top.upper() if len(top) == 2 and top.isalpha() else None


@cache
def _zone_regions() -> dict[str, str]:
    """IANA zone to country, from the zone.tab that tzdata installs."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
