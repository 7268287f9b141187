"""A few articles to look at: the newest of each of the most common languages."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.report.asking import Row, row, rows

if TYPE_CHECKING:
    import duckdb

LANGUAGES = 8
SHOWN = 320  # characters of each text


def samples(db: "duckdb.DuckDBPyConnection", root: Path) -> list[Row]:
    """One article per language, most common language first."""
    chosen = rows(
        db,
        f"""SELECT article_id, version, day, source, language, title, agency, published_at, text_len
            FROM l WHERE text_len >= 150 AND language NOT IN ('und', 'zxx') AND len(quality_flags) = 0
            QUALIFY row_number() OVER (PARTITION BY language ORDER BY first_seen_at DESC, article_id) = 1
            ORDER BY count(*) OVER (PARTITION BY language) DESC, language LIMIT {LANGUAGES}""",
    )
    for article in chosen:
        # One partition each: the texts of all others stay unread.
        article |= row(
            db,
            f"SELECT left(text, {SHOWN}) AS text, dateline_place, n_sentences, url FROM articles"
            " WHERE source = ? AND date = ? AND article_id = ? AND version = ?",
            article["source"],
            *(article.pop(name) for name in ("day", "article_id", "version")),
        )
    return chosen
