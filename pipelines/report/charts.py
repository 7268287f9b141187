"""The charts: each is a caption, a text alternative, a table with the same figures, and a drawing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.report.draw import FULL, NARROW, WIDE, Drawing, draw

Rows = Sequence[Mapping[str, Any]]

SERIES = 7  # told apart by colour; the rest is "others"
OTHERS = "others"
NO_TEXT = "no text"
COLOURS = [f"var(--c{n})" for n in range(1, SERIES + 1)]
NOTHING = "Nothing to show."
GREY = "var(--c0)"
HEAT_ROWS, HEAT_DAYS, HEAT_DAYS_NARROW = 24, 42, 14


@dataclass(frozen=True)
class Chart:
    """One figure.

    Attributes:
        key: Its id on the page.
        caption: What is drawn.
        alternative: What one sees there, as a sentence.
        heads: Columns of its table.
        rows: The table; numbers as numbers.
        drawing: None when there is nothing to draw.
        full: Takes the page's whole width.
    """

    key: str
    caption: str
    alternative: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    drawing: Drawing | None
    full: bool = False


def bars(
    key: str, caption: str, unit: str, rows: Rows, name: str, value: str = "articles", *, top: int = 14
) -> Chart:
    """Horizontal bars, largest first as given; what is beyond ``top`` is only in the table."""
    shown = [{name: str(r[name]), value: r[value]} for r in rows[:top]]
    spec = {
        "data": {"values": shown},
        "height": {"step": 22},
        "mark": {"type": "bar", "color": "var(--accent)"},
        "encoding": {
            "y": {"field": name, "type": "nominal", "sort": None, "title": None},
            "x": {
                "field": value,
                "type": "quantitative",
                "title": unit,
                "axis": {"tickCount": 4, "format": ",d"},
            },
        },
    }
    total = sum(r[value] for r in rows)
    alternative = _listing(((r[name], r[value]) for r in shown[:5]), total)
    table = [[r[name], r[value], _share(r[value], total)] for r in rows]
    return Chart(key, caption, alternative, (name, unit, "share"), table, _both(spec) if shown else None)


def histogram(
    key: str,
    caption: str,
    rows: Rows,
    name: str,
    order: Sequence[str],
    *,
    title: str,
    series: str | None = None,
) -> Chart:
    """Upright bars over ordered bins, stacked by ``series``."""
    values = [
        {name: r[name], "articles": r["articles"], **({series: r[series]} if series else {})} for r in rows
    ]
    kinds = sorted({str(v[series]) for v in values}, key=lambda k: (k == NO_TEXT, k)) if series else []
    encoding: dict[str, Any] = {
        "x": {"field": name, "type": "ordinal", "sort": list(order), "title": title,
              "scale": {"domain": list(order)}, "axis": {"labelAngle": -40, "labelOverlap": False}},
        "y": {"field": "articles", "type": "quantitative", "axis": {"tickCount": 5, "format": ",d"}},
    }  # fmt: skip
    if series:
        encoding["color"] = _colour(series, kinds)
    spec = {
        "data": {"values": values},
        "height": 200,
        "mark": {"type": "bar", "color": "var(--accent)"},
        "encoding": encoding,
    }
    by_bin = {wanted: sum(v["articles"] for v in values if v[name] == wanted) for wanted in order}
    total = sum(by_bin.values())
    largest = sorted(by_bin.items(), key=lambda item: -item[1])[:3]
    if series:
        table: list[list[Any]] = [
            [
                bin_,
                *(
                    sum(v["articles"] for v in values if (v[name], v[series]) == (bin_, kind))
                    for kind in kinds
                ),
            ]
            for bin_ in order
        ]
    else:
        table = [[bin_, n, _share(n, total)] for bin_, n in by_bin.items()]
    heads = (title, *kinds) if series else (title, "articles", "share")
    return Chart(
        key,
        caption,
        "Most common: " + _listing(largest, total) if total else NOTHING,
        heads,
        table,
        _both(spec) if total else None,
    )


def volume(found: Mapping[str, Any]) -> Chart:
    """Articles over time, stacked by source; by language where the sources are too many to tell apart."""
    rows, by, unit = found["rows"], "source", found["bin"]
    names = _largest(rows, by, SERIES)
    days = _totals(rows, "day")
    total = sum(days.values())
    if sum(r["articles"] for r in rows if r[by] in names) < total / 2:
        rows, by = found["by_language"], "language"
        names = _largest(rows, by, SERIES)
    grouped: dict[tuple[str, str], int] = {}
    for r in rows:
        cell = str(r["day"]), r[by] if r[by] in names else OTHERS
        grouped[cell] = grouped.get(cell, 0) + r["articles"]
    kinds = [*names, *([OTHERS] if any(kind == OTHERS for _, kind in grouped) else [])]
    values = [
        {"day": day, by: kind, "articles": n, "order": kinds.index(kind)}
        for (day, kind), n in sorted(grouped.items())
    ]
    spec = {
        "data": {"values": values},
        "height": 240,
        "mark": {"type": "bar", "cornerRadiusEnd": 0},
        "encoding": {
            "x": {"field": "day", "type": "temporal", "timeUnit": _TIME_UNITS[unit], "title": None,
                  "axis": {"tickCount": 6, "format": "%-d %b" if unit != "month" else "%b %Y"}},
            "y": {"field": "articles", "type": "quantitative", "title": f"articles a {unit}",
                  "axis": {"tickCount": 5, "format": ",d"}},
            "color": _colour(by, kinds),
            "order": {"field": "order", "type": "quantitative"},
        },
    }  # fmt: skip
    alternative = (
        f"{total:,} articles in {len(days)} {unit}s from {found['first']} to {found['last']}; "
        f"most, {max(days.values()):,}, in the {unit} of {max(days, key=lambda d: days[d])}."
        if days
        else NOTHING
    )
    table = [[day, n] for day, n in sorted(days.items(), reverse=True)]
    drawing = _both(spec, FULL) if values else None
    return Chart(
        "volume", f"Articles a {unit} by {by}", alternative, (unit, "articles"), table, drawing, True
    )


def heatmap(found: Mapping[str, Any]) -> Chart:
    """Articles by source and day: where a row goes pale, a feed went quiet."""
    rows, unit = found["rows"], found["bin"]
    names = _largest(rows, "source", HEAT_ROWS)
    days = sorted({str(r["day"]) for r in rows})
    values = [
        {"day": str(r["day"]), "source": r["source"], "articles": r["articles"]}
        for r in rows
        if r["source"] in names
    ]

    def spec(last: int, width: int) -> dict[str, Any]:
        shown = days[-last:]
        every = max(1, round(len(shown) / (3 if last == HEAT_DAYS_NARROW else 6)))
        return {
            "data": {"values": [v for v in values if v["day"] in shown]},
            "width": width,
            "height": {"step": 18},
            "mark": {"type": "rect", "color": "var(--accent)", "cornerRadius": 2, "stroke": "var(--card)"},
            "encoding": {
                "x": {"field": "day", "type": "ordinal", "title": None, "scale": {"domain": shown},
                      "axis": {"values": shown[::every], "labelAngle": 0,
                               "labelExpr": "slice(datum.label, 5)"}},
                "y": {"field": "source", "type": "nominal", "sort": names, "title": None},
                "opacity": {"field": "articles", "type": "quantitative", "legend": None,
                            "scale": {"type": "sqrt", "range": [0.12, 1]}},
            },
        }  # fmt: skip

    drawing = draw(spec(HEAT_DAYS, FULL), spec(HEAT_DAYS_NARROW, NARROW)) if values else None
    totals = {name: sum(v["articles"] for v in values if v["source"] == name) for name in names}
    cells = {(v["source"], v["day"]): v["articles"] for v in values}
    shown = days[-HEAT_DAYS_NARROW:]
    table = [[name, totals[name], *(cells.get((name, day), 0) for day in shown)] for name in names]
    heads = ("source", "all", *(day[5:] for day in shown))
    alternative = f"The {len(names)} largest sources by {unit}. " + _listing(
        list(totals.items())[:3], sum(totals.values())
    )
    return Chart("heatmap", f"Articles by source and {unit}", alternative, heads, table, drawing, True)


_TIME_UNITS = {"day": "utcyearmonthdate", "week": "utcyearmonthdate", "month": "utcyearmonth"}


def _totals(rows: Rows, name: str) -> dict[str, int]:
    totals: dict[str, int] = {}
    for r in rows:
        totals[str(r[name])] = totals.get(str(r[name]), 0) + r["articles"]
    return totals


def _largest(rows: Rows, name: str, limit: int) -> list[str]:
    totals = _totals(rows, name)
    return sorted(totals, key=lambda key: (-totals[key], key))[:limit]


def _colour(name: str, kinds: Sequence[str]) -> dict[str, Any]:
    colours = [GREY if kind in (OTHERS, NO_TEXT) else COLOURS[n] for n, kind in enumerate(kinds)]
    return {"field": name, "type": "nominal", "scale": {"domain": list(kinds), "range": colours}}


def _both(spec: dict[str, Any], width: int = WIDE) -> Drawing:
    return draw({**spec, "width": width}, {**spec, "width": NARROW})


def _share(n: float, total: float) -> str:
    return f"{n / total:.1%}" if total else ""


def _listing(pairs: Iterable[tuple[str, float]], total: float) -> str:
    """``ar: 120 (60%), en: 80 (40%)``."""
    told = [f"{name}: {n:,} ({n / total:.0%})" for name, n in pairs if n and total]
    return (", ".join(told) + f"; {total:,} in all.") if told else NOTHING
