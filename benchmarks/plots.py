"""The figures of a section as SVG: text stays text, legible on white and on black."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from pathlib import Path

import pygal
from pygal.style import Style

Points = Sequence[tuple[float, float]]

_COLUMNS = 2
_GREY = "#808890"  # has contrast enough with white and with black
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground=_GREY,
    foreground_strong=_GREY,
    foreground_subtle=_GREY,
    guide_stroke_color="#80889055",
    major_guide_stroke_color="#80889055",
    font_family="system-ui, sans-serif",
    title_font_size=18,
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=13,
    colors=(
        "#d9480f",
        "#1c7ed6",
        "#2f9e44",
        "#ae3ec9",
        "#e8a800",
        "#0ca5a5",
        "#8a6d5a",
        "#7a86ff",
    ),
)


@dataclass(frozen=True, slots=True)
class Plot:
    """One line for each name. across, up: what the axes say. steep: both go by tenfolds."""

    name: str
    title: str
    across: str
    up: str
    lines: Mapping[str, Points]
    steep: bool = True

    def draw(self, folder: Path) -> None:
        """Write it there."""
        chart = pygal.XY(
            title=self.title,
            x_title=self.across,
            y_title=self.up,
            logarithmic=self.steep,
            style=_STYLE,
            width=800,
            height=440,
            legend_at_bottom=True,
            legend_at_bottom_columns=_COLUMNS,
            truncate_legend=-1,
            dots_size=3 if self.steep else 0.1,
            stroke_style={"width": 2},
            margin_right=40,
            # It counts the rows of the legend too low when the last one is not full.
            margin_bottom=20 + 24 * (len(self.lines) % _COLUMNS),
            js=(),
            value_formatter=_plain,
            x_value_formatter=_plain,
        )
        if self.steep:
            chart.x_labels = sorted({x for line in self.lines.values() for x, _ in line})
            chart.y_labels = marks = _tenfolds(
                [y for line in self.lines.values() for _, y in line]
            )
            chart.range = marks[0], marks[-1]
        for name, points in self.lines.items():
            chart.add(name, list(points))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.svg").write_bytes(chart.render())


def _tenfolds(values: Sequence[float]) -> list[float]:
    """Round numbers around these, three times as much each."""
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    marks = [unit * 10.0**power for power in range(low, high + 1) for unit in (1, 3)]
    first = max(place for place, mark in enumerate(marks) if mark <= min(values))
    last = min(place for place, mark in enumerate(marks) if mark >= max(values))
    return marks[first : last + 1]


def _plain(value: float) -> str:
    return f"{value:,.10g}".replace(",", " ")
