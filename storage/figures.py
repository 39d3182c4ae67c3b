"""What the rows of a span of time add up to: turns, messages, codes, requests, dossiers.

Part of the contract in `base.py`, which says what holds for all of it. Nothing here is counted
while a turn waits: it is added up when somebody asks, beside any unit, over one span.
"""

from typing import NamedTuple, Protocol

import msgspec

from storage.rows import Line


class Came(NamedTuple):
    """How many turns the transcript has under one state, as it was written."""

    state: str
    turns: int


class Minute(NamedTuple):
    """How many turns were taken in one minute since 1970 UTC."""

    minute: int
    turns: int


class Way(NamedTuple):
    """Tries of one sender that ended alike, and seconds since the message was written.

    Half of them took no longer than `p50`, 95 of 100 no longer than `p95`.
    """

    sender: str
    verdict: str
    tries: int
    p50: float
    p95: float


class Codes(NamedTuple):
    """One-time codes: how many, and the seconds that half and 95 of 100 of them took."""

    number: int
    p50: float
    p95: float


class Request(NamedTuple):
    """Somebody asked for a person: in which procedure, when, and until when."""

    flow: str
    at: float
    taken_at: float | None
    ended_at: float | None


class Closed(NamedTuple):
    """Dossiers of a kind that officers closed, and how many of them by their day."""

    kind: str
    number: int
    in_time: int


class Rated(NamedTuple):
    """How citizens found the help of officers: requests of a procedure under one grade."""

    flow: str
    grade: str
    number: int


class Figures(msgspec.Struct, frozen=True):
    """All of one span. overdue: open dossiers whose day is over at the end of it, by kind."""

    came: list[Came]
    minutes: list[Minute]
    ways: list[Way]
    handed: Codes  # written until a provider took them
    typed: Codes  # sent until they were typed back
    requests: list[Request]
    closed: list[Closed]
    overdue: dict[str, int]
    rated: list[Rated]  # grade "": nobody said


class FigureLooks(Protocol):
    """What a store adds up beside any unit."""

    async def figures(self, start: float, end: float) -> Figures:
        """What happened from `start` until just before `end`."""

    async def lost(self, start: float, end: float, limit: int) -> list[Line]:
        """Turns whose text was not understood, the newest first."""
