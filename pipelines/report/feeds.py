"""How the feeds behave: failing, silent, gaps; and what was rejected. The last 30 days of polling."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.report.asking import Row, rows

if TYPE_CHECKING:
    import duckdb

DAYS = 30
# A feed is silent when it has been quiet this much longer than it usually is, and for a day at least.
SILENT_FACTOR, SILENT_SECONDS = 4, 86_400
_RECENT = f"date >= (SELECT max(date) FROM {{name}}) - INTERVAL {DAYS} DAY"


def feeds(db: "duckdb.DuckDBPyConnection", root: Path) -> list[Row]:
    """One row per feed polled, worst first; ``state`` is failing, silent, gaps or ok."""
    found = rows(
        db,
        f"""WITH f AS (SELECT * FROM fetch_log WHERE {_RECENT.format(name="fetch_log")}),
                 news AS (SELECT source_id, epoch(started_at - lag(started_at)
                            OVER (PARTITION BY source_id ORDER BY started_at)) AS pause
                          FROM f WHERE n_new + n_edited > 0),
                 usual AS (SELECT source_id, quantile_cont(pause, 0.9) AS usual FROM news GROUP BY 1),
                 good AS (SELECT source_id, max(started_at) AS last_ok FROM f WHERE error_class IS NULL GROUP BY 1)
            SELECT f.source_id AS source, count(*) AS polls, count_if(error_class IS NOT NULL) AS failed,
                   count_if(not_modified) AS unchanged, max(started_at) AS last_poll,
                   any_value(last_ok) AS last_ok,
                   min(started_at) FILTER (error_class IS NOT NULL AND started_at > coalesce(last_ok, '-infinity'))
                     AS failing_since,
                   max(started_at) FILTER (n_new + n_edited > 0) AS last_news, any_value(usual) AS usual_pause,
                   sum(n_new)::BIGINT AS new, sum(n_edited)::BIGINT AS edited, sum(n_error)::BIGINT AS rejected,
                   count_if(possible_gap) AS gaps, max(started_at) FILTER (possible_gap) AS last_gap,
                   arg_max(coalesce(error_class, ''), started_at) AS error_class,
                   arg_max(coalesce(error, ''), started_at) AS error, median(duration_ms) AS duration_ms,
                   epoch((SELECT max(started_at) FROM f) - max(started_at) FILTER (n_new + n_edited > 0)) AS quiet
            FROM f LEFT JOIN usual USING (source_id) LEFT JOIN good USING (source_id)
            GROUP BY f.source_id ORDER BY f.source_id""",
    )
    for feed in found:
        feed["state"] = _state(feed)
    order = ("failing", "silent", "gaps", "ok")
    return sorted(found, key=lambda feed: (order.index(feed["state"]), feed["source"]))


def _state(feed: Row) -> str:
    if feed["error_class"]:
        return "failing"
    usual, quiet = feed["usual_pause"], feed["quiet"]
    if quiet is not None and quiet > max(SILENT_SECONDS, SILENT_FACTOR * (usual or 0)):
        return "silent"
    return "gaps" if feed["gaps"] else "ok"


def rejects(db: "duckdb.DuckDBPyConnection", root: Path) -> dict[str, Any]:
    """What could not be processed, by stage and cause, with one example of each."""
    found = rows(
        db,
        f"""SELECT stage, exception, count(*) AS rejects, count(DISTINCT source_id) AS sources,
                   mode(source_id) AS most, max("at") AS last, arg_max(left(message, 400), "at") AS message,
                   arg_max(left(coalesce(raw_entry, ''), 600), "at") AS raw_entry
            FROM errors WHERE {_RECENT.format(name="errors")} GROUP BY ALL ORDER BY rejects DESC, stage, exception LIMIT 20""",
    )
    by_stage: dict[str, int] = {}
    for reject in found:
        by_stage[reject["stage"]] = by_stage.get(reject["stage"], 0) + reject["rejects"]
    return {"by_cause": found, "by_stage": by_stage, "n": sum(by_stage.values())}
