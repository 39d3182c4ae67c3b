"""The citizens of an open loop: each writes again once answered, and reads codes from SMS.

Who writes next is never what decides when: if nobody is ready, somebody new begins. A chat has
one update under way, so each bubble belongs to one update, and one too many is seen.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from benchmarks.dialogue import COMMAND, CONSENT, STEPS, Citizen, update

CODE = 6  # digits
_NEEDS_CODE = STEPS - 1


@dataclass(slots=True)
class Talk:
    """One citizen's dialogue: the step that comes next, and what is still missing for it."""

    citizen: Citizen
    step: int = 0
    place: int = -1  # of the last update among the samples
    acked: bool = False
    replied: bool = False
    code: str = ""

    @property
    def settled(self) -> bool:
        """Nothing is missing, so the next thing can be said."""
        return self.acked and self.replied and (self.step != _NEEDS_CODE or self.code != "")

    def text(self) -> str:
        return (COMMAND, CONSENT, self.citizen.number, self.citizen.phone, self.code)[self.step]


class Town:
    """Everybody who talks at the moment."""

    def __init__(self, people: Iterator[Citizen], first: int = 700_000_000) -> None:
        """`first`: the number of the first update."""
        self._people = people
        self._numbers = count(first)
        self._by_chat: dict[int, Talk] = {}
        self._by_phone: dict[str, Talk] = {}
        self._ready: deque[Talk] = deque()
        self.said: Counter[int] = Counter()  # updates by chat
        self.finished = 0
        self.passwords = 0
        self.surplus = 0

    def says(self, place: int) -> tuple[Talk, bytes]:
        """Somebody's next update."""
        talk = self._ready.popleft() if self._ready else self._newcomer()
        raw = update(next(self._numbers), talk.citizen.chat, talk.text())
        self.said[talk.citizen.chat] += 1
        talk.step, talk.place, talk.acked, talk.replied = talk.step + 1, place, False, False
        return talk, raw

    def acked(self, talk: Talk) -> None:
        """The bot has acknowledged what was said last."""
        talk.acked = True
        self._go_on(talk)

    def bubble(self, chat: int) -> int | None:
        """The bot has answered; which update, or None if nothing was left to answer."""
        talk = self._by_chat.get(chat)
        if talk is None or talk.replied:
            self.surplus += 1
            return None
        talk.replied = True
        self._go_on(talk)
        return talk.place

    def sms(self, phone: str, text: str, _: str) -> None:
        """An SMS has come: a code if it begins with one, a password, or a notice."""
        self.passwords += text.startswith("Mat khau tam")
        if not text[:CODE].isdecimal():
            return
        talk = self._by_phone.get(phone)
        if talk is None or talk.code:
            self.surplus += 1
            return
        talk.code = text[:CODE]
        self._go_on(talk)

    def counts(self) -> dict[str, int]:
        """What has been done in all; `surplus` are bubbles and codes that came twice."""
        return {
            "finished": self.finished,
            "passwords": self.passwords,
            "surplus": self.surplus,
        }

    def _go_on(self, talk: Talk) -> None:
        if not talk.settled:
            return
        if talk.step < STEPS:
            self._ready.append(talk)
            return
        self.finished += 1
        del self._by_chat[talk.citizen.chat], self._by_phone[talk.citizen.phone]

    def _newcomer(self) -> Talk:
        citizen = next(one for one in self._people if one.chat not in self._by_chat)
        talk = Talk(citizen)
        self._by_chat[citizen.chat] = self._by_phone[citizen.phone] = talk
        return talk
