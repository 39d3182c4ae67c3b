"""When dossiers are due: the table that was counted by hand, and what holds for all dates."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.dossier_dates import counts_as, due, local, pushed
from tests.flows.dossier_days import CASES, FIRST, LAST, Case, is_working

DAYS = st.dates(FIRST, LAST - timedelta(200))
LENGTHS = st.integers(0, 45)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_table_counted_by_hand(case: Case) -> None:
    """Weekends, Tết, swapped Saturdays, late hours and pauses give the day a person gets."""
    found = due(case.opened, case.days, is_working, late=case.late)
    for asked, answered in case.pauses:
        found = pushed(found, asked, answered, is_working)

    assert found == case.due, case.how


def test_the_table_is_long_enough() -> None:
    """Forty cases at least, each its own, a good part of them with pauses."""
    assert len({str(case) for case in CASES}) == len(CASES) >= 40
    assert sum(bool(case.pauses) for case in CASES) >= 15


@given(DAYS, LENGTHS, st.booleans())
def test_exactly_so_many_working_days_lie_between(opened: date, days: int, late: bool) -> None:  # noqa: FBT001 - drawn
    """After the day it counts as handed in come as many working days as were promised."""
    found = due(opened, days, is_working, late=late)
    start = counts_as(opened, is_working, late=late)

    between = [start + timedelta(n + 1) for n in range((found - start).days)]
    assert sum(map(is_working, between)) == days
    assert is_working(found)
    assert is_working(start)
    assert start >= opened


@given(DAYS, LENGTHS, LENGTHS, LENGTHS)
def test_a_pause_cut_in_two_costs_the_same(
    due_on: date, before: int, first: int, second: int
) -> None:
    """Whether one question is open for long or two one after the other, the due day is one."""
    asked = due_on - timedelta(before)
    middle = asked + timedelta(first)
    end = middle + timedelta(second)

    whole = pushed(due_on, asked, end, is_working)
    cut = pushed(pushed(due_on, asked, middle, is_working), middle, end, is_working)
    assert whole == cut >= due_on


@given(DAYS, LENGTHS, LENGTHS)
def test_a_pause_leaves_as_many_days_as_there_were(opened: date, days: int, length: int) -> None:
    """Who answers late takes no working day from the officers, and gives them none."""
    asked, found = opened, due(opened, days, is_working)
    answered = asked + timedelta(length)
    after = pushed(found, asked, answered, is_working)

    assert _worked(answered, after) == _worked(asked, found)


def test_a_day_begins_at_midnight_in_viet_nam() -> None:
    """Seven hours ahead of UTC, all year round."""
    evening = datetime(2026, 2, 28, 16, 59, 59, tzinfo=UTC).timestamp()
    assert f"{local(evening):%F %T}" == "2026-02-28 23:59:59"
    assert f"{local(evening + 1):%F %T}" == "2026-03-01 00:00:00"
    summer = datetime(2026, 7, 1, 10, tzinfo=UTC).timestamp()
    assert f"{local(summer):%F %T}" == "2026-07-01 17:00:00"


def _worked(first: date, last: date) -> int:
    """Working days from one day to another, both included."""
    return sum(is_working(first + timedelta(n)) for n in range((last - first).days + 1))
