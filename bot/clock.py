"""The time, as a thing to be handed over.

Everything else in the product takes a `Clock`; only this file may look at the machine's
own. It refuses to let time run backwards: a code that is dead stays dead, whatever
somebody does to the wall clock.
"""

import time
from collections.abc import Callable
from typing import Protocol

# Below this the wall clock is taken to be slewed, not set.
LEAP = 2.0


class Clock(Protocol):
    """Seconds since 1970 UTC."""

    def now(self) -> float: ...


class SteadyClock:
    """Follows the wall clock when it leaps ahead, and the monotonic clock otherwise.

    floor: the latest time the store has seen; a clock set back before a restart does not
    bring back what has lapsed, and time still passes while it is behind.
    """

    def __init__(
        self,
        floor: float = 0.0,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._base = max(floor, wall())
        self._since = monotonic()

    def now(self) -> float:
        tick, wall = self._monotonic(), self._wall()
        steady = self._base + (tick - self._since)
        if wall <= steady + LEAP:
            return steady
        self._base, self._since = wall, tick
        return wall


class ManualClock:
    """Stands still until it is told to move; for tests and replays."""

    def __init__(self, at: float) -> None:
        self._at = at

    def now(self) -> float:
        return self._at

    def pass_(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._at += seconds

    def reach(self, at: float) -> None:
        """Move on to a moment; one that is already past changes nothing."""
        self._at = max(self._at, at)
