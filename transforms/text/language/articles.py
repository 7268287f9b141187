"""The language of an article: title, summary and body decide together, paragraphs may differ."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from transforms.text.language.answers import ArticleLanguage, Identification
from transforms.text.language.identifier import identify_batch

MIN_SHARE = 0.1  # of letters, for a place in `languages`
MAJORITY = 0.5  # of letters, for an article not to be `mul`
FOREIGN_CHANCE = 0.99  # for a paragraph to leave the article's language, which is its prior
FOREIGN_LETTERS = 20

DetectBatch = Callable[[Sequence[str], Sequence[str | None]], list[Identification]]


class ArticleText(NamedTuple):
    """What identification reads of an article; ``hint`` is the language that its feed declares."""

    title: str | None
    summary: str | None
    paragraphs: list[str]
    hint: str | None


def identify_article(
    title: str | None, summary: str | None, paragraphs: list[str], hint: str | None
) -> ArticleLanguage:
    """Identify one article; see :func:`identify_articles`."""
    return identify_articles([ArticleText(title, summary, paragraphs, hint)])[0]


def identify_articles(
    articles: Sequence[tuple[str | None, str | None, list[str], str | None]],
    detect: DetectBatch = identify_batch,
) -> list[ArticleLanguage]:
    """Identify articles, each ``(title, summary, paragraphs, hint)``, plain text; same answers as one by one.

    First the whole; then each paragraph, with the whole's language as its prior; then, where paragraphs of
    another language hold most letters, those paragraphs again as one text. No letters at all: ``zxx``.
    ``detect`` is the ``detect_batch`` of another backend.
    """
    texts = [ArticleText(*article) for article in articles]
    wholes = detect([_whole(text) for text in texts], [text.hint for text in texts])
    flat = [(i, paragraph) for i, text in enumerate(texts) for paragraph in text.paragraphs]
    found = detect([paragraph for _, paragraph in flat], [wholes[i].language for i, _ in flat])
    tags: list[list[str]] = [[] for _ in texts]
    for (i, paragraph), answer in zip(flat, found, strict=True):
        tags[i].append(_paragraph_tag(paragraph, answer, wholes[i].language))
    shares = [_shares(text, mine, whole) for text, mine, whole in zip(texts, tags, wholes, strict=True)]
    again = [
        i
        for i, share in enumerate(shares)
        if share and share[0][1] >= MAJORITY and share[0][0] != wholes[i].language
    ]
    majority = detect(
        ["\n".join(_of(texts[i].paragraphs, tags[i], shares[i][0][0])) for i in again],
        [texts[i].hint for i in again],
    )
    for i, answer in zip(again, majority, strict=True):
        wholes[i] = answer
    return [_answer(*parts) for parts in zip(wholes, shares, tags, strict=True)]


@cache
def _families() -> dict[str, frozenset[str]]:
    path = Path(__file__).parents[1] / "lexicons" / "kin.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    families = [frozenset(line.split()) for line in lines if line and not line.startswith("#")]
    return {tag: family for family in families for tag in family}


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _whole(text: ArticleText) -> str:
    return "\n".join(part for part in (text.title, text.summary, *text.paragraphs) if part)


def _of(paragraphs: list[str], tags: list[str], tag: str) -> list[str]:
    return [paragraph for paragraph, mine in zip(paragraphs, tags, strict=True) if mine == tag]


def _paragraph_tag(paragraph: str, answer: Identification, article: str) -> str:
    if answer.confidence < FOREIGN_CHANCE or answer.language in _families().get(article, ()):
        return article
    return answer.language if _letters(paragraph) >= FOREIGN_LETTERS else article


def _shares(text: ArticleText, tags: list[str], whole: Identification) -> list[tuple[str, float]]:
    """Share of the body's letters by language; without a body, the whole is in one language."""
    letters: Counter[str] = Counter()
    for tag, paragraph in zip(tags, text.paragraphs, strict=True):
        letters[tag] += _letters(paragraph)
    total = letters.total()
    if not total:
        return [(whole.language, 1.0)] if _letters(_whole(text)) else []
    ranked = sorted(letters.items(), key=lambda item: (-item[1], item[0]))
    return [(tag, count / total) for tag, count in ranked if count >= MIN_SHARE * total]


def _answer(whole: Identification, shares: list[tuple[str, float]], tags: list[str]) -> ArticleLanguage:
    language = whole.language
    if not shares:
        language = "zxx"
    elif shares[0][1] < MAJORITY:
        language = "mul"
    return ArticleLanguage(
        language, whole.script, whole.confidence, whole.method, whole.conflict, shares, tags
    )
