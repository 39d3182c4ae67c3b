"""From what the store has added up to the tables of the dashboard; pure.

Nothing here is by citizen, by officer or by place, so that no number points at anybody.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.console.section import Console
from bot.console.sheets import Cell, Table
from bot.console.spans import Span
from bot.console.waiting import MINUTE, worked
from bot.course import read_course
from bot.workdays import Workdays
from storage.figures import Codes, Figures, Minute, Way

# How a procedure can end without what was asked for.
BROKEN_OFF = frozenset({"cancelled", "left", "refused"})
STOPPED = frozenset({"paused", "locked", "void", "nothing_on_file"})
PERSON = "person"


@dataclass(frozen=True, slots=True)
class Shown:
    """One span and the one before it. `before` ends at the same time of day."""

    span: Span
    now: Figures
    before: Figures


Said = Callable[[str, str], str]  # (kind of name, name) -> what officers call it


class _Runs:
    """What became of procedures and of their steps."""

    def __init__(self, figures: Figures) -> None:
        self.begun: Counter[str] = Counter()
        self.ended: Counter[tuple[str, str]] = Counter()
        self.reached: Counter[tuple[str, str]] = Counter()
        self.wrong: Counter[tuple[str, str, str]] = Counter()
        for state, turns in figures.came:
            self._count(state, turns)
        self.person = Counter(request.flow for request in figures.requests)

    def _count(self, state: str, turns: int) -> None:
        seen = read_course(state)
        if seen.wrong:
            self.wrong[seen.flow, seen.step, seen.wrong] += turns
        if seen.begun:
            self.begun[seen.to_flow] += turns
        if seen.ended:
            self.ended[seen.to_flow, _end(seen.to_step)] += turns
        elif seen.to_flow:
            self.reached[seen.to_flow, seen.to_step] += turns

    def done(self, flow: str) -> float | None:
        return share(self.ended[flow, "done"], self.begun[flow])


def procedures(shown: Shown, said: Said) -> Table:
    """Each procedure: how often it began, and how it ended."""
    now, before = _Runs(shown.now), _Runs(shown.before)
    flows = sorted({*now.begun, *before.begun}, key=lambda flow: (-now.begun[flow], flow))
    columns = [("flow", "text"), ("begun", "count"), ("done", "count"), ("completion", "share")]
    columns += [("broken_off", "count"), ("stopped", "count"), ("person", "count")]
    columns += [("begun_before", "count"), ("completion_before", "share")]
    rows: list[list[Cell]] = [
        [
            said("flow", flow),
            now.begun[flow],
            now.ended[flow, "done"],
            now.done(flow),
            now.ended[flow, "broken_off"],
            now.ended[flow, "stopped"],
            now.person[flow],
            before.begun[flow],
            before.done(flow),
        ]
        for flow in flows
    ]
    return Table("procedures", columns, rows, bar="completion", keys=flows)


def steps(shown: Shown, said: Said, order: Mapping[str, Sequence[str]], only: str = "") -> Table:
    """Each step of procedures: how often it was reached, and what was not taken there."""
    now, before = _Runs(shown.now), _Runs(shown.before)
    columns = [("flow", "text"), ("step", "text"), ("reached", "count"), ("of_begun", "share")]
    columns += [("bad", "count"), ("lost", "count"), ("reached_before", "count")]
    rows: list[list[Cell]] = [
        [
            said("flow", flow),
            said("step", step),
            now.reached[flow, step],
            share(now.reached[flow, step], now.begun[flow]),
            now.wrong[flow, step, "bad"],
            now.wrong[flow, step, "lost"],
            before.reached[flow, step],
        ]
        for flow, names in order.items()
        for step in names
        if only in ("", flow) and (now.reached[flow, step] or before.reached[flow, step])
    ]
    return Table("steps", columns, rows, bar="reached")


def codes(shown: Shown, said: Said) -> Table:
    """How long a code takes until a provider has it, and until it is typed back."""
    now, before = shown.now, shown.before
    pairs = (("handed", now.handed, before.handed), ("typed", now.typed, before.typed))
    return Table(
        "codes",
        [("measure", "text"), *_TIMES, ("number_before", "count"), ("p95_before", "seconds")],
        [
            [said("measure", name), *_times(it), old.number, _times(old)[2]]
            for name, it, old in pairs
        ],
        bar="p95",
    )


_TIMES = [("number", "count"), ("p50", "seconds"), ("p95", "seconds")]


def _times(it: Codes) -> tuple[Cell, Cell, Cell]:
    return (it.number, it.p50, it.p95) if it.number else (0, None, None)


def deliveries(shown: Shown) -> Table:
    """Each way out: what it delivered and how quickly, what it had to try again, what it lost."""
    now, before = _by_sender(shown.now.ways), _by_sender(shown.before.ways)
    columns = [("sender", "text"), *_TIMES, ("again", "count"), ("dead", "count")]
    columns += [("number_before", "count"), ("p95_before", "seconds")]
    rows: list[list[Cell]] = []
    for sender in sorted({*now, *before}):
        mine, then = now.get(sender, {}), before.get(sender, {})
        sent, old = mine.get("sent"), then.get("sent")
        told = (sent.tries, sent.p50, sent.p95) if sent else (0, None, None)
        lost = [mine[verdict].tries if verdict in mine else 0 for verdict in ("waiting", "dead")]
        rows.append([sender, *told, *lost, *((old.tries, old.p95) if old else (0, None))])
    return Table("deliveries", columns, rows, bar="p95")


def load(shown: Shown, moment: Callable[[float], str]) -> Table:
    """Turns over time, and how many of them the busiest minute had."""
    span = shown.span
    columns = [("from", "text"), ("turns", "count"), ("a_minute", "seconds"), ("busiest", "count")]
    columns += [("turns_before", "count")]
    back = span.start - span.before.start
    former = _columns(shown.before.minutes, span.before)
    rows: list[list[Cell]] = []
    start = span.start
    by_column = _columns(shown.now.minutes, span)
    while start < span.end:
        turns = by_column.get(start, [])
        minutes = (min(start + span.width, span.end) - start) / MINUTE
        total = sum(turns)
        then = sum(former.get(start - back, []))
        rows.append([moment(start), total, total / minutes, max(turns, default=0), then])
        start += span.width
    return Table("load", columns, rows, bar="turns")


def promises(shown: Shown, said: Said, office: Workdays, rules: Console) -> Table:
    """What was promised and kept: answers by a person, and requests finished by their day."""
    columns = [("promise", "text"), ("number", "count"), ("kept", "count"), ("share", "share")]
    columns += [("open", "count"), ("share_before", "share")]
    answered, before = (
        _answered(found, end, office, rules)
        for found, end in ((shown.now, shown.span.end), (shown.before, shown.span.before.end))
    )
    rows: list[list[Cell]] = [
        [said("measure", "person"), *answered[:2], _of(answered), answered[2], _of(before)]
    ]
    now = {row.kind: row for row in shown.now.closed}
    then = {row.kind: row for row in shown.before.closed}
    for kind in sorted({*now, *then, *shown.now.overdue}):
        mine, old = now.get(kind), then.get(kind)
        closed = (mine.number, mine.in_time) if mine else (0, 0)
        then_in_time = share(old.in_time, old.number) if old else None
        late = shown.now.overdue.get(kind, 0)
        rows.append([said("kind", kind), *closed, share(closed[1], closed[0]), late, then_in_time])
    return Table("promises", columns, rows, bar="share")


def _answered(
    figures: Figures, end: float, office: Workdays, rules: Console
) -> tuple[int, int, int]:
    """How many requests for a person are judged, how many were in time, how many wait on."""
    judged = kept = waiting = 0
    for request in figures.requests:
        waits = request.taken_at is None and request.ended_at is None
        until = request.taken_at or request.ended_at or end
        late = worked(request.at, until, office) >= rules.wait_late * MINUTE
        waiting += waits
        judged += late or request.taken_at is not None
        kept += not late and request.taken_at is not None
    return judged, kept, waiting


def _of(answered: tuple[int, int, int]) -> float | None:
    return share(answered[1], answered[0])


def _columns(minutes: Iterable[Minute], span: Span) -> dict[float, list[int]]:
    found: dict[float, list[int]] = {}
    for minute, turns in minutes:
        column = span.start + (minute * MINUTE - span.start) // span.width * span.width
        found.setdefault(column, []).append(turns)
    return found


def _by_sender(ways: Iterable[Way]) -> dict[str, dict[str, Way]]:
    found: dict[str, dict[str, Way]] = {}
    for way in ways:
        if way.sender:
            found.setdefault(way.sender, {})[way.verdict] = way
    return found


def _end(name: str) -> str:
    if name in BROKEN_OFF:
        return "broken_off"
    if name in STOPPED:
        return "stopped"
    return PERSON if name == PERSON else "done"


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
