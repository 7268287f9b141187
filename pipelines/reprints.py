"""Who printed whose story: candidates by equal marks, then the rule of ``transforms.text.duplicates``."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.query import connect
from transforms.text.duplicates import Relation, Story, relation

if TYPE_CHECKING:
    import duckdb

# A band or sentence in more articles than this is boilerplate ("Subscribe to our newsletter"), and would make
# candidates of all of them: n^2 / 2 pairs.
MAX_SHARED_BY = 100
# `related` articles have a paragraph in common, not a story: they make no cluster.
JOINING = frozenset({"exact", "update", "excerpt", "reprint"})

_STORIES = """
CREATE TEMP TABLE stories AS
SELECT row_number() OVER (ORDER BY story_at, first_seen_at, article_id) - 1 AS n, *
FROM (
    SELECT article_id, version, source_id, agency, language, title, url, text_len, content_sha256, minhash_b8,
           lsh32, sent_fp, first_seen_at, partition_date,
           -- Agencies move the date when they correct: the story is as old as its first version.
           coalesce(min(published_at) OVER (PARTITION BY article_id), first_seen_at) AS story_at
    FROM articles
    WHERE status = 'published'
    QUALIFY version = max(version) OVER (PARTITION BY article_id)
)
WHERE minhash_b8 IS NOT NULL
  AND (?::DATE IS NULL OR partition_date >= ?::DATE) AND (?::DATE IS NULL OR partition_date <= ?::DATE)
"""
_PAIRS = f"""
WITH marks AS (
    SELECT n, story_at, unnest(list_concat(lsh32::UBIGINT[], sent_fp::UBIGINT[])) AS mark FROM stories),
telling AS (
    SELECT mark FROM marks GROUP BY mark HAVING count(*) BETWEEN 2 AND {MAX_SHARED_BY})
SELECT DISTINCT one.n, other.n
FROM marks one JOIN telling USING (mark) JOIN marks other USING (mark)
WHERE one.n < other.n AND other.story_at <= one.story_at + to_days(?)
ORDER BY ALL
"""


class Member(NamedTuple):
    """One article of a cluster; ``lag_seconds`` counts from the cluster's first article."""

    cluster_id: str  # article_id of the first
    article_id: str
    version: int
    source_id: str
    agency: str | None
    language: str | None
    story_at: datetime  # earliest published_at of its versions, else first_seen_at; UTC
    lag_seconds: int
    kind: str  # "first", or what it is to the first (else to the member it joined by)
    jaccard: float
    containment: float
    title: str | None
    url: str | None


@dataclass
class Cluster:
    """Articles that tell one story in the same words, earliest first."""

    members: list[Member] = field(default_factory=list)

    @property
    def sources(self) -> set[str]:
        """Who printed it."""
        return {member.source_id for member in self.members}


def find(root: Path, days: int, since: date | None = None, until: date | None = None) -> list[Cluster]:
    """Clusters among the newest versions of a root's ``articles``; the most printed first.

    Args:
        root: A root; a path in a store too.
        days: How much later a print may come.
        since: First partition date; None for no limit.
        until: Last partition date; None for no limit.

    Raises:
        RootError: There is no dataset.
    """
    connection = connect(root)
    connection.execute(_STORIES, [since, since, until, until])
    pairs = connection.execute(_PAIRS, [days]).fetchall()
    rows = _rows(connection, {n for pair in pairs for n in pair})
    stories = {n: _story(row) for n, row in rows.items()}
    related = {
        (one, other): found for one, other in pairs if (found := relation(stories[one], stories[other]))
    }
    clusters = [_cluster(members, rows, stories, related) for members in _grouped(related)]
    return sorted(clusters, key=lambda c: (-len(c.sources), -len(c.members), c.members[0].story_at))


def _rows(connection: "duckdb.DuckDBPyConnection", wanted: set[int]) -> dict[int, dict[str, Any]]:
    answer = connection.execute("SELECT * FROM stories WHERE n IN (SELECT unnest(?))", [sorted(wanted)])
    names = [column[0] for column in answer.description or []]
    return {row[0]: dict(zip(names, row, strict=True)) for row in answer.fetchall()}


def _story(row: dict[str, Any]) -> Story:
    return Story(
        row["source_id"],
        row["text_len"],
        row["content_sha256"],
        row["minhash_b8"],
        frozenset(row["sent_fp"]),
    )


def _grouped(related: dict[tuple[int, int], Relation]) -> Iterator[list[int]]:
    """Each article with the earlier one it is closest to; ``n`` is in the order of time.

    One parent each, not every relation: a round-up with a paragraph of each of two stories would join both.
    """
    first_of: dict[int, int] = {}
    groups: dict[int, list[int]] = {}
    joining: dict[int, list[tuple[float, int]]] = {}
    for (one, other), found in related.items():
        if found.kind in JOINING:
            joining.setdefault(other, []).append((found.jaccard + found.containment, -one))
    for n, candidates in sorted(joining.items()):
        parent = -max(candidates)[1]
        first = first_of[n] = first_of.get(parent, parent)
        groups.setdefault(first, [first]).append(n)
    yield from groups.values()


def _cluster(
    members: list[int],
    rows: dict[int, dict[str, Any]],
    stories: dict[int, Story],
    related: dict[tuple[int, int], Relation],
) -> Cluster:
    first = members[0]
    cluster = Cluster()
    for n in members:
        row = rows[n]
        found = relation(stories[first], stories[n]) if n != first else Relation("first", 1.0, 1.0)
        # Of an edit's edit: what it is to the member it followed.
        found = found or max(
            (related[pair] for m in members if (pair := (m, n)) in related), key=lambda r: r.jaccard
        )
        cluster.members.append(
            Member(
                cluster_id=rows[first]["article_id"],
                lag_seconds=round((row["story_at"] - rows[first]["story_at"]).total_seconds()),
                **found._asdict(),
                **{name: row[name] for name in Member._fields if name in row},
            )
        )
    return cluster
