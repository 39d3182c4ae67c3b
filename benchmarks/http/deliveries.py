"""What reached the outside world, held against the rows that should have: lost, double, in order.

A bubble is known by its number, which the row's attempt keeps as receipt; an SMS by its reference.
What came and has no receipt came from a try that was cut off. It is excused only if its row has
such a try, begun by a process that was killed, and if its text is that of the row.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise

from benchmarks.http.witness import Arrival, Sms


@dataclass(frozen=True, slots=True)
class Row:
    """A message in the database."""

    id: int
    ref: str
    lane: str
    channel: str
    status: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try in the database. detail: number of the bubble it made, or why it failed."""

    row: int
    owner: str
    verdict: str
    detail: str

    def cut_off(self, killed: AbstractSet[int]) -> bool:
        """Whether its process was killed before it could settle."""
        return self.verdict == "started" and int(self.owner.partition("-")[0]) in killed

    def needless(self) -> bool:
        """Whether it was given up because the citizen had typed the code already."""
        return self.verdict == "dead" and self.detail == "code used or void"


@dataclass(slots=True)
class Found:
    """How the two compare; what the first four do not count must not be.

    settled: rows at their end: sent, or given up as `needless` after a try that was cut off.
    cut: tries that were cut off.
    """

    settled: int = 0
    needless: int = 0
    cut: int = 0
    marked: int = 0  # came twice, and the row says that it may have
    unmarked: int = 0  # came twice, or came at all, and no row says why
    lost: int = 0
    disorder: int = 0
    codes: int = 0  # more than one to a citizen
    passwords: int = 0


@dataclass(slots=True)
class _Desk:
    """The rows by what they are looked up by."""

    found: Found
    by_receipt: dict[int, int] = field(default_factory=dict)
    cut: Counter[int] = field(default_factory=Counter)
    lanes: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def compare(
    rows: Sequence[Row],
    attempts: Sequence[Attempt],
    bubbles: dict[int, list[Arrival]],
    letters: Sequence[Sms],
    killed: AbstractSet[int],
) -> Found:
    """Hold them against each other."""
    desk = _Desk(Found(settled=sum(row.status == "sent" for row in rows)))
    chats = {row.id for row in rows if row.channel == "telegram"}
    for attempt in attempts:
        if attempt.cut_off(killed):
            desk.cut[attempt.row] += 1
        elif attempt.verdict == "sent" and attempt.row in chats:
            desk.by_receipt[int(attempt.detail)] = attempt.row
    desk.found.cut = desk.cut.total()
    refs = {letter.ref for letter in letters}
    came_and_cut = {row.id for row in rows if row.ref in refs and desk.cut[row.id]}
    desk.found.needless = sum(one.needless() and one.row in came_and_cut for one in attempts)
    desk.found.settled += desk.found.needless
    for row in rows:
        desk.lanes[row.lane].append(row.id)
    for chat, arrivals in bubbles.items():
        _chat(desk, f"telegram:{chat}", arrivals)
    came = {number for arrivals in bubbles.values() for number, _ in arrivals}
    desk.found.lost += len(desk.by_receipt.keys() - came)
    _letters(desk, [row for row in rows if row.channel == "sms"], letters)
    return desk.found


def _chat(desk: _Desk, lane: str, arrivals: list[Arrival]) -> None:
    texts = {desk.by_receipt[n]: text for n, text in arrivals if n in desk.by_receipt}
    came = [_row(desk, lane, arrival, texts) for arrival in arrivals]
    known = [row for row in came if row is not None]
    desk.found.disorder += sum(later < earlier for earlier, later in pairwise(known))
    desk.found.unmarked += len(came) - len(known)
    desk.found.marked += len(known) - len(set(known))


def _row(desk: _Desk, lane: str, arrival: Arrival, texts: dict[int, int]) -> int | None:
    number, text = arrival
    if (settled := desk.by_receipt.get(number)) is not None:
        return settled if settled in desk.lanes[lane] else None
    for row in desk.lanes[lane]:
        if desk.cut[row] and texts.get(row) == text:
            desk.cut[row] -= 1
            return row
    return None


def _letters(desk: _Desk, rows: Sequence[Row], letters: Sequence[Sms]) -> None:
    found, by_ref = desk.found, {row.ref: row for row in rows}
    by_phone: defaultdict[str, list[Sms]] = defaultdict(list)
    for letter in letters:
        by_phone[letter.phone].append(letter)
    times = Counter(letter.ref for letter in letters)
    for ref, count in times.items():
        row = by_ref.get(ref)
        excused = row is not None and count - 1 <= desk.cut[row.id]
        found.marked += count - 1 if excused else 0
        found.unmarked += 0 if excused else count
    found.lost += sum(row.status == "sent" and row.ref not in times for row in rows)
    found.unmarked += len({(one.ref, one.text) for one in letters}) - len(times)
    for heard in by_phone.values():
        ids = [by_ref[one.ref].id for one in heard if one.ref in by_ref]
        found.disorder += sum(later < earlier for earlier, later in pairwise(ids))
        kinds = Counter(kind for _, kind in {(one.ref, one.kind) for one in heard})
        found.codes += max(kinds["code"] - 1, 0)
        found.passwords += max(kinds["password"] - 1, 0)
