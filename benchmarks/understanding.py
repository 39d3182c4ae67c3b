"""How well the bot understands: accuracy, confusions, calibration, time, on lines of our own.

The lines of `understanding.tsv` were never learned from and are worded otherwise.
"""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple

from benchmarks.report import table
from bot.understanding import Understood, load, understand
from bot.understanding.meaning import BEGINS, CONTROLS, NOTHING

LINES = Path(__file__).parent / "understanding.tsv"
BINS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
ROUNDS = 5
_START = """
from pathlib import Path
from time import perf_counter
import bot.app, bot.cli

def kilobytes():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])

used, at = kilobytes(), perf_counter()
from bot.understanding import understand
understand("xin chao")
print(perf_counter() - at, (kilobytes() - used) / 1024)
"""


class Row(NamedTuple):
    """One labelled line and what was made of it."""

    text: str
    intents: tuple[str, ...]
    style: str
    meant: Understood

    @property
    def right(self) -> bool:
        return self.meant.intent in self.intents

    @property
    def wrong_act(self) -> bool:
        acts = self.meant.intent in BEGINS | CONTROLS
        return acts and not self.right and not self.meant.asks


def run(lines: Path = LINES) -> str:
    """Everything there is to know, as Markdown."""
    rows = list(_rows(lines))
    return "\n\n".join(
        (
            _summary(rows),
            _accuracy("intent", rows, lambda row: row.intents[0]),
            _accuracy("style", rows, lambda row: row.style),
            _confusions(rows),
            _reliability(rows),
            _speed(rows),
        )
    )


def _rows(lines: Path) -> Iterator[Row]:
    for line in lines.read_text("utf-8").splitlines():
        intents, style, text = line.split("\t")
        yield Row(text, tuple(intents.split("|")), style, understand(text))


def _summary(rows: Sequence[Row]) -> str:
    outside = [row for row in rows if NOTHING in row.intents]
    controls = [row for row in rows if CONTROLS & set(row.intents)]
    return table(
        ["", "lines", ""],
        [
            ["intent right", str(len(rows)), _share(rows)],
            ["control words right", str(len(controls)), _share(controls)],
            ["out of scope caught or asked", str(len(outside)), _caught(outside)],
            ["asks back", str(len(rows)), _percent(sum(r.meant.asks for r in rows), len(rows))],
            ["confident and wrong act", str(len(rows)), str(sum(r.wrong_act for r in rows))],
        ],
    )


def _caught(rows: Sequence[Row]) -> str:
    return _percent(sum(row.right or row.meant.asks for row in rows), len(rows))


def _share(rows: Sequence[Row]) -> str:
    return _percent(sum(row.right for row in rows), len(rows))


def _percent(part: float, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _accuracy(name: str, rows: Sequence[Row], key: Callable[[Row], str]) -> str:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return table(
        [name, "lines", "right", "asks"],
        (
            [group, str(len(of)), _share(of), _percent(sum(r.meant.asks for r in of), len(of))]
            for group, of in sorted(groups.items())
        ),
    )


def _confusions(rows: Sequence[Row]) -> str:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if not row.right:
            found[("/".join(row.intents), row.meant.intent)].append(row)
    if not found:
        return "No line was taken for another intent."
    return table(
        ["meant", "taken for", "lines", "of these asked"],
        (
            [meant, taken, str(len(of)), str(sum(row.meant.asks for row in of))]
            for (meant, taken), of in sorted(found.items())
        ),
    )


def _reliability(rows: Sequence[Row]) -> str:
    """Of the lines said to be right by so much, how many are."""
    cells = []
    for low, high in pairwise(BINS):
        of = [row for row in rows if low <= row.meant.confidence < high]
        if of:
            mean = sum(row.meant.confidence for row in of) / len(of)
            name = f"{low:.2f} to {min(high, 1):.2f}"
            cells.append([name, str(len(of)), f"{100 * mean:.0f} %", _share(of)])
    return table(["confidence", "lines", "said", "right"], cells)


def _speed(rows: Sequence[Row]) -> str:
    load()
    taken = sorted(_milliseconds(row.text) for _ in range(ROUNDS) for row in rows)
    cuts = quantiles(taken, n=100)
    # Our own program, started anew, so that nothing is loaded yet.
    started = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _START], capture_output=True, text=True, check=True
    )
    seconds, more = (float(figure) for figure in started.stdout.split())
    return table(
        ["", ""],
        [
            ["a line, p50 / p99", f"{cuts[49]:.2f} / {cuts[98]:.2f} ms"],
            ["first use: weights read", f"{seconds:.2f} s"],
            ["memory more", f"{more:.0f} MB"],
        ],
    )


def _milliseconds(text: str) -> float:
    at = perf_counter()
    understand(text)
    return 1000 * (perf_counter() - at)
