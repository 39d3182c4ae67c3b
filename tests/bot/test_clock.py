"""The time never runs backwards, and catches up at once when it was behind."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import ManualClock, SteadyClock


@dataclass
class Machine:
    """A computer whose wall clock can be set by somebody."""

    wall: float = 1_000_000.0
    up: float = 50.0

    def runs(self, seconds: float) -> None:
        self.wall += seconds
        self.up += seconds

    def clock(self, floor: float = 0.0) -> SteadyClock:
        return SteadyClock(floor, wall=lambda: self.wall, monotonic=lambda: self.up)


def test_time_passes_as_on_the_wall() -> None:
    """Where nobody meddles, the clock is the wall clock."""
    machine = Machine()
    clock = machine.clock()

    machine.runs(300)

    assert clock.now() == machine.wall


@pytest.mark.parametrize("back", [1, 3600, 86400, 1_000_000])
def test_a_clock_set_back_extends_nothing(back: float) -> None:
    """A code of 300 s is dead 300 real seconds later, whatever the wall says."""
    machine = Machine()
    clock = machine.clock()
    issued = clock.now()

    machine.wall -= back
    machine.runs(300)

    assert clock.now() == issued + 300


def test_a_clock_set_ahead_is_followed_at_once() -> None:
    """What was slept through, or set right, counts as passed."""
    machine = Machine()
    clock = machine.clock()

    machine.wall += 86400
    leapt = clock.now()
    machine.wall -= 86400
    machine.runs(1)

    assert leapt == 1_086_400
    assert clock.now() == leapt + 1


def test_a_restart_with_the_clock_set_back_extends_nothing() -> None:
    """The latest time the store has seen is the least time after a restart, and it goes on."""
    machine = Machine(wall=0.0)
    clock = machine.clock(floor=1_000_000.0)

    assert clock.now() == 1_000_000.0
    machine.runs(300)
    assert clock.now() == 1_000_300.0


@given(
    st.lists(
        st.tuples(st.floats(0, 1e6), st.floats(-1e9, 1e9)),
        max_size=20,
    )
)
def test_time_never_runs_backwards(history: list[tuple[float, float]]) -> None:
    """Whatever is done to the wall clock, at least as much time passes as really did."""
    machine = Machine()
    clock = machine.clock()
    before = clock.now()
    for passed, leap in history:
        machine.runs(passed)
        machine.wall += leap
        after = clock.now()
        assert after >= before + passed - 1e-3
        before = after


def test_the_machines_own_clocks_are_the_default() -> None:
    """Without parameters it tells the time of this machine."""
    assert SteadyClock().now() > 1_700_000_000


def test_a_manual_clock_moves_only_ahead() -> None:
    """It stands still, passes, reaches, and refuses to go back."""
    clock = ManualClock(10)
    assert clock.now() == clock.now() == 10

    clock.pass_(5)
    clock.reach(12)
    assert clock.now() == 15

    clock.reach(20)
    assert clock.now() == 20
    with pytest.raises(ValueError, match="backwards"):
        clock.pass_(-1)
