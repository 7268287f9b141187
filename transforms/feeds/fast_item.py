"""One item of a well-formed feed, straight from lxml, as feedparser would see it."""

from collections.abc import Callable
from typing import Any

from transforms.feeds.fast_names import attributes_of, is_known, name_of
from transforms.feeds.fast_tags import TagList
from transforms.feeds.fast_values import (
    TYPES,
    NotForFast,
    address,
    as_media,
    clean_value,
    language_of,
    mend_references,
    person,
    plain_address,
    simple_text,
    source_title,
    text_type,
)
from transforms.feeds.raw_entry import RawEntry

_ITUNES = "http://www.itunes.com/"
_MEDIA_SCHEME = "http://search.yahoo.com/mrss/category_schema"


class ItemReader:
    """Collects a `RawEntry` from the children of one item, in document order."""

    __slots__ = (
        "_asides",
        "_created",
        "_has_content",
        "_has_full_text",
        "_has_summary",
        "_languages",
        "_media",
        "_summary_language",
        "_tags",
        "_thumbnails",
        "_title_by_media",
        "_title_language",
        "entry",
    )

    def __init__(self, *, languages: bool) -> None:
        """``languages``: whether the document uses ``xml:lang`` at all."""
        self.entry = RawEntry()
        self._languages = languages
        self._title_by_media = -1
        self._has_content = False
        self._has_full_text = False
        self._has_summary = False
        self._created: str | None = None
        self._asides: dict[str, tuple[int, str]] = {}
        self._tags = TagList()
        self._media: list[dict[str, str]] = []
        self._thumbnails: list[dict[str, str]] = []
        self._title_language: str | None = None
        self._summary_language: str | None = None

    def read(self, item: Any) -> RawEntry:
        """Read an ``item`` or ``entry`` element.

        Raises:
            NotForFast: It holds markup this reader does not know to read as feedparser does.
        """
        for child in item:
            (_BY_TAG.get(child.tag) or _handler_of(child))(self, child, 1)
        entry = self.entry
        entry.published = entry.published or self._created
        entry.language = entry.language or self._title_language or self._summary_language
        if self._asides:
            entry.asides = [self._asides[key][1] for key in _ASIDE_ORDER if key in self._asides]
        if self._tags.slots:
            entry.tags = [(slot[0], slot[1], slot[2]) for slot in self._tags.slots]
        entry.media = self._media + self._thumbnails
        return entry

    def _child(self, element: Any, depth: int) -> None:
        handler = _BY_TAG.get(element.tag) or _handler_of(element)
        handler(self, element, depth)

    def _unknown(self, element: Any, depth: int) -> None:
        if name_of(element).endswith("full-text") and not element.attrib:
            if self._has_full_text:
                raise NotForFast(element.tag)
            self._has_full_text = True
            self.entry.contents.append((simple_text(element), "text/html"))
        elif len(element):
            self._look_inside(element)

    def _language_of(self, element: Any) -> str | None:
        return language_of(element) if self._languages else None

    def _look_inside(self, element: Any) -> None:
        """An element nobody knows may have children that feedparser takes for the item's own."""
        for inner in element.iter():
            if inner is not element and (name_of(inner) in _HANDLERS or name_of(inner).endswith("full-text")):
                raise NotForFast(inner.tag)

    def _skip(self, element: Any, depth: int) -> None:
        """Nothing here reaches an entry."""

    def _refuse(self, element: Any, depth: int) -> None:
        raise NotForFast(element.tag)

    def _group(self, element: Any, depth: int) -> None:
        for child in element:
            self._child(child, depth + 1)

    def _title(self, element: Any, depth: int) -> None:
        if self.entry.source is not None and self.entry.title is not None:
            raise NotForFast(element.tag)
        if self.entry.title and self._title_by_media < 0:
            simple_text(element)
            return
        text_type(element, "text/plain")
        self.entry.title = simple_text(element)
        self._title_by_media = -1
        self._title_language = self._language_of(element)

    def _media_title(self, element: Any, depth: int) -> None:
        value = simple_text(element)
        if self.entry.title is None or (self._title_by_media >= 0 and depth <= self._title_by_media):
            text_type(element, "text/plain")
            self.entry.title, self._title_by_media = value, depth
            self._title_language = self._language_of(element)
        elif not self.entry.title:
            raise NotForFast(element.tag)

    def _link(self, element: Any, depth: int) -> None:
        attributes = attributes_of(element)
        attributes.setdefault("rel", "alternate")
        attributes.setdefault("type", "application/atom+xml" if attributes["rel"] == "self" else "text/html")
        href = attributes.get("href")
        if len(element) or "url" in attributes or "uri" in attributes:
            raise NotForFast(element.tag)
        if href:
            attributes["href"] = plain_address(href)
        elif text := address(simple_text(element)):
            attributes["href"] = mend_references(text)
        attributes["type"] = TYPES.get(attributes["type"], attributes["type"])
        self.entry.links.append(attributes)

    def _enclosure(self, element: Any, depth: int) -> None:
        attributes = attributes_of(element)
        attributes["href"] = attributes.get("url") or attributes.get("uri") or attributes.get("href") or ""
        attributes["rel"] = "enclosure"
        self.entry.links.append(attributes)

    def _guid(self, element: Any, depth: int) -> None:
        value = simple_text(element)
        permalink = attributes_of(element).get("ispermalink", "true") == "true"
        self.entry.guid = address(value) if permalink else value

    def _description(self, element: Any, depth: int) -> None:
        self._summary_like(element, "text/html")

    def _summary(self, element: Any, depth: int) -> None:
        self._summary_like(element, "text/plain")

    def _summary_like(self, element: Any, default: str) -> None:
        if self._has_summary and not self._has_content:
            # feedparser takes a second summary for the content
            self._add_content(element, "text/plain")
            return
        self.entry.summary = (simple_text(element), text_type(element, default))
        self._has_summary = True
        self._summary_language = self._language_of(element)

    def _encoded(self, element: Any, depth: int) -> None:
        self._add_content(element, "text/html")

    def _content(self, element: Any, depth: int) -> None:
        self._add_content(element, "text/plain")

    def _add_content(self, element: Any, default: str) -> None:
        kind = text_type(element, default)
        self.entry.contents.append((simple_text(element), kind))
        self._has_content = True
        # feedparser copies content to the summary when there is none
        self._has_summary = True

    def _published(self, element: Any, depth: int) -> None:
        self.entry.published = simple_text(element)

    def _updated(self, element: Any, depth: int) -> None:
        self.entry.updated = simple_text(element)

    def _create(self, element: Any, depth: int) -> None:
        self._created = simple_text(element)

    def _author(self, element: Any, depth: int) -> None:
        if len(element):
            self.entry.authors.append(person(element))
        else:
            self.entry.authors.append(clean_value(element.text))

    def _category(self, element: Any, depth: int) -> None:
        attributes = attributes_of(element)
        scheme = attributes.get("scheme", attributes.get("domain"))
        if name_of(element) == "media_category":
            scheme = attributes.get("scheme", _MEDIA_SCHEME)
        self._tags.add(attributes.get("term"), scheme, attributes.get("label"))
        self._tags.end(simple_text(element))

    def _itunes_category(self, element: Any, depth: int) -> None:
        self._tags.add(attributes_of(element).get("text"), _ITUNES, None)
        self._tags.end(simple_text(element))

    def _keywords(self, element: Any, depth: int) -> None:
        if element.attrib:
            return
        scheme = _ITUNES if name_of(element) == "itunes_keywords" else None
        for term in simple_text(element).split(","):
            if term.strip():
                self._tags.add(term.strip(), scheme, None)

    def _source(self, element: Any, depth: int) -> None:
        self.entry.source = source_title(element)

    def _rights(self, element: Any, depth: int) -> None:
        text_type(element, "text/plain")
        self.entry.rights = simple_text(element)

    def _language(self, element: Any, depth: int) -> None:
        self.entry.language = simple_text(element)

    def _original(self, element: Any, depth: int) -> None:
        if not element.attrib:
            self.entry.original = simple_text(element)

    def _media_content(self, element: Any, depth: int) -> None:
        attributes = attributes_of(element)
        attributes["href"] = attributes.get("url") or attributes.get("href", "")
        self._media.append(as_media(attributes))
        self._group(element, depth)

    def _media_thumbnail(self, element: Any, depth: int) -> None:
        attributes = attributes_of(element)
        text = address(simple_text(element))
        attributes["href"] = (
            attributes.get("url") or (text if "url" not in attributes else "") or attributes.get("href", "")
        )
        self._thumbnails.append(as_media(attributes) | {"medium": "image"})

    def _aside(self, element: Any, depth: int) -> None:
        name = name_of(element)
        known = self._asides.get(name)
        if known is None or depth <= known[0]:
            self._asides[name] = (depth, simple_text(element))


_ASIDE_ORDER = ("dc_description", "media_description", "itunes_summary", "itunes_subtitle")
Handler = Callable[[ItemReader, Any, int], None]
_R = ItemReader
_BY_HANDLER: dict[Handler, str] = {
    _R._title: "title dc_title",
    _R._media_title: "media_title",
    _R._link: "link",
    _R._enclosure: "enclosure",
    _R._guid: "guid id",
    _R._description: "description",
    _R._summary: "summary",
    _R._encoded: "content_encoded fullitem",
    _R._content: "content",
    _R._published: "pubdate published issued dcterms_issued",
    _R._updated: "updated modified lastbuilddate dc_date dcterms_modified",
    _R._create: "created dcterms_created",
    _R._author: "author managingeditor dc_author dc_creator itunes_author",
    _R._category: "category keywords dc_subject media_category",
    _R._itunes_category: "itunes_category",
    _R._keywords: "itunes_keywords media_keywords",
    _R._source: "source",
    _R._rights: "rights copyright dc_rights",
    _R._language: "language dc_language",
    _R._original: "feedburner_origlink",
    _R._group: "media_group",
    _R._media_content: "media_content",
    _R._media_thumbnail: "media_thumbnail",
    _R._aside: " ".join(_ASIDE_ORDER),
    _R._skip: "contributor dc_contributor webmaster dc_publisher itunes_owner",
    _R._refuse: "abstract body xhtml_body tags item entry channel feed textinput image info subtitle tagline",
}
_HANDLERS: dict[str, Handler] = {
    name: handler for handler, names in _BY_HANDLER.items() for name in names.split()
}
_BY_TAG: dict[str, Handler] = {}


def _handler_of(element: Any) -> Handler:
    """What reads an element; remembered where the tag alone decides, not the prefix."""
    if not isinstance(element.tag, str):
        raise NotForFast("an entity nobody declared")
    handler = _HANDLERS.get(name_of(element), _R._unknown)
    if is_known(element.tag) and len(_BY_TAG) < 1000:
        _BY_TAG[element.tag] = handler
    return handler
