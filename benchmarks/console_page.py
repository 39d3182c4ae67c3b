"""What came of rounds with and without officers who watch: ages, ratios, tables."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from statistics import median

from benchmarks.harness import Spread
from benchmarks.http.queue import Change
from benchmarks.report import number, spread, table
from benchmarks.watchers import Seen, Sight

EARLY = 0.5  # seconds; rows may come before the acknowledgement of what they show
BROWSERS, OTHERS = "officers' browsers", "everything else on the machine"
CUTS = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for. rates: conversations that change a second; chats: those that wait."""

    watchers: int
    rates: tuple[float, ...]
    chats: int
    seconds: float
    rounds: int


@dataclass(slots=True)
class Round:
    """One round; milliseconds. took: seconds until the last reply. acks: of the bot, from due.

    spent: processor seconds a second, of each process. shown: of every change in the part that
    is watched, at every officer, from the acknowledgement. opened: of the page. sent: parts with
    rows that came to officers; received: their megabytes.
    """

    rate: float
    updates: int
    took: float
    acks: list[float]
    spent: dict[str, float]
    shown: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    sent: int = 0
    received: float = 0.0


def ages(changes: Sequence[Change], sight: Sight, inbox: Mapping[str, str]) -> list[float]:
    """Milliseconds until the rows of each officer showed each change."""
    shown = [{inbox[n]: state for n, state in rows.items() if n in inbox} for rows in sight.shown]
    chats = set(inbox.values())
    ours = [change for change in changes if change.chat in chats]
    return [1e3 * _came(change, seen, shown) for seen in sight.seen for change in ours]


def _came(change: Change, seen: Seen, shown: Sequence[Mapping[str, str]]) -> float:
    for place in range(bisect_left(seen.at, change.at - EARLY), len(seen.at)):
        if shown[seen.rows[place]].get(change.chat) == change.state:
            return max(seen.at[place] - change.at, 0.0)
    return inf


def page(rounds: Sequence[Round], plan: Plan) -> Iterator[str]:
    """The tables."""
    yield (
        f"{plan.watchers} officers have the inbox open, whose rows come anew with its stream; "
        f"{number(plan.chats)} conversations wait, of which different ones go a step further, "
        f"open loop. Rounds of {plan.seconds:g} s, by turns without and with officers, "
        f"{plan.rounds} of each at each rate; medians of the rounds (least-most), milliseconds."
    )
    watched = [[r for r in rounds if r.sent and r.rate == rate] for rate in plan.rates]
    alone = [[r for r in rounds if not r.sent and r.rate == rate] for rate in plan.rates]
    pairs = list(zip(plan.rates, alone, watched, strict=True))
    yield "From the acknowledgement of a change until an officer has the rows that show it."
    yield table(
        ["changes/s", "p50", "p95", "p99", "changes x officers", "never shown"],
        ([number(rate), *_cuts(some, _shown), *_counted(some)] for rate, _, some in pairs),
    )
    yield f"At the highest rate {_per_second(watched[-1], plan)}"
    yield "The bot, from the moment an update was due until it was acknowledged."
    yield table(["", "p50", "p95", "p99"], (row for one in pairs for row in _bot(*one)))
    yield "Processor seconds a second, of each process; all share the cores named above."
    heads = [f"{number(rate)}/s, {who}" for rate in plan.rates for who in ("alone", "watched")]
    yield table(["", *heads], ([*_costs(name, pairs)] for name in watched[0][0].spent))


def _counted(watched: Sequence[Round]) -> Iterator[str]:
    yield str(sum(len(one.shown) for one in watched))
    yield str(sum(age == inf for one in watched for age in one.shown))


def _bot(rate: float, alone: Sequence[Round], watched: Sequence[Round]) -> Iterator[list[str]]:
    yield [f"{number(rate)}/s, nobody watches", *_cuts(alone, _acks)]
    yield [f"{number(rate)}/s, watched", *_cuts(watched, _acks)]
    yield ["divided pair by pair", *_ratios(alone, watched)]


def _costs(
    name: str, pairs: Sequence[tuple[float, Sequence[Round], Sequence[Round]]]
) -> Iterator[str]:
    yield name
    for _, alone, watched in pairs:
        for some in (alone, watched):
            yield spread(Spread.of([one.spent.get(name, 0.0) for one in some]))


def _shown(one: Round) -> list[float]:
    return one.shown


def _acks(one: Round) -> list[float]:
    return one.acks


def _cut(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(int(part * len(values)), len(values) - 1)]


def _cuts(rounds: Sequence[Round], of: Callable[[Round], list[float]]) -> Iterator[str]:
    for part in CUTS:
        yield spread(Spread.of([_cut(of(one), part) for one in rounds]))


def _ratios(alone: Sequence[Round], watched: Sequence[Round]) -> Iterator[str]:
    for part in CUTS:
        pairs = zip(watched, alone, strict=True)
        ratios = [_cut(with_.acks, part) / _cut(without.acks, part) for with_, without in pairs]
        yield spread(Spread.of(ratios))


def _per_second(watched: Sequence[Round], plan: Plan) -> str:
    sent = median(one.sent / plan.seconds for one in watched)
    size = median(one.received / one.sent * 1e3 for one in watched)
    opened = median(age for one in watched for age in one.opened)
    return (
        f"{number(sent)} times a second somebody got rows of {number(size)} kB; the page itself "
        f"opened in {number(opened)} ms (p50, one after the other)."
    )
