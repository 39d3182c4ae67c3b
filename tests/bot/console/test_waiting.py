"""How long somebody has waited, by the clock of the office."""

from datetime import UTC, datetime

import pytest

from bot.console.section import Console
from bot.console.waiting import waited
from bot.workdays import Workdays

OFFICE = Workdays()


def at(text: str) -> float:
    """A moment in Viet Nam: "20/11 16:50" (2026; the 20th is a Friday)."""
    return datetime.strptime(f"2026 {text} +0700", "%Y %d/%m %H:%M %z").astimezone(UTC).timestamp()


@pytest.mark.parametrize(
    ("since", "now", "minutes", "urgency"),
    [
        ("23/11 09:00", "23/11 09:04", 4, "calm"),
        ("23/11 09:00", "23/11 09:05", 5, "soon"),
        ("23/11 09:00", "23/11 09:15", 15, "late"),
        ("20/11 16:50", "23/11 08:02", 12, "soon"),  # over a weekend
        ("20/11 18:00", "21/11 12:00", 0, "calm"),  # after hours, then Saturday
        ("23/11 06:00", "23/11 07:59", 0, "calm"),
        ("23/11 16:59", "24/11 09:00", 1, "calm"),  # 24/11 is a day off
        ("28/08 16:58", "03/09 08:01", 3, "calm"),  # over public holidays and a swapped day
        ("01/01 08:00", "23/11 09:00", 10860, "late"),  # no further back than 30 days
        ("23/11 09:05", "23/11 09:00", 0, "calm"),
    ],
)
def test_waited(since: str, now: str, minutes: int, urgency: str) -> None:
    """Nights, weekends and holidays do not count."""
    found = waited(at(since), at(now), OFFICE, Console())
    assert (found.minutes, found.urgency) == (minutes, urgency)
