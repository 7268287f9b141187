"""What the articles are: volume, language, length, lag, dates, edits, agencies, flags."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.report.asking import Row, bins, row, rows

if TYPE_CHECKING:
    import duckdb

LENGTHS: list[tuple[float, str]] = [
    (1, "no text"), (100, "1-99"), (200, "100-199"), (400, "200-399"), (800, "400-799"), (1600, "800-1,599"),
    (3200, "1,600-3,199"), (6400, "3,200-6,399"),
]  # fmt: skip
LENGTH_LAST = "6,400 or more"
LAGS: list[tuple[float, str]] = [
    (0, "before it"), (60, "< 1 min"), (300, "1-5 min"), (900, "5-15 min"), (3600, "15-60 min"),
    (3 * 3600, "1-3 h"), (12 * 3600, "3-12 h"), (24 * 3600, "12-24 h"), (72 * 3600, "1-3 days"),
]  # fmt: skip
LAG_LAST = "over 3 days"
VERSIONS: list[tuple[float, str]] = [(2, "1"), (3, "2"), (4, "3"), (6, "4-5")]
VERSION_LAST = "6 or more"
# Lag of what was seen after a source's first poll: a first poll finds a window of old entries.
_LAGGED = """
SELECT source, epoch(first_seen_at - published_at) AS seconds FROM a
WHERE version = 1 AND published_at IS NOT NULL
QUALIFY first_seen_at > min(first_seen_at) OVER (PARTITION BY source)
"""


def totals(db: "duckdb.DuckDBPyConnection", root: Path) -> Row:
    """The figures at the head of the page."""
    return row(
        db,
        """SELECT count(*) AS versions, count(DISTINCT article_id) AS articles, count(DISTINCT source) AS sources,
                  count(DISTINCT language) FILTER (language NOT IN ('und', 'zxx')) AS languages,
                  min(day) AS first_day, max(day) AS last_day, max(fetched_at) AS last_fetch,
                  coalesce(sum(text_len), 0) AS characters
           FROM a""",
    ) | {"root": root.name}


def volume(db: "duckdb.DuckDBPyConnection", root: Path) -> dict[str, Any]:
    """Articles per source, and per language, and day, week or month, over the days in which nearly all lie."""
    span = row(
        db,
        """SELECT min(day) AS first, max(day) AS last, quantile_disc(day, 0.02) AS low,
                  quantile_disc(day, 0.98) AS high FROM a WHERE version = 1""",
    )
    if span["first"] is None:
        return {"bin": "day", "rows": [], "by_language": [], "outside": 0, "first": None, "last": None}
    core = (span["high"] - span["low"]).days
    # A few stragglers far away must not squeeze everything else into one bar.
    first = span["first"] if (span["low"] - span["first"]).days <= 7 + core // 2 else span["low"]
    last = span["last"] if (span["last"] - span["high"]).days <= 7 + core // 2 else span["high"]
    days = (last - first).days + 1
    unit = "day" if days <= 75 else "week" if days <= 520 else "month"
    per_source, per_language = (
        rows(
            db,
            f"""SELECT {name}, date_trunc('{unit}', day)::DATE AS day, count(*) AS articles FROM a
                WHERE version = 1 AND day BETWEEN ? AND ? GROUP BY ALL ORDER BY ALL""",
            first,
            last,
        )
        for name in ("source", "coalesce(language, 'und') AS language")
    )
    outside = row(
        db, "SELECT count(*) AS n FROM a WHERE version = 1 AND day NOT BETWEEN ? AND ?", first, last
    )
    return {
        "bin": unit,
        "rows": per_source,
        "by_language": per_language,
        "outside": outside["n"],
        "first": first,
        "last": last,
    }


def sources(db: "duckdb.DuckDBPyConnection", root: Path) -> list[Row]:
    """One row per source: how much, how long, how late, how often edited."""
    return rows(
        db,
        f"""WITH late AS (SELECT source, median(seconds) AS lag_median, quantile_cont(seconds, 0.9) AS lag_p90
                          FROM ({_LAGGED}) GROUP BY source)
            SELECT l.source, count(*) AS articles, sum(version) AS versions,
                   count(*) FILTER (version > 1) AS edited, min(day) AS first_day, max(day) AS last_day,
                   median(text_len) AS length_median, mode(language) AS language,
                   count(*) FILTER (date_source = 'first_seen') AS undated, any_value(lag_median) AS lag_median,
                   any_value(lag_p90) AS lag_p90
            FROM l LEFT JOIN late ON late.source = l.source GROUP BY l.source ORDER BY articles DESC, l.source""",
    )


def languages(db: "duckdb.DuckDBPyConnection", root: Path) -> list[Row]:
    """Articles by language, with how surely it is known."""
    return rows(
        db,
        """SELECT coalesce(language, 'und') AS language, count(*) AS articles,
                  count(DISTINCT source) AS sources, avg(language_confidence) AS confidence,
                  count(*) FILTER (language_confidence < 0.8) AS unsure, median(text_len) AS length_median
           FROM l GROUP BY 1 ORDER BY articles DESC, 1""",
    )


def lengths(db: "duckdb.DuckDBPyConnection", root: Path) -> list[Row]:
    """Articles by length of text in code points, and by what the text was made from."""
    found = rows(
        db,
        f"""SELECT {bins("text_len", LENGTHS, LENGTH_LAST)} AS length,
                   CASE WHEN text_len = 0 THEN 'no text' ELSE coalesce(text_origin, 'no text') END AS origin,
                   count(*) AS articles FROM l GROUP BY ALL""",
    )
    order = [name for _, name in LENGTHS] + [LENGTH_LAST]
    return sorted(found, key=lambda r: (order.index(r["length"]), r["origin"]))


def lag(db: "duckdb.DuckDBPyConnection", root: Path) -> dict[str, Any]:
    """Time from publication to our first sight."""
    found = rows(
        db,
        f"SELECT {bins('seconds', LAGS, LAG_LAST)} AS lag, count(*) AS articles FROM ({_LAGGED}) GROUP BY 1",
    )
    order = [name for _, name in LAGS] + [LAG_LAST]
    whole = row(
        db,
        f"SELECT count(*) AS n, median(seconds) AS median, quantile_cont(seconds, 0.9) AS p90 FROM ({_LAGGED})",
    )
    return {"bins": sorted(found, key=lambda r: order.index(r["lag"])), **whole}


def dates(db: "duckdb.DuckDBPyConnection", root: Path) -> dict[str, Any]:
    """What was wrong with publication dates, and where."""
    found = rows(
        db,
        """WITH flagged AS (
             SELECT source, unnest(CASE
                 WHEN published_at IS NULL AND published_raw IS NULL THEN ['missing']
                 WHEN len(date_quality) = 0 THEN [CASE WHEN published_at IS NULL THEN 'unreadable' ELSE 'exact' END]
                 ELSE date_quality END) AS finding, published_raw FROM l)
           SELECT finding, count(*) AS articles, count(DISTINCT source) AS sources, mode(source) AS most,
                  any_value(published_raw) AS example
           FROM flagged GROUP BY finding ORDER BY articles DESC, finding""",
    )
    return {"findings": found}


def edits(db: "duckdb.DuckDBPyConnection", root: Path) -> dict[str, Any]:
    """How often articles change, how soon, and which most."""
    by_versions = rows(
        db,
        f"SELECT {bins('version', VERSIONS, VERSION_LAST)} AS versions, count(*) AS articles FROM l GROUP BY 1",
    )
    order = [name for _, name in VERSIONS] + [VERSION_LAST]
    delay = row(
        db,
        """SELECT median(seconds) AS median FROM (
             SELECT epoch(fetched_at - lag(fetched_at) OVER (PARTITION BY article_id ORDER BY version)) AS seconds
             FROM a) WHERE seconds IS NOT NULL""",
    )
    most = rows(
        db,
        """SELECT title, language, source, version AS versions, epoch(fetched_at - first_seen_at) AS seconds FROM l
           WHERE version > 1 ORDER BY version DESC, source, article_id LIMIT 8""",
    )
    withdrawn = row(db, "SELECT count(*) AS n FROM l WHERE status = 'withdrawn'")
    return {
        "bins": sorted(by_versions, key=lambda r: order.index(r["versions"])),
        "delay_median": delay["median"],
        "most": most,
        "withdrawn": withdrawn["n"],
    }


def agencies(db: "duckdb.DuckDBPyConnection", root: Path) -> list[Row]:
    """Articles by the agency they are credited to."""
    return rows(
        db,
        """SELECT coalesce(agency, 'none credited') AS agency, count(*) AS articles,
                  count(DISTINCT source) AS sources, mode(source) AS most, mode(language) AS language
           FROM l GROUP BY 1 ORDER BY articles DESC, 1""",
    )


def flags(db: "duckdb.DuckDBPyConnection", root: Path) -> list[Row]:
    """Articles by quality flag, with the source where it is most common and one example."""
    return rows(
        db,
        """WITH flagged AS (SELECT unnest(quality_flags) AS flag, source, title, language FROM l)
           SELECT flag, count(*) AS articles, count(*) / (SELECT count(*) FROM l) AS share, mode(source) AS most,
                  count(*) FILTER (source = (SELECT mode(source) FROM flagged g WHERE g.flag = f.flag)) AS in_most,
                  any_value(title) AS title, any_value(language) AS language
           FROM flagged f GROUP BY flag ORDER BY articles DESC, flag""",
    )
