"""Writes down whatever reaches the outside world, and lets the citizens hear it.

A bubble that comes twice is written down twice, but no citizen takes the second for an answer.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from benchmarks.http.load import Load
from benchmarks.http.town import Town

Arrival = tuple[int, int]  # number of the message, hash of its text


@dataclass(frozen=True, slots=True)
class Sms:
    """One SMS as it reached the gateway. text: a hash."""

    ref: str
    phone: str
    text: int
    kind: str


@dataclass(frozen=True, slots=True)
class Witness:
    """Bubbles by chat and SMS, in the order in which they came."""

    load: Load
    town: Town
    bubbles: defaultdict[int, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    letters: list[Sms] = field(default_factory=list)
    refs: set[str] = field(default_factory=set)

    def bubble(self, chat: int, number: int, text: str) -> None:
        """A bubble has come."""
        came, mark = self.bubbles[chat], hash(text)
        again = bool(came) and came[-1][1] == mark
        came.append((number, mark))
        if not again:
            self.load.bubble(chat)

    def sms(self, phone: str, text: str, ref: str) -> None:
        """An SMS has come."""
        self.letters.append(Sms(ref, phone, hash(text), kind(text)))
        if ref not in self.refs:
            self.refs.add(ref)
            self.town.sms(phone, text, ref)


def kind(text: str) -> str:
    """What an SMS brings."""
    if text[:6].isdecimal():
        return "code"
    return "password" if text.startswith("Mat khau tam") else "notice"
