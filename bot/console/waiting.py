"""How long somebody has waited by the clock of the office, and what that means.

Nights, weekends and holidays do not count: a promise is kept in office hours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.console.section import Console
from bot.workdays import Workdays
from flows import dossier_dates as dates

MINUTE, HOUR = 60, 3600
_FURTHEST = 30  # days looked back; whoever waits longer is late anyway

Urgency = Literal["calm", "soon", "late"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Office minutes waited, and how urgent that is."""

    minutes: int
    urgency: Urgency


def waited(since: float, now: float, office: Workdays, rules: Console) -> Wait:
    """How long from `since` to `now`, in office hours."""
    minutes = int(worked(since, now, office) // MINUTE)
    if minutes >= rules.wait_late:
        return Wait(minutes, "late")
    return Wait(minutes, "soon" if minutes >= rules.wait_soon else "calm")


def worked(since: float, now: float, office: Workdays) -> float:
    """Seconds of office hours between two moments."""
    start, end = dates.local(since).date(), dates.local(now).date()
    start = max(start, end - timedelta(days=_FURTHEST))
    total = 0.0
    for number in range((end - start).days + 1):
        day = start + timedelta(days=number)
        if office.is_working(day):
            opens = datetime.combine(day, office.hours(day)[0], dates.ZONE).timestamp()
            total += max(0.0, min(now, office.end_of(day)) - max(since, opens))
    return total


def spoken(minutes: int) -> tuple[int, int]:
    """Hours and minutes."""
    return divmod(minutes, HOUR // MINUTE)
