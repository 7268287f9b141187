"""From the HTML of an entry to canonical paragraphs, captions and embeds, in the order that matters."""

from typing import NamedTuple

from transforms.text import mojibake
from transforms.text.blocks import TEXT_KINDS, Block, inline_text, read_html
from transforms.text.normalize import canonical


class Body(NamedTuple):
    """An entry's body, read.

    Attributes:
        blocks: Canonical text by kind, in reading order; none empty.
        dropped: What a reader of the page would not take for the article, as ``(reason, text)``: hidden
            parts, share boxes, teaser tails, code.
        repaired: The text had been decoded with a wrong charset before it was published.
    """

    blocks: list[Block]
    dropped: list[tuple[str, str]]
    repaired: bool

    @property
    def paragraphs(self) -> list[str]:
        """Lines of the text blocks: what furniture is looked for in."""
        return [line for b in self.blocks if b.kind in TEXT_KINDS for line in b.text.split("\n")]

    def of_kind(self, kind: str) -> list[str]:
        """Text of the blocks of one kind."""
        return [block.text for block in self.blocks if block.kind == kind]

    @property
    def tails(self) -> int:
        """How many teaser tails were cut ("Read more", "The post ... appeared first on ...")."""
        return sum(reason == "tail" for reason, _ in self.dropped)


def read_body(html: str, language: str | None) -> Body:
    """Read a body: repair its encoding, split it into blocks, make each canonical.

    Args:
        html: Content or summary as published; plain text is fine.
        language: BCP 47 tag the feed declares; French keeps its space before ``; : ! ?``.

    >>> read_body("<p>ناقش الرئيسان ،</p><p><a href='u'>اقرأ المزيد</a></p>", "ar").paragraphs
    ['ناقش الرئيسان،']
    """
    fixed, repaired = mojibake.repair(html)
    page = read_html(fixed)
    canonical_blocks = (Block(block.kind, canonical(block.text, language)) for block in page.blocks)
    return Body([block for block in canonical_blocks if block.text], page.dropped, repaired)


def read_line(html: str | None, language: str | None) -> str | None:
    """Read a title or another field of one line as canonical text; None when nothing is left.

    >>> read_line("AT&amp;T <b>wins</b> ", "en")
    'AT&T wins'
    """
    if not html:
        return None
    return " ".join(canonical(inline_text(mojibake.repair(html)[0]), language).split()) or None
