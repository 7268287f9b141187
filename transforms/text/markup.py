"""Repairs to HTML before it is parsed: CDATA, double escaping, angle brackets that are content."""

import re
from html import unescape

from transforms.text.data_files import load

_CDATA = re.compile(r"<!\[CDATA\[|\]\](?:>|&gt;\s*$)")
_REAL_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>")
_ESCAPED_TAG = re.compile(
    r"&lt;(?:/?(?:p|div|br|h[1-6]|ul|ol|li|table|t[rdh]|blockquote|section|article|figure|hr|pre)\b[^<>]{0,2000}?/?"
    r"|(?:a|img|iframe|span|font)\s[^<>]{0,2000}?)&gt;",
    re.I,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# A tag that HTML does not know, that is never closed and has no attribute is a word in angle brackets
# ("<laughs>", "<TASS>"): content. Custom elements have a hyphen, namespaced ones a colon.
_BRACKETED = re.compile(r"<(?=(/?)([A-Za-z][A-Za-z0-9]*)(\s*/?)>)")
_ADDRESS = re.compile(r"<(?=[\w.+-]{1,64}@[\w.-]{1,255}>)")
_KNOWN = frozenset(load("html.toml")["known"])
_CLOSING = re.compile(r"</([A-Za-z][A-Za-z0-9]*)")
_PARAGRAPHS = re.compile(r"\n[ \t\r]*\n\s*")
# WordPress shortcodes that a feed plug-in did not expand.
_CAPTION_CODE = re.compile(r"\[caption\b[^\[\]]{0,500}\](.{0,2000}?)\[/caption\]", re.S)
_SHORTCODE = re.compile(
    r"\[/?(?:gallery|embed|video|audio|youtube|playlist|vc_\w{1,40}|et_pb_\w{1,40})\b[^\[\]]{0,500}\]"
)
_CONTAINERS = (
    "div|section|article|span|font|b|i|u|em|strong|blockquote|ul|ol|li|table|tbody|tr|td|center|main"
)
_OPEN = re.compile(rf"<(?:{_CONTAINERS})\b", re.I)
_CLOSE = re.compile(rf"</(?:{_CONTAINERS})\b", re.I)
_ANY_CONTAINER = re.compile(rf"</?(?:{_CONTAINERS})\b[^<>]*>", re.I)
MAX_UNCLOSED = 500  # lexbor needs time in the square of the depth: 50 000 open <div> take 3 s


def _keep_bracketed(html: str) -> str:
    closed = {name.lower() for name in _CLOSING.findall(html)}

    def escape(match: re.Match[str]) -> str:
        name = match[2].lower()
        return "<" if name in _KNOWN or name in closed else "&lt;"

    return _BRACKETED.sub(escape, _ADDRESS.sub("&lt;", html) if "@" in html else html)


def _flatten(html: str) -> str:
    if html.count("<") <= MAX_UNCLOSED:
        return html
    if len(_OPEN.findall(html)) - len(_CLOSE.findall(html)) <= MAX_UNCLOSED:
        return html
    return _ANY_CONTAINER.sub("<br>", html)


def _expand_shortcodes(html: str) -> str:
    """Captions become captions, other shortcodes are hidden as WordPress hides them."""
    if "[/caption]" in html:
        html = _CAPTION_CODE.sub(r"<figcaption>\1</figcaption>", html)
    return _SHORTCODE.sub(lambda code: f"<span hidden>{code[0]}</span>", html)


def prepare(html: str) -> str:
    """Make HTML ready to be parsed once.

    CDATA marks are removed; if there is no real tag but an escaped block tag, one level of
    escaping is undone (the elision ``<...>`` is no tag); unknown words in angle brackets are kept
    as content; absurd nesting is cut into lines. In text without any tag an empty line parts
    paragraphs. WordPress shortcodes that were left over are hidden, captions among them typed.

    >>> prepare("&lt;p&gt;A &amp;amp; B.&lt;/p&gt;")
    '<p>A &amp; B.</p>'
    """
    html = _CDATA.sub("", html).replace("\x00", "")
    if "&amp;lt;" in html and "<" not in html and _ESCAPED_TAG.search(html.replace("&amp;", "&")):
        html = html.replace("&amp;", "&")  # a feed that was escaped once too often on its way
    if "&lt;" in html and not _REAL_TAG.search(html) and _ESCAPED_TAG.search(html):
        html = _CDATA.sub("", unescape(html))
    if "\n" in html and not _REAL_TAG.search(html):  # plain text
        html = _PARAGRAPHS.sub("<br>", html)
    if "[" in html:
        html = _expand_shortcodes(html)
    return _flatten(_keep_bracketed(html)) if "<" in html else html


def unescape_again(text: str) -> str:
    """Undo one more level of escaping: only entities that end in a semicolon.

    >>> unescape_again("AT&amp;T &copy 2020")
    'AT&T &copy 2020'
    """
    return _ENTITY.sub(lambda match: unescape(match[0]), text) if "&" in text else text
