"""Find articles and lay them out for reading in a terminal."""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.console import console, harmless, is_rtl, shown
from pipelines.exits import Exit, KhabarError
from pipelines.report.asking import Row, rows
from pipelines.suggest import suggestion
from pipelines.words import count, when

if TYPE_CHECKING:
    import duckdb
    from rich.text import Text

WIDTH = 92  # columns of text; longer lines are hard to read
COLUMNS = (
    "article_id, version, is_edit, source_id, published_at, first_seen_at, language, language_confidence,"
    " agency, dateline_place, byline, title, summary, text, text_origin, url, sentence_spans,"
    " furniture_removed, quality_flags, date_quality, status"
)


class PeekError(KhabarError):
    """What was asked for cannot be; the message names it."""

    exit = Exit.USAGE


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which articles; empty means any."""

    sources: Sequence[str] = ()
    languages: Sequence[str] = ()
    pattern: str | None = None
    id_prefix: str | None = None
    limit: int = 5
    versions: bool = False


class Shown(NamedTuple):
    """What of an article to show besides its text."""

    sentences: bool = False
    furniture: bool = False
    flags: bool = False
    pattern: str | None = None


def find(db: "duckdb.DuckDBPyConnection", wanted: Wanted) -> list[Row]:
    """Articles, first seen last; of each the newest version.

    Raises:
        PeekError: A source that the dataset does not have, or a pattern that is no regular expression.
    """
    import duckdb

    _check_sources(db, wanted.sources)
    where, values = _where(wanted)
    newest = "" if wanted.versions else "QUALIFY version = max(version) OVER (PARTITION BY article_id)"
    try:
        # Keys first: of articles that will not be shown, nothing but these columns is read.
        keys = rows(
            db,
            f"""SELECT article_id, version, source_id, partition_date FROM
                  (SELECT * EXCLUDE (sentence_spans) FROM articles {newest}) {where}
                ORDER BY first_seen_at DESC, article_id, version DESC LIMIT {max(wanted.limit, 0)}""",
            *values,
        )
    except duckdb.InvalidInputException as error:
        raise PeekError(f"--grep {wanted.pattern!r}: {str(error).splitlines()[0]}") from error
    return [_read(db, key) for key in keys]


def _read(db: "duckdb.DuckDBPyConnection", key: Row) -> Row:
    (found,) = rows(
        db,
        f"SELECT {COLUMNS} FROM articles WHERE source = ? AND date = ? AND article_id = ? AND version = ?",
        *(key[name] for name in ("source_id", "partition_date", "article_id", "version")),
    )
    return found


def _check_sources(db: "duckdb.DuckDBPyConnection", sources: Sequence[str]) -> None:
    known = {source for (source,) in db.execute("SELECT DISTINCT source FROM articles").fetchall()}
    for source in sources:
        if source not in known:
            raise PeekError(f"no articles of source {source!r}{suggestion(source, known)}")


def _where(wanted: Wanted) -> tuple[str, list[object]]:
    tests: list[tuple[str, object]] = []
    if wanted.sources:
        tests.append(("list_contains(?, source_id)", list(wanted.sources)))
    if wanted.languages:
        tests.append(("list_contains(?, language)", list(wanted.languages)))
    if wanted.id_prefix:
        tests.append(("starts_with(article_id, ?)", wanted.id_prefix))
    if wanted.pattern:
        tests.append(("regexp_matches(concat_ws(chr(10), title, text), ?, 'i')", wanted.pattern))
    if not tests:
        return "", []
    return "WHERE " + " AND ".join(test for test, _ in tests), [value for _, value in tests]


def show(articles: Sequence[Mapping[str, Any]], how: Shown) -> None:
    """Print articles one below the other."""
    screen = console()
    screen.width = min(screen.width, WIDTH)
    for article in articles:
        screen.rule(style="dim")
        for part in _parts(article, how):
            screen.print(part, justify=part.justify)
    screen.rule(style="dim")
    screen.print(shown(count(len(articles), "article"), style="dim"))


def _parts(article: Mapping[str, Any], how: Shown) -> "Iterator[Text]":
    yield _head(article)
    yield paragraph(article["title"] or "(untitled)", how.pattern, style="bold")
    body = article["text"] or article["summary"]
    if how.sentences and article["text"]:
        for n, span in enumerate(article["sentence_spans"]):
            yield paragraph(f"{n}  {article['text'][span['start'] : span['end']]}", how.pattern)
    elif body:
        yield shown("")
        for line in body.split("\n"):
            yield paragraph(line, how.pattern)
    else:
        yield shown("no text in the feed", style="dim")
    yield shown("")
    if how.furniture:
        for piece in article["furniture_removed"]:
            yield shown(f"removed {piece['kind']} ({piece['where']}): {piece['text']}", style="dim")
    if how.flags and (flags := [*article["quality_flags"], *article["date_quality"]]):
        yield shown("flags: " + ", ".join(flags), style="yellow")
    yield shown(f"{article['article_id']}  {article['url'] or ''}", style="dim")


def _head(article: Mapping[str, Any]) -> "Text":
    from rich.text import Text

    edit = f"version {article['version']}" if article["is_edit"] else None
    withdrawn = "WITHDRAWN" if article["status"] == "withdrawn" else None
    facts = (article["source_id"], when(article["published_at"]) or "undated", article["language"],
             article["agency"], article["dateline_place"], article["byline"], edit, withdrawn)  # fmt: skip
    return Text("  ").join(shown(fact, style="cyan") for fact in facts if fact)


def paragraph(text: str, pattern: str | None = None, style: str = "") -> "Text":
    """One paragraph, to the right when it runs from the right; what ``pattern`` matches stands out."""
    # A paragraph has its lines to itself: nothing to isolate it from, and marks would sit in odd lines.
    made = shown(text, style=style, isolate=False)
    made.justify = "right" if is_rtl(harmless(text)) else "left"
    if pattern:
        # DuckDB's expressions (RE2) are nearly Python's; where they differ nothing stands out.
        with contextlib.suppress(re.error):
            made.highlight_regex(re.compile(pattern, re.IGNORECASE), "reverse")
    return made
