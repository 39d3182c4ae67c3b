"""Citizens who wait for a person and go on with the bot meanwhile, one after the other.

Whoever has been silent for the longest says the next thing, so that at any rate the most different
conversations change; each dialogue is about another member.
"""

import time
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from benchmarks.dialogue import STEPS, Citizen
from benchmarks.http.town import Talk, Town

STATES = ("", "consent", "number", "contact", "code")  # after so many messages

_STRIDE = 7_919  # prime, so that neighbours in the queue do not write one after the other


class Change(NamedTuple):
    """The bot has acknowledged what brings a chat to a state."""

    chat: str
    state: str
    at: float


@dataclass(frozen=True, slots=True)
class Caller(Citizen):
    """A citizen who writes about another account each time, always in the same chat."""

    seat: int

    @property
    def chat(self) -> int:
        """Theirs, whomever they write about."""
        return Citizen(self.seat).chat


class Queue(Town):
    """All who wait."""

    def __init__(self, chats: int, members: int) -> None:
        """So many, who write about so many members."""
        super().__init__(iter(()))
        self.chats = [f"telegram:{Citizen(seat).chat}" for seat in range(chats)]
        self.changes: list[Change] = []
        self._members = members
        self._dialogues = count()
        for place in range(chats):
            self._begin(place * _STRIDE % chats)

    def acked(self, talk: Talk) -> None:
        """Note since when others can know."""
        chat, state = f"telegram:{talk.citizen.chat}", STATES[talk.step % STEPS]
        self.changes.append(Change(chat, state, time.perf_counter()))
        super().acked(talk)

    def _go_on(self, talk: Talk) -> None:
        before = self.finished
        super()._go_on(talk)
        if self.finished > before and isinstance(talk.citizen, Caller):
            self._begin(talk.citizen.seat)

    def _begin(self, seat: int) -> None:
        talk = Talk(Caller(next(self._dialogues) % self._members, seat))
        self._by_chat[talk.citizen.chat] = self._by_phone[talk.citizen.phone] = talk
        self._ready.append(talk)

    def _newcomer(self) -> Talk:
        raise RuntimeError("everybody waits for an answer; ask for a lower rate")
