"""Whose page it is: from the host of its address to a source id, by configuration."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from transforms.feeds.pages import EXTRACTORS

_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
UNMAPPED = ("skip", "host")


@dataclass(frozen=True, kw_only=True)
class WarcSource:
    """One publisher in a web archive.

    Attributes:
        id: Slug ``[a-z][a-z0-9_]*``; becomes ``source=<id>``.
        hosts: Host names; each stands for itself and everything below it. ASCII (IDNA).
        paths: Only pages whose path begins with one of these; empty: all.
        agency: Wire service the text comes from, a key of the agency lexicon.
        language: BCP 47 tag the publisher declares: a prior, not a fact.
        timezone: IANA zone for dates without one.

    Raises:
        ValueError: A value is not acceptable; the message names source, key and reason.
    """

    id: str
    hosts: Sequence[str]
    paths: Sequence[str] = ()
    agency: str | None = None
    language: str | None = None
    timezone: str | None = None

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.id):
            raise ValueError(f"source {self.id!r}: id must match [a-z][a-z0-9_]*")
        if not self.hosts:
            raise ValueError(f"source {self.id}: hosts is empty")
        for host in self.hosts:
            if not _HOST.fullmatch(host):
                raise ValueError(f"source {self.id}: {host!r} is no host name in lower case ASCII")
        for path in self.paths:
            if not path.startswith("/"):
                raise ValueError(f"source {self.id}: path {path!r} must begin with /")
        if self.timezone is not None:
            try:
                ZoneInfo(self.timezone)
            except (KeyError, ValueError, OSError) as error:
                raise ValueError(f"source {self.id}: no IANA zone {self.timezone!r}") from error
        object.__setattr__(self, "hosts", tuple(self.hosts))
        object.__setattr__(self, "paths", tuple(self.paths))


@dataclass(frozen=True, kw_only=True)
class WarcPolicy:
    """What becomes of pages.

    Attributes:
        unmapped: Pages of hosts that no source names: ``skip`` (counted), or ``host``: a source per host.
        extractor: ``careful`` asks three libraries and takes the best supported answer, ``fast`` one of them,
            ``resiliparse`` (an extra) costs least and keeps more of what is not the article.
        max_page_bytes: Largest page, and largest record.
    """

    unmapped: str = "skip"
    extractor: str = "careful"
    max_page_bytes: int = 10_485_760

    def __post_init__(self) -> None:
        for key, known in (("unmapped", UNMAPPED), ("extractor", EXTRACTORS)):
            if getattr(self, key) not in known:
                raise ValueError(f"{key} must be one of {', '.join(known)}, not {getattr(self, key)!r}")
        if self.max_page_bytes <= 0:
            raise ValueError(f"max_page_bytes must be positive, not {self.max_page_bytes}")


@dataclass(frozen=True)
class SourceMap:
    """Sources by host suffix.

    >>> map = SourceMap([WarcSource(id="tass", hosts=["tass.com"]),
    ...                  WarcSource(id="tass_ar", hosts=["tass.com"], paths=["/ar/"])], WarcPolicy())
    >>> map.source_of("https://www.tass.com/ar/1").id, map.source_of("https://tass.com/1").id
    ('tass_ar', 'tass')
    """

    sources: Sequence[WarcSource]
    policy: WarcPolicy
    _by_host: dict[str, list[tuple[str, WarcSource]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_host: dict[str, list[tuple[str, WarcSource]]] = defaultdict(list)
        for source in self.sources:
            for host in source.hosts:
                by_host[host] += [(path, source) for path in source.paths or ("",)]
        for rules in by_host.values():
            rules.sort(key=lambda rule: len(rule[0]), reverse=True)  # the longest path wins
        object.__setattr__(self, "_by_host", dict(by_host))

    def source_of(self, url: str) -> WarcSource | None:
        """The source of a page: that of the longest host suffix, then of the longest path; None for none."""
        host, path = host_and_path(url)
        suffix = host
        while suffix:
            for start, source in self._by_host.get(suffix, ()):
                if path.startswith(start):
                    return source
            suffix = suffix.partition(".")[2]
        if self.policy.unmapped == "host" and (name := source_name(host)):
            return WarcSource(id=name, hosts=[host])
        return None


def host_and_path(url: str) -> tuple[str, str]:
    """Host in lower case, and path; both empty for what is no URL."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").removesuffix("."), parts.path or "/"
    except ValueError:
        return "", ""


def source_name(host: str) -> str | None:
    """A source id from a host; None for one that cannot be spelled in ASCII.

    >>> source_name("www.24sata.example")
    'host_24sata_example'
    """
    host = host.removeprefix("www.")
    if not _HOST.fullmatch(host):
        return None
    name = re.sub(r"[^a-z0-9]+", "_", host).strip("_")
    return name if name[:1].isalpha() else f"host_{name}"
