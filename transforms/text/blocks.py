"""HTML of a feed entry to typed blocks of plain text, in reading order.

An own walker over selectolax (lexbor): inline tags add nothing, so Arabic letters stay joined;
block tags and ``<br>`` break; source newlines collapse. What a browser would not show as the
article (scripts, forms, share boxes, hidden elements) is left out and reported by ``read_html``.
"""

import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from transforms.text.elements import BREAKS, EMBEDDED, drop_reason, is_layout_row, kind_of
from transforms.text.markup import prepare, unescape_again
from transforms.text.tails import cut_tails, is_advertisement

TEXT_KINDS = frozenset({"paragraph", "heading", "list_item", "table_row", "quote", "pre"})

# Soft hyphens, word joiners and bidi controls show nothing.
_UNSEEN = re.compile("[\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


class Block(NamedTuple):
    """One block of an article.

    Attributes:
        kind: paragraph, heading, list_item, table_row, quote, caption, embed or pre.
        text: Plain text on one line; only ``pre`` may hold newlines. Not yet canonical.
    """

    kind: str
    text: str


class Page(NamedTuple):
    """Everything a piece of HTML said.

    Attributes:
        blocks: In reading order, none of them empty.
        dropped: What was left out, as ``(reason, text)``; reasons are code, hidden, share, ad and tail.
    """

    blocks: list[Block]
    dropped: list[tuple[str, str]]


class _Gatherer:
    """Collects the pieces of one block until something breaks it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.dropped: list[tuple[str, str]] = []
        self.kinds = ["paragraph"]
        self._pieces: list[str] = []

    def add(self, text: str) -> None:
        self._pieces.append(text)

    def add_cell(self) -> None:
        if self._pieces:
            self._pieces.append(" | ")

    def flush(self) -> None:
        if not self._pieces:
            return
        kind = self.kinds[-1]
        text = _tidy("".join(self._pieces), kind)
        self._pieces.clear()
        if text:
            self.blocks.append(Block(kind, text))

    def enter(self, node: LexborNode, tag: str) -> bool:
        """Take note of a node; True when its children are to be visited."""
        if tag == "-text":
            self.add(node.text_content or "")
            return False
        if tag[0] == "-":
            return False
        if reason := drop_reason(node, tag):
            if tag in BREAKS or tag in EMBEDDED:
                self.flush()
            self.dropped.append((reason, _one_line(node.text(separator=" "))))
            return False
        self._open(node, tag)
        return True

    def _open(self, node: LexborNode, tag: str) -> None:
        outer = self.kinds[-1]
        kind = kind_of(node, tag, outer)
        if outer == "table_row" and kind == outer:
            self.add_cell() if tag in ("td", "th") else self.add(" " if tag in BREAKS else "")
        elif tag in BREAKS or kind != outer or tag in ("td", "th"):
            self.flush()
        if tag == "tr" and kind == "table_row" and is_layout_row(node):
            kind = "paragraph"
        self.kinds.append(kind)

    def leave(self, tag: str) -> None:
        kind = self.kinds[-1]
        outer = self.kinds[-2]
        inside_row = outer == "table_row" and kind == outer
        if not inside_row and (tag in BREAKS or kind != outer):
            self.flush()
        self.kinds.pop()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _tidy(text: str, kind: str) -> str:
    text = _UNSEEN.sub("", unescape_again(text))
    if kind == "pre":
        return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
    text = _one_line(text)
    return text.strip(" |") if kind == "table_row" else text


def _gather(html: str) -> _Gatherer:
    """Visit every node in document order, without recursion: hostile feeds nest deep."""
    gatherer = _Gatherer()
    root = LexborHTMLParser(html).body
    path: list[tuple[LexborNode, str]] = []
    node = root.child if root is not None else None
    while node is not None:
        tag = node.tag or "-"
        if gatherer.enter(node, tag):
            if node.child is not None:
                path.append((node, tag))
                node = node.child
                continue
            gatherer.leave(tag)
        while node.next is None and path:
            node, tag = path.pop()
            gatherer.leave(tag)
        node = node.next
    gatherer.flush()
    return gatherer


def read_html(html: str) -> Page:
    """Read HTML, plain text or twice-escaped HTML into blocks, and say what was left out.

    Args:
        html: A feed's ``summary`` or ``content`` as published; one level of XML escaping undone.

    Returns:
        Blocks in reading order. Captions and embedded posts are blocks of their own kind, to be
        kept out of an article's text. Teaser tails ("Read more", "The post ... appeared first
        on ...", a final ``[…]``) go to ``dropped``.

    >>> read_html("<p>أعلن ذلك.</p><p><a href='u'>اقرأ المزيد...</a></p>").dropped
    [('tail', 'اقرأ المزيد...')]
    """
    gathered = _gather(prepare(html))
    ads = [("ad", block.text) for block in gathered.blocks if is_advertisement(block.text)]
    shown = (
        [block for block in gathered.blocks if not is_advertisement(block.text)] if ads else gathered.blocks
    )
    texts, tails = cut_tails([block.text for block in shown])
    blocks = [Block(b.kind, text) for b, text in zip(shown, texts, strict=True) if text]
    return Page(blocks, gathered.dropped + ads + [("tail", tail) for tail in tails])


def html_to_blocks(html: str) -> list[Block]:
    """Read HTML, plain text or twice-escaped HTML into blocks in reading order.

    The text of an article is the text of its blocks whose kind is in ``TEXT_KINDS``, joined by
    a newline. See ``read_html``.

    >>> html_to_blocks("A one.<br/><br />B <b>two</b>.<ul><li>C</li></ul>")[1:]
    [Block(kind='paragraph', text='B two.'), Block(kind='list_item', text='C')]
    """
    return read_html(html).blocks


def inline_text(html: str) -> str:
    """Read a title that may hold tags, entities or both as one line of plain text.

    >>> inline_text("AT&amp;amp;T <b>وقّع</b> <...> &laquo;اتفاقا&raquo;")
    'AT&T وقّع <...> «اتفاقا»'
    """
    if "<" not in html and "&" not in html:
        return _one_line(_UNSEEN.sub("", html))
    return " ".join(block.text for block in _gather(prepare(html)).blocks)
