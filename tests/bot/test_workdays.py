"""The calendar of working days: what the package says, what the settings add, what it costs."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.workdays import Workdays
from tests.flows.dossier_days import CASES, CLOSED, FIRST, LAST, WORKED, Case, is_working

OFFICE = Workdays(CLOSED, WORKED)
EVERY_DAY = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]


def _moment(day: date, at: time) -> float:
    """Seconds since 1970 of a time in Viet Nam."""
    return datetime.combine(day, at, UTC).timestamp() - 7 * 3600


def test_three_years_agree_with_the_notices() -> None:
    """With two days in the settings, the calendar is the government's, day by day."""
    assert [day for day in EVERY_DAY if OFFICE.is_working(day) != is_working(day)] == []


def test_what_only_the_settings_know() -> None:
    """Without them the swap of new year 2026 is missing, and nothing else."""
    package = Workdays()

    wrong = [day for day in EVERY_DAY if package.is_working(day) != is_working(day)]
    assert wrong == [*CLOSED, *WORKED]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_table_counted_by_hand(case: Case) -> None:
    """From the moment a request came in to its due day, on the calendar that is in use."""
    at = _moment(case.opened, time(20) if case.late else time(9))
    found = OFFICE.due(OFFICE.counts_as(at), case.days)
    for asked, answered in case.pauses:
        found = OFFICE.pushed(found, asked, answered)

    assert found == case.due, case.how


@pytest.mark.parametrize(
    ("day", "at", "counts"),
    [
        ("2026-03-03", time(0, 0), "2026-03-03"),
        ("2026-03-03", time(16, 59, 59), "2026-03-03"),
        ("2026-03-03", time(17, 0), "2026-03-04"),
        ("2026-03-06", time(23, 59, 59), "2026-03-09"),
        ("2026-03-07", time(9, 0), "2026-03-09"),
        ("2026-01-10", time(9, 0), "2026-01-10"),
        ("2026-01-10", time(18, 0), "2026-01-12"),
    ],
)
def test_closing_time_ends_the_day(day: str, at: time, counts: str) -> None:
    """What comes in at 17:00 or later, or on a day off, counts as of the next working day."""
    assert OFFICE.counts_as(_moment(date.fromisoformat(day), at)).isoformat() == counts


def test_hours_are_the_settings() -> None:
    """An office that works from seven to noon has those hours."""
    early = Workdays(opens=time(7), closes=time(12))
    day = date(2026, 3, 3)

    hours = [n for n in range(24) if early.is_open(_moment(day, time(n)))]
    assert hours == [7, 8, 9, 10, 11]
    assert early.end_of(day) == _moment(day, time(12))
    assert early.counts_as(_moment(day, time(13))) == date(2026, 3, 4)
    assert not early.is_open(_moment(date(2026, 3, 7), time(9)))


def test_the_end_of_a_day_is_that_day() -> None:
    """A due day kept as a moment is read back as the same day."""
    for day in EVERY_DAY[::17]:
        assert f"{datetime.fromtimestamp(OFFICE.end_of(day) + 7 * 3600, UTC):%F %T}" == (
            f"{day} 17:00:00"
        )


def test_the_settings_have_the_last_word() -> None:
    """A holiday that is worked, and an ordinary day that is closed after a storm."""
    office = Workdays(closed=[date(2026, 3, 3)], worked=[date(2026, 11, 24)])

    assert not office.is_working(date(2026, 3, 3))
    assert office.is_working(date(2026, 11, 24))


def test_a_swap_over_new_year() -> None:
    """A Saturday worked for a day off of another year is known in its own year."""
    assert Workdays().is_working(date(2019, 1, 5))  # for Monday 31/12/2018
    assert not Workdays().is_working(date(2018, 12, 31))
    assert Workdays().is_working(date(2014, 12, 27))  # for Friday 2/1/2015
    assert not Workdays().is_working(date(2015, 1, 2))


def test_the_start_does_not_pay() -> None:
    """The package is loaded when the first day is asked for, not before."""
    code = (
        "import sys; from datetime import date; from bot.workdays import Workdays;"
        " days = Workdays(); assert 'holidays' not in sys.modules;"
        " days.load(2026); assert 'holidays' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


@pytest.mark.parametrize(
    ("day", "at", "opens"),
    [
        ("2026-03-03", time(7, 59), "2026-03-03"),
        ("2026-03-03", time(8, 0), "2026-03-04"),
        ("2026-03-06", time(17, 0), "2026-03-09"),
        ("2026-03-07", time(7, 0), "2026-03-09"),
        ("2026-02-13", time(18, 0), "2026-02-23"),
    ],
    ids=["early", "open", "Friday evening", "Saturday", "the eve of Tết"],
)
def test_the_next_opening(day: str, at: time, opens: str) -> None:
    """It is the first opening time of a working day that is still to come."""
    moment = _moment(date.fromisoformat(day), at)
    assert OFFICE.opens_next(moment) == _moment(date.fromisoformat(opens), time(8))
    assert OFFICE.closes_at(moment) == _moment(date.fromisoformat(day), time(17))
