"""What the elements of HTML mean for an article: which break, which are shown, which are typed."""

import re

from selectolax.lexbor import LexborNode

from transforms.text.data_files import load

_HTML = load("html.toml")

_KIND_OF_TAG = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list_item"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "tr": "table_row",
    "blockquote": "quote",
    "pre": "pre",
    "xmp": "pre",
}
BREAKS = frozenset(_HTML["breaks"]) | frozenset(_KIND_OF_TAG)
_CODE = frozenset(_HTML["code"])
EMBEDDED = frozenset({"form", "nav", "iframe", "video", "audio", "object", "embed"})
_TYPED = ("embed", "caption", "table_row")
_EMBED = re.compile(
    r"\b(?:twitter-(?:tweet|video)|instagram-media|tiktok-embed|fb-(?:post|video)|telegram-post"
    r"|reddit-(?:embed|card)|bluesky-embed|mastodon-embed|text-post-media|imgur-embed)"
)
# Names of classes and ids, as newsroom systems, WordPress, Drupal and Blogger and their plug-ins give them.
_CAPTION = re.compile(
    r"(?<!no-)(?<!has-)(?<!with-)(?<!without-)caption(?:[-_]?(?:text|txt|credit|inner|body|dd|wrap(?:per)?))?(?![\w-])",
    re.I,
)
_SHARE = re.compile(
    r"(?<![a-z])(?<!market-)(?:share|sharing)(?![a-z])(?![-_](?:price|market|capital|holder|index|disabled|off|less|none))"
    r"|share(?:buttons?|box|links?|bar|this|icons?|tools|post|widget)(?![a-z])"
    r"|sharedaddy|addtoany|a2a_kit|addthis|shareaholic|jetpack-likes|jp-relatedposts"
    r"|(?<![a-z])related-?(?:posts?|articles?|news|stories|content|links)|yarpp"
    r"|feed-?(?:flare|burner)|mc4wp|newsletter-(?:form|signup|box)"
    r"|(?<![a-z])(?:heateor|ssba|essb|swp|dpsp|mashsb|sfsi|ssb|sassy|crestashare|simplesocialbuttons)(?![a-z])"
    r"|mf-viral|et_social|(?<![a-z])(?<!category-)(?<!tag-)social[-_]?(?:buttons?|links?|icons?|bar|box|media|nav|wrap|list|likes)|follow-?us(?![a-z])|(?:fb|sd)-like"
    r"|ya-share|pluso|uptolike",
    re.I,
)
# Advertisements go the same way.
_ADS = re.compile(
    r"(?<![\w-])(?:advertisement|advert|adsbygoogle|ads?-(?:slot|block|box|banner|wrapper|container)|banner-ads?"
    r"|sponsored-content)(?![\w-])"
)
_OFF_SCREEN = re.compile(
    r"(?<![a-z])(?:screen-?reader(?:-text|s-only)?|sr[-_]only|visually-?hidden|(?:element-)?invisible|off-?screen)(?![\w-])"
    # Bootstrap and Tailwind hide on small screens only where they name a larger one that shows.
    r"|(?<![\w-])(?:(?:is-)?hidden|d-none)(?![\w-])(?!.{0,200}(?<![\w-])(?:d-)?(?:sm|md|lg|xl)[:-](?:block|flex|grid|inline|table))",
    re.I,
)
# What an article is about, and what it has not: WordPress writes it into the classes of the whole article.
_ABOUT = re.compile(
    r"(?<![\w-])(?:category|tag|tax|term|topic|series|format|has|no|without|hide|disable|[\w-]{0,40}-label)-\S+"
)
_HIDDEN = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])"
    r"|(?<![\w-])(?:left|top|text-indent)\s*:\s*-\d{3,})",
    re.I,
)


ARTICLE_PARAGRAPHS = 4  # with so many paragraphs an element is the article, whatever it is called


def drop_reason(node: LexborNode, tag: str) -> str | None:
    """Say why an element is no part of the article: code, hidden or share; None when it is one."""
    if tag in _CODE:
        return "code"
    attributes = node.attributes
    if not attributes:
        return None
    if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
        return "hidden"
    label = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if len(label) == 1:
        return None
    if (reason := _reason_of(label)) and (reason := _reason_of(_ABOUT.sub("", label))):
        return reason if len(node.css("p")) < ARTICLE_PARAGRAPHS else None
    return None


def _reason_of(label: str) -> str | None:
    if _OFF_SCREEN.search(label):
        return "hidden"
    return "share" if _SHARE.search(label) or _ADS.search(label) else None


def kind_of(node: LexborNode, tag: str, outer: str) -> str:
    """The kind of the text inside an element, given the kind it stands in."""
    label = node.attributes.get("class") if tag in BREAKS or tag in ("span", "td") else None
    if label and _EMBED.search(label):
        return "embed"
    if outer in _TYPED:
        return outer
    if label and _CAPTION.search(label):
        return "caption"
    kind = _KIND_OF_TAG.get(tag, outer)
    return outer if outer in ("list_item", "quote") and kind == "heading" else kind


def is_layout_row(row: LexborNode) -> bool:
    """True when a table row only arranges the page: one cell, or cells with paragraphs of their own.

    Old newsrooms and news aggregators put whole articles into a table; their paragraphs must not
    be flattened into one row.
    """
    if row.css_first("table, h1, h2, h3, h4, ul, ol, blockquote, p + p, br + br") is not None:
        return True
    return len(row.css("td, th")) < 2
