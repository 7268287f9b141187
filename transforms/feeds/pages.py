"""The article of a full web page: three opinions, the one the others support best wins (extra ``pages``)."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from lxml import etree
from lxml import html as lxml_html

from transforms.feeds.markup import body_html, element_html
from transforms.feeds.page_cleanup import PageFacts, clean_article, facts_of
from transforms.feeds.page_metadata import read_metadata

MISSING_EXTRA = "content = \"page\" needs an extra: pip install 'khabar[pages]'"

# trafilatura 2.3.1 drops characters that are not printable, and with them every ZWNJ and ZWJ: Persian words
# fall apart or grow together. Each is lent the first of these printable letters that the page does not hold.
_JOINERS = "\u200c\u200d"
_STAND_INS = "ꔀꔁꔂꔃꔄꔅꔆꔇꔈꔉꔊꔋ"
# Chinese and Japanese are compared by characters, everything else by words.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
# Fewer words are a caption or an error message; the shortest flashes have about ten.
_MIN_TOKENS = 8
# A longer text goes on after a shorter one when it holds nearly all of it and another paragraph or more.
_CONTAINED = 0.9
_MUCH_LONGER = 1.4


@dataclass(frozen=True, slots=True)
class PageExtraction:
    """The article a page holds.

    Attributes:
        title: Headline, plain text; the caller's own when the page has none.
        html: Paragraphs, lists, tables and headings as simple HTML; None when no article was found.
        published: Date string of the page, verbatim; read it with ``dates.parse_date``.
        authors: Names, in order.
        language: Tag the page declares, verbatim.
        canonical_url: Absolute; None when the page names none.
        confidence: Agreement of the chosen text with the best other opinion, 0 to 1; 0 without a second one.
        method: The opinion chosen: ``trafilatura``, ``trafilatura_precise``, ``trafilatura_fast``,
            ``readability``, ``resiliparse``, ``jsonld``, or ``none``.
    """

    title: str | None
    html: str | None
    published: str | None
    authors: tuple[str, ...]
    language: str | None
    canonical_url: str | None
    confidence: float
    method: str


def extract(
    html: str, url: str, language: str | None, title: str | None, extractor: str = "careful"
) -> PageExtraction:
    """Find the article in an HTML page.

    Args:
        html: The page, decoded.
        url: Its final URL.
        language: Tag of the feed: returned when the page declares none.
        title: Headline of the feed's entry: a first heading that repeats it is left out of the text.
        extractor: ``careful`` asks two libraries three times; ``fast`` and ``resiliparse`` ask one once, and
            JSON-LD is the only second opinion. ``python -m benchmarks.pages`` shows what each costs.

    Raises:
        ImportError: The extra ``khabar[pages]`` (or ``khabar[resiliparse]``) is not installed.
    """
    root = _parsed(html)
    if root is None:
        return PageExtraction(title, None, None, (), language, None, 0.0, "none")
    page = read_metadata(root, url)
    # Without scripts: trafilatura falls back on JSON-LD, which would then agree with itself.
    etree.strip_elements(root, "script", "style", with_tail=False)
    bare = etree.tostring(root, encoding="unicode", method="html")
    headlines = tuple(heading for heading in (page.title, title) if heading)
    facts = facts_of(root, headlines)
    candidates = {
        opinion.__name__.removeprefix("_by_"): _cleaned(_attempt(opinion, bare, url), facts)
        for opinion in _OPINIONS[extractor]
    }
    candidates["jsonld"] = body_html(page.article_body or "", declared="plain")
    method, confidence = _choose({name: markup for name, markup in candidates.items() if markup}, headlines)
    markup = candidates.get(method, "")
    return PageExtraction(
        title=page.title or title,
        html=markup or None,
        published=page.published,
        authors=page.authors,
        language=page.language or language,
        canonical_url=page.canonical_url,
        confidence=round(confidence, 4),
        method=method,
    )


def _attempt(opinion: Callable[[str, str], str], html: str, url: str) -> str:
    """One opinion, joiners kept; a page that is too deep or too broken for a library gives none."""
    free = [letter for letter in _STAND_INS if letter not in html]
    lent = dict(zip(_JOINERS, free, strict=False))
    try:
        found = opinion(_swapped(html, lent), url)
    except (RecursionError, ValueError, TypeError, AttributeError, etree.LxmlError):
        return ""
    return _swapped(found, {letter: joiner for joiner, letter in lent.items()})


def _cleaned(found: str, facts: PageFacts) -> str:
    """What a library found as simple HTML, without what is the page's."""
    root = _parsed(found) if found else None
    if root is None:
        return ""
    clean_article(root, facts)
    return element_html(root)


def _swapped(text: str, letters: dict[str, str]) -> str:
    for old, new in letters.items():
        text = text.replace(old, new)
    return text


def _parsed(html: str) -> etree._Element | None:
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):  # empty, nothing but comments, or beyond libxml2
        return None


def _by_trafilatura(html: str, url: str) -> str:
    return _trafilatura(html, url)


def _by_trafilatura_precise(html: str, url: str) -> str:
    """Without its rescue of short texts.

    Under 250 characters, as a flash may well be, it collects all text of the page in one paragraph.
    """
    return _trafilatura(html, url, precise=True)


def _by_trafilatura_fast(html: str, url: str) -> str:
    """Without asking its own fallbacks, readability and justext."""
    return _trafilatura(html, url, fast=True)


def _trafilatura(html: str, url: str, *, precise: bool = False, fast: bool = False) -> str:
    try:
        import trafilatura
    except ImportError as error:
        raise ImportError(MISSING_EXTRA) from error
    found = trafilatura.extract(
        html, url=url, output_format="html", include_comments=False, favor_precision=precise, fast=fast
    )
    return found or ""


def _by_resiliparse(html: str, _url: str) -> str:
    try:
        from resiliparse.extract.html2text import extract_plain_text
    except ImportError as error:
        raise ImportError("extractor \"resiliparse\" needs pip install 'khabar[resiliparse]'") from error
    text = extract_plain_text(html, main_content=True, alt_texts=False, links=False, list_bullets=False)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line)


def _by_readability(html: str, url: str) -> str:
    try:
        from readability import Document
        from readability.readability import Unparseable
    except ImportError as error:
        raise ImportError(MISSING_EXTRA) from error
    try:
        return str(Document(html, url=url).summary(html_partial=True))
    except Unparseable:
        return ""


_OPINIONS: dict[str, tuple[Callable[[str, str], str], ...]] = {
    "careful": (_by_trafilatura, _by_trafilatura_precise, _by_readability),
    "fast": (_by_trafilatura_fast,),
    "resiliparse": (_by_resiliparse,),
}
EXTRACTORS = tuple(_OPINIONS)


def _choose(candidates: dict[str, str], headlines: tuple[str, ...]) -> tuple[str, float]:
    """The best supported candidate and its support; among equals one that is no lump, then the first.

    JSON-LD wins where it goes on after what the page shows ("read more" keeps the rest from the others).
    """
    tokens = {name: _tokens(markup) for name, markup in candidates.items()}
    able = [name for name in candidates if tokens[name].total() >= _MIN_TOKENS]
    if not able:
        return "none", 0.0
    support = {
        name: max(
            (agreement(tokens[name], tokens[other]) for other in able if _differ(name, other)), default=0.0
        )
        for name in able
    }
    best = max(able, key=lambda name: (round(support[name], 2), not _is_lump(candidates[name], headlines)))
    if "jsonld" in able and _goes_on(tokens[best], tokens["jsonld"]):
        best = "jsonld"
    return best, support[best]


def _is_lump(markup: str, headlines: tuple[str, ...]) -> bool:
    """Whether a library gave up and put the text of the page, headline and all, into one paragraph."""
    text = re.sub(r"<[^>]*>", " ", markup).strip()
    return markup.count("<p>") <= 1 and any(text.startswith(escape(line, quote=False)) for line in headlines)


def _differ(one: str, other: str) -> bool:
    """Whether two opinions come from different libraries: one library agreeing with itself proves nothing."""
    return one.partition("_")[0] != other.partition("_")[0]


def _goes_on(shown: Counter[str], full: Counter[str]) -> bool:
    contained = (shown & full).total() >= _CONTAINED * shown.total()
    return contained and full.total() >= _MUCH_LONGER * shown.total()


def _tokens(markup: str) -> Counter[str]:
    return Counter(_TOKEN.findall(re.sub(r"<[^>]*>", " ", markup).casefold()))


def agreement(one: Counter[str], other: Counter[str]) -> float:
    """Share of tokens two texts have in common (Dice over multisets): 1 for the same words, 0 for none.

    >>> agreement(Counter("aab"), Counter("abc"))
    0.6666666666666666
    """
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
