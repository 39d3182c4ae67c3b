"""How well questions find their guide: first, among the best two, by threshold, and how fast.

The questions are those of tests/bot/guides.
"""

from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple

from benchmarks.report import table
from bot.clock import SteadyClock
from bot.guides import MAYBE, SURE, Found, Guides

FOLDER = Path(__file__).parent.parent / "tests" / "bot" / "guides"
TABLES = ("asked.tsv", "held_out.tsv")
STEPS = (0.2, MAYBE, 0.5, SURE, 0.8)
ROUNDS = 5
NONE = "-"


class Row(NamedTuple):
    """A text, the guide that answers it, and what was found."""

    guide: str
    text: str
    found: list[Found]

    @property
    def right(self) -> bool:
        return self.found[:1] != [] and self.found[0].name == self.guide

    @property
    def share(self) -> float:
        return self.found[0].score if self.found else 0.0


def run() -> str:
    """Everything there is to know, as Markdown."""
    at = perf_counter()
    guides = Guides(SteadyClock())
    read = perf_counter() - at
    parts = [_section(name, _rows(guides, name)) for name in TABLES]
    return "\n\n".join(("## Guides", *parts, _speed(guides, read)))


def _rows(guides: Guides, name: str) -> list[Row]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    split = (line.split("\t") for line in lines)
    return [Row(guide, text, guides.find(text)) for guide, _, text in split]


def _section(name: str, rows: Sequence[Row]) -> str:
    asked = [row for row in rows if row.guide != NONE]
    beside = [row for row in rows if row.guide == NONE]
    two = sum(row.guide in [one.name for one in row.found[:2]] for row in asked)
    first = _percent(sum(row.right for row in asked), len(asked))
    lines = (
        f"{name}: {len(asked)} questions, the right guide first {first},"
        f" among the best two {_percent(two, len(asked))}; {len(beside)} other texts"
    )
    return "\n\n".join((lines, _by_share(asked, beside)))


def _by_share(asked: Sequence[Row], beside: Sequence[Row]) -> str:
    cells = []
    for step in STEPS:
        kept = [row for row in asked if row.share >= step]
        below = sum(row.share < step for row in beside)
        cells.append(
            [
                f"{step:.2f}",
                _percent(len(kept), len(asked)),
                _percent(sum(row.right for row in kept), len(kept)),
                _percent(below, len(beside)),
            ]
        )
    return table(["share from", "questions", "of these right", "other texts below"], cells)


def _speed(guides: Guides, read: float) -> str:
    texts = [row.text for name in TABLES for row in _rows(guides, name)]
    taken = sorted(_milliseconds(guides, text) for _ in range(ROUNDS) for text in texts)
    cuts = quantiles(taken, n=100)
    return table(
        ["", ""],
        [
            ["a question, p50 / p99", f"{cuts[49]:.2f} / {cuts[98]:.2f} ms"],
            ["all guides read", f"{read:.2f} s"],
        ],
    )


def _milliseconds(guides: Guides, text: str) -> float:
    at = perf_counter()
    guides.find(text)
    return 1000 * (perf_counter() - at)


def _percent(part: float, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
