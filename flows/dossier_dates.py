"""When a dossier is due, in working days.

Pure: which days are worked is a function that is handed in. It refuses to know how long a kind
of request may take, and what day it is today.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=7))  # Viet Nam's since 1975, without daylight saving

IsWorking = Callable[[date], bool]


def due(opened_on: date, days: int, is_working: IsWorking, *, late: bool = False) -> date:
    """The day by which something is due that may take so many working days.

    The day it counts as handed in is not counted itself; with 0 days it is due on that day.
    """
    day = counts_as(opened_on, is_working, late=late)
    for _ in range(days):
        day = _next(day, is_working)
    return day


def pushed(due_on: date, paused_on: date, resumed_on: date, is_working: IsWorking) -> date:
    """The due day after a pause: the clock stood still for as many working days.

    The day of the question stands still, the day of the answer counts again; asked and
    answered on one day costs nobody anything. What was overdue stays overdue by as much.
    """
    length = (resumed_on - paused_on).days
    for _ in range(sum(is_working(paused_on + timedelta(n)) for n in range(length))):
        due_on = _next(due_on, is_working)
    return due_on


def counts_as(day: date, is_working: IsWorking, *, late: bool = False) -> date:
    """The working day as which a day counts; what comes in after closing time is `late`."""
    return day if is_working(day) and not late else _next(day, is_working)


def local(at: float) -> datetime:
    """What clock and calendar show in Viet Nam at a moment."""
    return datetime.fromtimestamp(at, ZONE)


def _next(day: date, is_working: IsWorking) -> date:
    day += timedelta(1)
    while not is_working(day):
        day += timedelta(1)
    return day
