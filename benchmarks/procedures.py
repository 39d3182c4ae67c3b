"""Every procedure on its happy path, beside *forgot password*: what an update of each costs.

One engine, one database; the procedures take turns within a round, each with citizens who have
not been there before, since a second change of a contact so soon would be refused. A procedure
whose dialogue does not end where it should stops the run.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks.dialogue import Citizen, citizens, update
from benchmarks.harness import Spread
from benchmarks.ours import Ours
from benchmarks.report import spread, table
from benchmarks.system import Setting
from bot.notifier.parcel import Dead, Delivered, Letter, MailBody, Sender, Verdict

MEMBERS = 200_000
FLIGHTS = (1, 64)
FIRST = "forgot_password"
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")

# A word in braces stands for something of the citizen's; {code:…} for the newest code there.
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    FIRST: ("/quenmatkhau", "đồng ý", "{number}", "{phone}", "{code:phone}"),
    "add_email": (
        "/themmail", "đồng ý", "{number}", "{code:phone}", "{mail}", "ghi nhận", "{code:mail}",
    ),
    "change_phone": (
        "/doisdt", "đồng ý", "{number}", "{phone}", "{new}", "{code:phone}", "{code:new}",
    ),
    "reissue": (
        "/caplai", "sổ bhxh", "bị mất", "1", "đồng ý", "{number}", "{code:phone}", "1", "1",
        "gửi", "{code:phone}",
    ),
    "lost_phone": (
        "/matsim", "2", "2", "1", "đồng ý", "Nguyễn Thị Lan", "{number}", "{new}", "BHXH Quận 1",
        "Gửi đề nghị đăng ký lại",
    ),
    "freeze_account": ("khóa", "1", "{number}", "{code:phone}"),
}  # fmt: skip


@dataclass(slots=True)
class Cost:
    """What one procedure took in each round, by chats in flight: microseconds per update.

    wall: up to the acknowledgement; processor: of all threads meanwhile.
    """

    wall: dict[int, list[float]] = field(default_factory=dict)
    processor: dict[int, list[float]] = field(default_factory=dict)


class WithMail(Ours):
    """The bot as a system, with an inbox for e-mails too."""

    def __init__(self) -> None:
        self.mails = Mails()

    def _senders(self) -> dict[str, Sender]:
        return {**super()._senders(), "email": self.mails}

    def code(self, citizen: Citizen, where: str) -> str:
        """The newest code at this address."""
        if where == "mail":
            text = self.mails.newest[_address(citizen)]
        else:
            text = self.inbox.newest[citizen.phone if where == "phone" else _new_phone(citizen)]
        found = _CODE.search(text)
        if found is None:
            raise AssertionError(f"no code in: {text}")
        return found[0]


class Mails:
    """The mail server: every e-mail arrives at once."""

    name = "email"

    def __init__(self) -> None:
        """Nobody has any mail."""
        self.newest: dict[str, str] = {}

    async def send(self, letter: Letter) -> Verdict:
        if not isinstance(letter.body, MailBody):
            return Dead("not an e-mail")
        self.newest[letter.to] = letter.body.text
        return Delivered()

    async def close(self) -> None:
        """There is no connection."""


async def measure(folder: Path, rounds: int, seconds: float) -> dict[str, Cost]:
    """Take turns; `seconds` are spent in the turn per procedure, number in flight and round."""
    system, setting = WithMail(), Setting(folder, MEMBERS)
    people, ids = citizens(MEMBERS), count(1)
    costs = {name: Cost() for name in SCRIPTS}
    await system.prepare(setting)
    try:
        await system.open(setting)
        for turn in range(-1, rounds):  # round -1 warms up
            for flight in FLIGHTS:
                for name, cost in costs.items():
                    crowd = _Crowd(system, SCRIPTS[name], people, ids, flight)
                    wall, processor = await crowd.talk(seconds)
                    if turn >= 0:
                        cost.wall.setdefault(flight, []).append(wall)
                        cost.processor.setdefault(flight, []).append(processor)
    finally:
        await system.close()
    return costs


@dataclass(slots=True)
class _Seat:
    citizen: Citizen
    at: int = 0


class _Crowd:
    """So many citizens at once on one procedure, each one step further than the one before."""

    def __init__(
        self,
        system: WithMail,
        script: Sequence[str],
        people: Iterator[Citizen],
        ids: Iterator[int],
        flight: int,
    ) -> None:
        self._system, self._script, self._people, self._ids = system, script, people, ids
        self._seats = [_Seat(next(people), -(seat % len(script))) for seat in range(flight)]
        self._left: list[Citizen] = []

    async def talk(self, seconds: float) -> tuple[float, float]:
        """Until this much time was spent in the turn; microseconds per update, wall and CPU."""
        wall = processor = 0.0
        updates = 0
        while wall < seconds or not self._left:
            batch = [raw for seat in self._seats if (raw := self._next(seat))]
            begun, burnt = time.perf_counter(), time.process_time()
            await self._system.take(batch)
            wall += time.perf_counter() - begun
            processor += time.process_time() - burnt
            updates += len(batch)
            await self._system.deliver()
        await self._check()
        return wall / updates * 1e6, processor / updates * 1e6

    def _next(self, seat: _Seat) -> bytes | None:
        if seat.at == len(self._script):
            self._left.append(seat.citizen)
            seat.citizen, seat.at = next(self._people), 0
        seat.at += 1
        if seat.at <= 0:
            return None  # comes later
        text = _text(self._script[seat.at - 1], seat.citizen, self._system)
        return update(next(self._ids), seat.citizen.chat, text)

    async def _check(self) -> None:
        """Everybody who has said all there is to say is back at the menu."""
        chats = [f"telegram:{citizen.chat}" for citizen in self._left]
        async with self._system.store.unit(now=self._system.clock.now()) as unit:
            rows = await unit.conversations(chats)
        stuck = [row for row in rows.values() if row.flow]
        if stuck or len(rows) != len(chats):
            raise AssertionError(
                f"{len(stuck)} dialogues ended at {stuck[0].flow}/{stuck[0].state}"
            )


def _text(word: str, citizen: Citizen, system: WithMail) -> str:
    if word.startswith("{code:"):
        return system.code(citizen, word[6:-1])
    own = {"number": citizen.number, "phone": citizen.phone}
    return word.format(**own, new=_new_phone(citizen), mail=_address(citizen))


def _new_phone(citizen: Citizen) -> str:
    return f"0912{citizen.index:06d}"  # the registered ones begin with 0900


def _address(citizen: Citizen) -> str:
    return f"lan{citizen.index}@gmail.com"


def page(costs: Mapping[str, Cost]) -> Iterator[str]:
    """The tables."""
    flights = [f"{flight} in flight" for flight in FLIGHTS]
    yield "Microseconds per update up to the acknowledgement; median of the rounds (least-most)."
    rows = ((name, cost.wall) for name, cost in costs.items())
    yield table(["procedure", "messages", *flights], (_row(name, by) for name, by in rows))
    yield f"As a multiple of `{FIRST}`, compared within each round; then of processor time."
    head = ["procedure", *flights, *(f"processor, {flight}" for flight in flights)]
    yield table(head, (_ratios(name, costs) for name in costs if name != FIRST))


def _row(name: str, by: Mapping[int, list[float]]) -> list[str]:
    messages = str(len(SCRIPTS[name]))
    return [f"`{name}`", messages, *(spread(Spread.of(by[flight])) for flight in FLIGHTS)]


def _ratios(name: str, costs: Mapping[str, Cost]) -> list[str]:
    mine, first = costs[name], costs[FIRST]
    pairs = [(mine.wall[n], first.wall[n]) for n in FLIGHTS]
    pairs += [(mine.processor[n], first.processor[n]) for n in FLIGHTS]
    ratios = ([a / b for a, b in zip(*pair, strict=True)] for pair in pairs)
    return [f"`{name}`", *(spread(Spread.of(each)) for each in ratios)]
