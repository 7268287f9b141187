"""Who printed whose text: equal texts in several sources, by ``content_sha256``.

Equal means equal after folding (diacritics, digits, case); an edited reprint is not found this way.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.report.asking import row, rows

if TYPE_CHECKING:
    import duckdb

# Shorter texts are equal by chance: "Photo gallery".
SHORTEST = 120
_PRINTED = f"""
CREATE OR REPLACE TEMP TABLE printed AS
SELECT content_sha256 AS text, source, min(coalesce(published_at, first_seen_at)) AS moment,
       arg_min(title, coalesce(published_at, first_seen_at)) AS title, mode(language) AS language
FROM a WHERE content_sha256 IS NOT NULL AND text_len >= {SHORTEST} GROUP BY content_sha256, source
QUALIFY count(*) OVER (PARTITION BY content_sha256) > 1
"""


def syndication(db: "duckdb.DuckDBPyConnection", root: Path) -> dict[str, Any]:
    """Texts that several sources printed: how many, from whom to whom, how fast, and the widest."""
    db.execute(_PRINTED)
    whole = row(db, "SELECT count(DISTINCT text) AS texts, count(DISTINCT source) AS sources FROM printed")
    pairs = rows(
        db,
        """WITH ranked AS (SELECT *, first_value(source) OVER w AS origin, min(moment) OVER w AS began FROM printed
                           WINDOW w AS (PARTITION BY text ORDER BY moment, source))
           SELECT origin, source AS reprinted_by, count(*) AS texts, median(epoch(moment - began)) AS lag_median
           FROM ranked WHERE origin <> source GROUP BY ALL ORDER BY texts DESC, origin, reprinted_by LIMIT 15""",
    )
    widest = rows(
        db,
        """SELECT arg_min(title, moment) AS title, mode(language) AS language, count(*) AS sources,
                  arg_min(source, moment) AS origin, string_agg(source, ', ' ORDER BY moment, source) AS printed_by,
                  epoch(max(moment) - min(moment)) AS seconds
           FROM printed GROUP BY text ORDER BY sources DESC, min(moment) DESC, text LIMIT 8""",
    )
    return {**whole, "pairs": pairs, "widest": widest}
