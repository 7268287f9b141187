"""Facts to one self-contained HTML page.

Everything that came from a feed passes through Jinja's escaping; the only markup put in as it is are the
drawings, whose texts vl-convert escapes, and the page's own style and script. A content security policy
names those two by hash, so that nothing else on the page can ever run.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from importlib import metadata, resources
from typing import Any

from pipelines.exits import Exit, KhabarError
from pipelines.report import charts
from pipelines.report.attention import findings
from pipelines.report.volume import LAG_LAST, LAGS, LENGTH_LAST, LENGTHS, VERSION_LAST, VERSIONS
from pipelines.words import count, size, span, when

_ASSETS = resources.files("pipelines.report") / "assets"


class ReportError(KhabarError):
    """The report's libraries are not there; the message says how to get them."""

    exit = Exit.USAGE


def check_extra() -> None:
    """Refuse a report without the packages it needs.

    Raises:
        ReportError: The extra is not installed.
    """
    try:
        import jinja2  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise ReportError(f"khabar report needs {error.name}: pip install 'khabar[report]'") from error


def render(facts: Mapping[str, Any], made_at: datetime) -> str:
    """The page."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "span": span,
        "when": when,
        "size": size,
        "count": count,
        "num": _number,
        "link": _link,
    }
    environment.globals["svg"] = Markup
    style, script = _asset("page.css"), _asset("page.js")
    return environment.from_string(_asset("page.html.j2")).render(
        facts=facts,
        sentences=sum(d["rows"] for d in facts["storage"]["datasets"] if d["dataset"] == "sentences"),
        slowest=sorted(
            (s for s in facts["sources"] if s["lag_median"] is not None), key=lambda s: -s["lag_median"]
        )[:10],
        charts=_charts(facts),
        findings=findings(facts),
        made_at=made_at,
        version=metadata.version("khabar"),
        style=Markup(style),
        script=Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _charts(facts: Mapping[str, Any]) -> dict[str, charts.Chart]:
    lengths = [name for _, name in LENGTHS] + [LENGTH_LAST]
    lags = [name for _, name in LAGS] + [LAG_LAST]
    versions = [name for _, name in VERSIONS] + [VERSION_LAST]
    rejects = [{"stage": stage, "rejects": n} for stage, n in facts["rejects"]["by_stage"].items()]
    weights = [*facts["storage"]["datasets"], {"dataset": "raw", **facts["storage"]["raw"]}]
    megabytes = [{"dataset": w["dataset"], "megabytes": round(w["bytes"] / 1e6, 3)} for w in weights]
    made: list[charts.Chart] = [
        charts.volume(facts["volume"]),
        charts.heatmap(facts["volume"]),
        charts.bars("languages", "Articles by language", "articles", facts["languages"], "language"),
        charts.histogram(
            "lengths", "Length of text, by what it was made from", facts["lengths"], "length", lengths,
            title="characters", series="origin",
        ),
        charts.histogram(
            "lag", "From publication to our first sight", facts["lag"]["bins"], "lag", lags, title="lag"
        ),
        charts.bars("dates", "What was found on dates", "articles", facts["dates"]["findings"], "finding"),
        charts.histogram(
            "edits", "Versions per article", facts["edits"]["bins"], "versions", versions, title="versions"
        ),
        charts.bars("agencies", "Articles by agency credited", "articles", facts["agencies"], "agency"),
        charts.bars("flags", "Articles by quality flag", "articles", facts["flags"], "flag"),
        charts.bars("rejects", "Rejects by stage", "rejects", rejects, "stage", "rejects"),
        charts.bars("storage", "Megabytes on disk", "megabytes", megabytes, "dataset", "megabytes"),
    ]  # fmt: skip
    return {chart.key: chart for chart in made}


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def _link(url: str | None) -> str | None:
    """An address that may become a link; None for ``javascript:`` and the like."""
    return url if url and url.lower().startswith(("http://", "https://")) else None
