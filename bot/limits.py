"""Who may do how much, and when the next try is possible.

Hits are counted in slices of time that live in the same database as everything else:
when it is down, nothing runs, so a limit never fails open. A window is cut into 60
slices and a hit counts until its whole slice has left the window, so a limit may hold a
little longer than it says, never shorter. Every key is blind; counters for an account
exist whether or not the account does (security rules R04-R08, R26).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil

import msgspec

from bot.settings import Limit
from storage.base import Tally

FOR_EVER = 0  # the store never purges this slice
SLICES = 60
ONE_IN = 5  # R06: a fifth


class Budget(msgspec.Struct, frozen=True):
    """One limit on one subject: `key` is what its hits are stored under."""

    key: bytes
    limit: Limit

    def slice_of(self, now: float) -> int:
        """The slice that holds `now`, named by the second from which it no longer counts.

        A limit of no seconds has one slice, 0, that counts for ever.
        """
        if not self.limit.seconds:
            return FOR_EVER
        length = self.limit.seconds / SLICES
        return ceil(max((now // length + 1) * length, now)) + self.limit.seconds


@dataclass(slots=True)
class Tallies:
    """The hits a batch has loaded, and those it will add."""

    loaded: dict[bytes, dict[int, int]] = field(default_factory=dict)
    added: dict[bytes, dict[int, int]] = field(default_factory=dict)
    cleared: set[bytes] = field(default_factory=set)

    def load(self, rows: Iterable[Tally]) -> None:
        """Take in what the store knows."""
        for row in rows:
            self.loaded.setdefault(row.key, {})[row.slice] = row.n

    def count(self, budget: Budget, now: float) -> int:
        """Hits within the window that ends now."""
        if (slices := self.loaded.get(budget.key)) is None:
            return 0
        return sum([n for until, n in slices.items() if until > now or until == FOR_EVER])

    def spent(self, budget: Budget, now: float) -> bool:
        """Whether the budget allows nothing more now."""
        return self.count(budget, now) >= budget.limit.n

    def near(self, budget: Budget, now: float) -> bool:
        """Whether one more hit would be the last of several."""
        return budget.limit.n > 1 and self.count(budget, now) >= budget.limit.n - 1

    def free_at(self, budget: Budget, now: float) -> float:
        """When the next hit is possible; now, if it already is."""
        excess = self.count(budget, now) - budget.limit.n
        if excess < 0:
            return now
        for until, n in sorted(self.loaded.get(budget.key, {}).items()):
            if until > now and excess >= 0:
                excess -= n
                if excess < 0:
                    return until
        return now

    def hit(self, budget: Budget, now: float) -> None:
        """Count one; later events of the same batch see it."""
        self._add(budget, budget.slice_of(now))

    def rest(self, budget: Budget, until: float) -> None:
        """Count one that leaves the window at a moment of its own."""
        self._add(budget, ceil(until))

    def _add(self, budget: Budget, at: int) -> None:
        for hits in (self.loaded, self.added):
            slices = hits.setdefault(budget.key, {})
            slices[at] = slices.get(at, 0) + 1

    def clear(self, key: bytes) -> None:
        """Forget a key."""
        self.loaded.pop(key, None)
        self.added.pop(key, None)
        self.cleared.add(key)

    def rows(self) -> list[Tally]:
        """What the store must add."""
        return [Tally(key, at, n) for key, hits in self.added.items() for at, n in hits.items()]


class Trial(msgspec.Struct, frozen=True):
    """A subject must prove itself: of `sent.limit.n` hits and more, one in five must be proved."""

    sent: Budget
    proved: Budget

    def fails(self, tallies: Tallies, at: float) -> bool:
        """Whether too few of enough hits were proved."""
        sent = tallies.count(self.sent, at)
        return sent >= self.sent.limit.n and tallies.count(self.proved, at) * ONE_IN < sent

    def passes_at(self, tallies: Tallies, now: float) -> float:
        """When it fails no more, if nothing is proved meanwhile; now, if it does not fail."""
        at = now
        while self.fails(tallies, at):
            at = min(until for until in tallies.loaded[self.sent.key] if until > at)
        return at


def latest(tallies: Tallies, budgets: Iterable[Budget], now: float) -> float:
    """When all of these budgets allow a hit again."""
    return max((tallies.free_at(budget, now) for budget in budgets), default=now)
