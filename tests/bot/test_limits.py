"""Budgets: never more than so many in any window, and the time told is the truth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits import ONE_IN, SLICES, Budget, Tallies, Trial, latest
from bot.settings import Limit
from storage.base import Tally
from tests.bot.town import MORNING

START = MORNING
DAY = 86_400

limits = st.builds(Limit, st.integers(1, 6), st.integers(1, 100_000))
steps = st.lists(st.floats(0, 30_000, allow_nan=False, width=32), max_size=40)


@given(limits, steps)
def test_window(limit: Limit, pauses: list[float]) -> None:
    """In no real window are more than n admitted; where one is refused, free_at is true."""
    budget, tallies, now = Budget(b"k", limit), Tallies(), START
    admitted: list[float] = []
    for pause in pauses:
        now += pause
        if tallies.spent(budget, now):
            free = tallies.free_at(budget, now)
            assert free > now
            assert not tallies.spent(budget, free)
            assert tallies.spent(budget, free - 0.001)
            # Never much later than the oldest one that stands in the way leaves the window.
            slack = limit.seconds / SLICES + 1
            assert free <= admitted[-limit.n] + limit.seconds + slack
            continue
        assert tallies.free_at(budget, now) == now
        tallies.hit(budget, now)
        admitted.append(now)
        recent = [at for at in admitted if at > now - limit.seconds]
        assert len(recent) <= limit.n


@given(limits, steps)
def test_stored_and_loaded(limit: Limit, pauses: list[float]) -> None:
    """A count that was stored and loaded again is the same count."""
    budget, tallies, now = Budget(b"k", limit), Tallies(), START
    for pause in pauses:
        now += pause
        tallies.hit(budget, now)
    again = Tallies()
    again.load(tallies.rows())
    assert again.count(budget, now) == tallies.count(budget, now)
    assert again.free_at(budget, now) == tallies.free_at(budget, now)


def test_clear() -> None:
    """A cleared key is forgotten, also what this batch has added to it."""
    budget, tallies = Budget(b"k", Limit(1, 60)), Tallies()
    tallies.load([Tally(b"k", int(START) + 60, 1)])
    tallies.hit(budget, START)
    tallies.clear(b"k")
    assert tallies.count(budget, START) == 0
    assert tallies.rows() == []
    assert tallies.cleared == {b"k"}


def test_no_budgets() -> None:
    """Where nothing limits, it is possible now."""
    assert latest(Tallies(), [], START) == START


def test_rest() -> None:
    """A rest ends when it was said to end."""
    budget, tallies = Budget(b"k", Limit(1, DAY)), Tallies()
    tallies.rest(budget, START + 900)
    assert tallies.free_at(budget, START) == START + 900
    assert tallies.spent(budget, START + 899)
    assert not tallies.spent(budget, START + 900)


TRIAL = Trial(Budget(b"sent", Limit(50, DAY)), Budget(b"proved", Limit(50, DAY)))


@pytest.mark.parametrize(
    ("sent", "proved", "fails"),
    [
        (0, 0, False),
        (49, 0, False),
        (50, 0, True),
        (50, 9, True),
        (50, 10, False),
        (51, 10, True),
        (500, 99, True),
        (500, 100, False),
    ],
)
def test_trial(sent: int, proved: int, fails: bool) -> None:  # noqa: FBT001
    """Fewer than a fifth of fifty or more must be proved for a trial to fail (R06)."""
    tallies = Tallies()
    for budget, times in ((TRIAL.sent, sent), (TRIAL.proved, proved)):
        for _ in range(times):
            tallies.hit(budget, START)
    assert TRIAL.fails(tallies, START) is fails
    assert (TRIAL.passes_at(tallies, START) > START) is fails
    assert not TRIAL.fails(tallies, START + DAY + DAY / SLICES + 1)


@given(st.integers(1, 6), st.lists(st.tuples(st.floats(0, 9000, width=32), st.booleans())))
def test_a_trial_that_failed_passes_when_it_says(n: int, sends: list[tuple[float, bool]]) -> None:
    """Where a trial fails, it still does just before the time told, and then no more."""
    trial = Trial(Budget(b"sent", Limit(n, DAY)), Budget(b"proved", Limit(n, DAY)))
    tallies, now = Tallies(), START
    for pause, right in sends:
        now += pause
        if trial.fails(tallies, now):
            free = trial.passes_at(tallies, now)
            assert now < free <= now + DAY + DAY / SLICES + 1
            assert trial.fails(tallies, free - 0.001)
            now = free
        assert trial.passes_at(tallies, now) == now
        tallies.hit(trial.sent, now)
        proved = tallies.count(trial.proved, now)
        assert tallies.count(trial.sent, now) <= max(n, proved * ONE_IN + 1)
        if right:
            tallies.hit(trial.proved, now)
