"""The language of an article: title, summary and paragraphs decide together."""

from collections import Counter

from transforms.text.language.answers import ArticleLanguage
from transforms.text.language.classic import identify

MIN_SHARE = 0.1


def identify_article(
    title: str | None, summary: str | None, paragraphs: list[str], hint: str | None
) -> ArticleLanguage:
    """Identify one article; ``hint`` is the language its feed declares."""
    whole = identify("\n".join(part for part in [title, summary, *paragraphs] if part), hint)
    tags = [identify(paragraph, hint).language for paragraph in paragraphs]
    tags = [whole.language if tag in ("und", "zxx") else tag for tag in tags]
    letters: Counter[str] = Counter()
    for tag, paragraph in zip(tags, paragraphs, strict=True):
        letters[tag] += sum(map(str.isalpha, paragraph))
    total = sum(letters.values())
    shares = [(tag, n / total) for tag, n in letters.most_common() if n >= MIN_SHARE * total] if total else []
    return ArticleLanguage(
        whole.language, whole.script, whole.confidence, whole.method, whole.conflict, shares, tags
    )


def identify_articles(
    articles: list[tuple[str | None, str | None, list[str], str | None]],
) -> list[ArticleLanguage]:
    """Identify several articles; same answers as :func:`identify_article`."""
    return [identify_article(*article) for article in articles]
