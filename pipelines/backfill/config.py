"""Read ``warc_sources.toml``: which hosts of a web archive are whose."""

from pathlib import Path

from pipelines.config import ConfigError, read_toml, record_of, refuse_unknown
from transforms.warc.sources import SourceMap, WarcPolicy, WarcSource


def load_sources(path: Path) -> SourceMap:
    """Read the sources, and what becomes of the pages of hosts that none of them names.

    Raises:
        ConfigError: Unreadable, not TOML, an unknown key, a bad value, an id or a place used twice, or
            nothing to read.
    """
    tables = read_toml(path)
    refuse_unknown(path, "", tables, {"backfill": dict, "source": list})
    policy = record_of(path, "backfill", WarcPolicy, tables.get("backfill", {}))
    entries = tables.get("source", [])
    if not isinstance(entries, list):
        raise ConfigError(f"{path}: source must be written as [[source]]")
    sources = [record_of(path, f"source[{n}]", WarcSource, table) for n, table in enumerate(entries, start=1)]
    if not sources and policy.unmapped == "skip":
        raise ConfigError(f'{path}: no [[source]] table, and unmapped = "skip": nothing would be read')
    taken: dict[object, WarcSource] = {}
    for source in sources:
        for place in [source.id, *((h, p) for h in source.hosts for p in source.paths or ("",))]:
            if place in taken:
                what = f"id {place!r}" if isinstance(place, str) else f"{place[0]}{place[1]}"
                raise ConfigError(f"{path}: {what} is used twice ({taken[place].id} and {source.id})")
            taken[place] = source
    return SourceMap(sources, policy)
