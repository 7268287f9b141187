"""Draw a chart: a Vega-Lite specification to SVG, at two widths, by vl-convert.

The page needs no charting script: it stays small (Vega's bundle alone is 0.9 MB), shows in print and where
scripts are off, and allows no script but its own. Colours are CSS variables, so one drawing serves light and
dark. Each mark keeps Vega's ``aria-label``, which the page's script shows to pointer and keyboard.
"""

import re
from dataclasses import dataclass
from typing import Any

# Whole width in CSS pixels, axes included, so that letters have one size on the page: beside another chart,
# alone on a telephone of 390 px, and over the whole page.
WIDE, NARROW, FULL = 490, 330, 1040
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
CONFIG: dict[str, Any] = {
    "background": None,
    "autosize": {"type": "fit-x", "contains": "padding"},
    "padding": {"left": 12, "right": 6, "top": 2, "bottom": 8},
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)", "titleColor": "var(--muted)", "gridColor": "var(--line)",
        "tickColor": "var(--line)", "domain": False, "ticks": False, "labelPadding": 6,
        "titleFontWeight": 500, "labelFontSize": 12, "titleFontSize": 12, "labelLimit": 130,
    },
    "axisX": {"grid": False},
    "legend": {
        "labelColor": "var(--ink)", "titleColor": "var(--muted)", "labelFontSize": 12, "titleFontSize": 12,
        "orient": "top", "symbolType": "square", "symbolSize": 90, "title": None, "labelLimit": 110,
    },
    "bar": {"cornerRadiusEnd": 2},
}  # fmt: skip
# What Vega draws for layout's sake and nobody sees.
_INVISIBLE = re.compile(
    r'<path class="(?:fore|back)ground" aria-hidden="true" d="[^"]*"(?: [a-z-]+="[^"]*")*/>'
)
_NOISE = re.compile(
    r" (?:pointer-events|stroke-miterlimit|xmlns(?::xlink)?|version|font-family|role|aria-roledescription"
    r'|aria-hidden)="[^"]*"'
)


@dataclass(frozen=True)
class Drawing:
    """One chart as two SVG elements, for wide and narrow windows."""

    wide: str
    narrow: str


def draw(wide: dict[str, Any], narrow: dict[str, Any]) -> Drawing:
    """Draw a chart from its two specifications (``charts`` makes them)."""
    return Drawing(_svg(wide, legend_columns=8), _svg(narrow, legend_columns=3))


def _svg(spec: dict[str, Any], legend_columns: int) -> str:
    import vl_convert

    config = CONFIG | {"legend": CONFIG["legend"] | {"columns": legend_columns}}
    svg = vl_convert.vegalite_to_svg({"$schema": SCHEMA, "config": config, **spec}, allowed_base_urls=[])
    return _NOISE.sub("", _INVISIBLE.sub("", svg))
