"""Element names as feedparser sees them: a prefix of its own for each namespace, all in lower case."""

from functools import lru_cache
from typing import Any

# Namespaces of RSS and Atom themselves (feedparser 6.0.14, mixin.py): their elements have no prefix.
CORE = frozenset(
    [
        "",
        "http://backend.userland.com/rss",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://example.com/newformat#",
        "http://example.com/necho",
        "http://purl.org/echo/",
        "uri/of/echo/namespace#",
        "http://purl.org/pie/",
        "http://purl.org/atom/ns#",
        "http://www.w3.org/2005/atom",
        "http://purl.org/rss/1.0/modules/rss091#",
    ]
)
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
}


def name_of(element: Any) -> str:
    """``title``, ``dc_creator``, ``media_content`` ... of an lxml element; empty for an entity reference."""
    return _name(element.tag, element.prefix) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=4096)
def _name(tag: str, prefix: str | None) -> str:
    namespace, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    namespace = namespace.lower()
    if namespace in CORE or "backend.userland.com/rss" in namespace:
        return local.lower()
    known = _PREFIXES.get(namespace, prefix)
    return f"{known.lower()}_{local.lower()}" if known else local.lower()


def is_known(tag: str) -> bool:
    """Whether a tag's namespace decides its name, whatever the prefix."""
    namespace = tag[1:].rpartition("}")[0].lower() if tag[0] == "{" else ""
    return namespace in CORE or namespace in _PREFIXES


def attributes_of(element: Any) -> dict[str, str]:
    """Attributes without namespace, names and the values of ``rel`` and ``type`` in lower case."""
    if not element.attrib:
        return {}
    return {
        name.lower(): value.lower() if name.lower() in ("rel", "type") else value
        for name, value in element.attrib.items()
        if name[0] != "{"
    }
