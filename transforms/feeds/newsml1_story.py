"""The story inside a NewsML 1.x NewsItem: which components are the article, which its pictures."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from transforms.feeds.agency_xml import declared_language, find_attribute, find_text, text_of
from transforms.feeds.entry import Link
from transforms.feeds.markup import body_html, element_html
from transforms.feeds.nitf_text import body_of, read_text
from transforms.feeds.values import unique

# More languages than any wire writes in; each costs a walk over its neighbours.
_MAX_LANGUAGES = 40
# Roles whose text is not running text of the article.
_NOT_BODY = frozenset(("title", "headline", "caption", "picture caption", "keywords"))
_TEXT_MEDIA = frozenset(("", "text", "complexdata", "nitf", "html", "xhtml"))
_MEDIA_REL = {
    "photo": "image",
    "picture": "image",
    "graphic": "image",
    "image": "image",
    "video": "video",
    "audio": "audio",
}


@dataclass(frozen=True, slots=True)
class Story:
    """One article of a NewsItem: a component, read with what it inherits from those around it.

    Attributes:
        component: The NewsComponent that holds headline and text.
        identifier: Its ``Duid``; None when missing.
        headline: Plain text; None when missing.
        summary: HTML of the lead or subheadline; None when missing.
        body: HTML; None when the item has no text.
        nitf_byline: Byline of the inline NITF.
        links: Media and renditions by reference.
    """

    component: etree._Element
    identifier: str | None
    headline: str | None
    summary: str | None
    body: str | None
    nitf_byline: str | None
    links: tuple[Link, ...]

    def all(self, path: str) -> list[etree._Element]:
        """Elements of a path below the nearest component that has any: own, then outer, then inner ones."""
        for scope in _scopes(self.component):
            if found := list(scope.iterfind(path)):
                return found
        return []

    def text(self, path: str) -> str | None:
        """The first text of a path, nearest component first."""
        return next(filter(None, (find_text(scope, path) for scope in _scopes(self.component))), None)

    def attribute(self, path: str, name: str) -> str | None:
        """The first attribute of a path, nearest component first."""
        return next(
            filter(None, (find_attribute(scope, path, name) for scope in _scopes(self.component))), None
        )

    def line(self, name: str) -> str | None:
        """A line of NewsLines."""
        return self.text(f"NewsLines/{name}")

    def properties(self, metadata: str, name: str) -> list[str]:
        """Values of the ``Property`` elements of that FormalName, nearest component first."""
        values = (
            found.get("Value") or "" for found in self.all(f"{metadata}/Property[@FormalName='{name}']")
        )
        return [value.strip() for value in values if value.strip()]


def _scopes(component: etree._Element) -> Iterator[etree._Element]:
    yield component
    yield from component.iterancestors("NewsComponent")
    yield from (inner for inner in component.iterdescendants("NewsComponent"))


def stories_of(item: etree._Element) -> list[Story]:
    """The articles of a NewsItem: one, or one for each language it is written in (Belga)."""
    top = item.find("NewsComponent")
    if top is None:  # a recall may come without any content
        return [_story(item, item)]
    candidates = _candidates(top)
    languages = {declared_language(candidate) for candidate in candidates}
    if 1 < len(candidates) <= _MAX_LANGUAGES and len(languages) == len(candidates):
        return [_story(candidate, candidate) for candidate in candidates]
    main = max(candidates, key=_weight) if candidates else top
    return [_story(main, top)]


def _candidates(top: etree._Element) -> list[etree._Element]:
    """Innermost components with a headline of their own and text below."""
    able = [
        component
        for component in (top, *top.iterdescendants("NewsComponent"))
        if find_text(component, "NewsLines/HeadLine") and any(True for _ in _texts(component))
    ]
    outer = {ancestor for component in able for ancestor in component.iterancestors("NewsComponent")}
    return [component for component in able if component not in outer]


def _weight(component: etree._Element) -> tuple[bool, int]:
    return _role(component) == "main", sum(len(text_of(data) or "") for data in _texts(component))


def _role(component: etree._Element) -> str:
    return (find_attribute(component, "Role", "FormalName") or "").lower()


def _texts(component: etree._Element) -> Iterator[etree._Element]:
    """DataContent elements below a component that hold running text, in order."""
    for content in component.iter("ContentItem"):
        owner = content.getparent()
        media = (find_attribute(content, "MediaType", "FormalName") or "").lower()
        encoded = content.find(".//Encoding") is not None
        data = content.find("DataContent")
        running = owner is None or _role(owner) not in _NOT_BODY
        if running and media in _TEXT_MEDIA and not encoded and data is not None and text_of(data):
            yield data


def _story(component: etree._Element, media_scope: etree._Element) -> Story:
    texts = list(_texts(component))
    outermost = (next(data.iter("nitf"), None) for data in texts)
    nitfs = [read_text(nitf) for nitf in outermost if nitf is not None]
    first = nitfs[0] if nitfs else None
    headline = _headline(component) or (first.headline if first else None)
    media = [link for nitf in nitfs for link in nitf.links]
    return Story(
        component=component,
        identifier=(component.get("Duid") or "").strip() or None,
        headline=headline,
        summary=_summary(component, first.abstract if first else None) or _caption(media_scope, texts),
        body="\n".join(filter(None, map(_data_html, texts))) or None,
        nitf_byline=first.byline if first else None,
        links=unique([*media, *_references(media_scope)]),
    )


def _headline(component: etree._Element) -> str | None:
    scopes = _scopes(component)
    return next(filter(None, (find_text(scope, "NewsLines/HeadLine") for scope in scopes)), None)


def _summary(component: etree._Element, abstract: str | None) -> str | None:
    scopes = _scopes(component)
    subheadline = next(filter(None, (find_text(scope, "NewsLines/SubHeadLine") for scope in scopes)), None)
    return abstract or (body_html(subheadline) if subheadline else None)


def _caption(scope: etree._Element, texts: list[etree._Element]) -> str | None:
    """Of an item without running text, such as a picture: its caption."""
    roles = (
        role.getparent() for role in scope.iter("Role") if "caption" in (role.get("FormalName") or "").lower()
    )
    captions = (
        data for owner in roles if owner is not None for data in owner.iterfind("ContentItem/DataContent")
    )
    return None if texts else next(filter(None, map(_data_html, captions)), None)


def _data_html(data: etree._Element) -> str:
    """DataContent as HTML: NITF, XHTML, bare paragraphs (AFP), CDATA with HTML (ANA), or plain text."""
    content = next(data.iter("body.content"), None)
    if content is not None:
        return body_of(content) or ""
    if len(data):
        body = next(data.iter("body"), data)
        return element_html(body)
    text = data.text or ""
    return body_html(text)


def _references(scope: etree._Element) -> list[Link]:
    """ContentItems given by reference, with the caption line of their component."""
    return [
        _reference(content) for content in scope.iter("ContentItem") if (content.get("Href") or "").strip()
    ]


def _reference(content: etree._Element) -> Link:
    owner = content.getparent()
    media = (find_attribute(content, "MediaType", "FormalName") or "").lower()
    kind = (
        (
            find_attribute(owner, "DescriptiveMetadata/Property[@FormalName='ComponentClass']", "Value") or ""
        ).lower()
        if owner is not None
        else ""
    )
    size = find_text(content, "Characteristics/SizeInBytes") or ""
    return Link(
        href=(content.get("Href") or "").strip(),
        rel=_MEDIA_REL.get(media) or _MEDIA_REL.get(kind) or "enclosure",
        type=find_attribute(content, "MimeType", "FormalName"),
        length=int(size) if size.isdecimal() else None,
        title=None if owner is None else find_text(owner, "NewsLines/HeadLine"),
    )
