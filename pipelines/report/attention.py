"""What needs a look: findings that somebody can act on, worst first, each with what to do."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipelines.words import count, span, when

# Shares above which a finding is worth a line.
UNDATED, TEASERS, UNKNOWN_LANGUAGE = 0.1, 0.5, 0.05
FEWEST = 20  # articles below which a share says nothing


class Finding(NamedTuple):
    """One line; ``level`` is ``bad`` or ``mind``, ``subject`` a source or dataset."""

    level: str
    subject: str
    finding: str
    advice: str
    anchor: str


def findings(facts: Mapping[str, Any]) -> list[Finding]:
    """All of them, worst first."""
    found = [*_feeds(facts), *_articles(facts), *_storage(facts)]
    return sorted(found, key=lambda f: f.level != "bad")


def _feeds(facts: Mapping[str, Any]) -> Iterator[Finding]:
    for feed in facts["feeds"]:
        source = feed["source"]
        if feed["state"] == "failing":
            since = f"since {when(feed['failing_since'])}"
            finding = f"fails {since}: {feed['error'] or feed['error_class']}"
            yield Finding("bad", source, finding, "khabar feeds check --source " + source, "feeds")
        elif feed["state"] == "silent":
            usual = f"; usually {span(feed['usual_pause'])} at most" if feed["usual_pause"] else ""
            yield Finding(
                "bad", source, f"answers, but nothing new for {span(feed['quiet'])}{usual}",
                "see whether the feed has moved", "feeds",
            )  # fmt: skip
        if feed["gaps"]:
            yield Finding(
                "mind", source,
                f"{count(feed['gaps'], 'poll')}, the last on {when(feed['last_gap'])}, found nothing of the"
                " previous window: entries may be missing",
                "lower its max_interval_seconds", "feeds",
            )  # fmt: skip
    if n := facts["rejects"]["n"]:
        stages = ", ".join(f"{stage} {rejects:,}" for stage, rejects in facts["rejects"]["by_stage"].items())
        yield Finding("mind", "errors", f"{count(n, 'reject')} ({stages})", "see the examples", "rejects")


def _articles(facts: Mapping[str, Any]) -> Iterator[Finding]:
    for source in facts["sources"]:
        share = source["undated"] / source["articles"]
        if source["articles"] >= FEWEST and share > UNDATED:
            yield Finding(
                "mind", source["source"], f"{share:.0%} of its articles lie under the day of first sight",
                "its dates are missing or unreadable", "dates",
            )  # fmt: skip
    total = facts["totals"]["articles"]
    for flag in facts["flags"]:
        if flag["flag"] == "truncated_teaser" and total >= FEWEST and flag["share"] > TEASERS:
            yield Finding(
                "mind",
                "articles",
                f"{flag['share']:.0%} are teasers only",
                'content = "page" fetches more',
                "flags",
            )
    unknown = sum(r["articles"] for r in facts["languages"] if r["language"] == "und")
    if total >= FEWEST and unknown / total > UNKNOWN_LANGUAGE:
        yield Finding(
            "mind", "articles", f"the language of {unknown / total:.0%} cannot be told",
            "mostly texts too short", "languages",
        )  # fmt: skip


def _storage(facts: Mapping[str, Any]) -> Iterator[Finding]:
    if n := facts["storage"]["crowded"]:
        yield Finding(
            "mind", "storage", f"{count(n, 'partition')} of many small files", "khabar compact", "storage"
        )
