"""Viet Nam's working days: public holidays, swapped days and weekends, and the hours of a day.

Public holidays come from the `holidays` package. What it says of the years 2025 to 2027:

- As announced: Tết, 30/4-1/5 and 2/9 of 2025 and 2026, the days in lieu of a weekend, and the
  swaps of 2/5/2025 with Saturday 26/4 and of 31/8/2026 with Saturday 22/8.
- Announced but unknown to it (version 0.109): 2/1/2026 swapped with Saturday 10/1/2026.
- Estimated: 2027. The lunar days are certain; which working days are free at Tết, the second
  day of 2/9 and every swap are for the government to decide, some months ahead.
- Taken as a day off every year from 2026 on: 24/11 (Resolution 80-NQ/TW).

What differs stands in the settings and wins: further days off, and days off that are worked.
The arithmetic is in `flows/dossier_dates.py`.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache

from flows import dossier_dates as dates

_SATURDAY = 5
Hours = tuple[time, time]


class Workdays:
    """Which days are worked, and from when to when."""

    def __init__(
        self,
        closed: Collection[date] = (),
        worked: Collection[date] = (),
        *,
        opens: time = time(8),
        closes: time = time(17),
    ) -> None:
        """closed: days off that no law knows; worked: weekends and holidays that are worked."""
        self._closed = frozenset(closed)
        self._worked = frozenset(worked)
        self._opens = opens
        self._closes = closes
        self._own: dict[date, Hours] = {}

    def with_days(self, days: Mapping[date, Hours | None]) -> "Workdays":
        """The same with other hours on these days; None is a day off."""
        closed = {day for day, hours in days.items() if hours is None}
        worked = days.keys() - closed
        other = Workdays(
            (self._closed | closed) - worked,
            (self._worked | worked) - closed,
            opens=self._opens,
            closes=self._closes,
        )
        other._own = {day: hours for day, hours in days.items() if hours}
        return other

    def hours(self, day: date) -> Hours:
        """From when to when offices are open on a day that is worked."""
        return self._own.get(day, (self._opens, self._closes))

    @property
    def opens(self) -> time:
        """When offices open."""
        return self._opens

    def is_working(self, day: date) -> bool:
        """Whether offices are open that day."""
        if day in self._worked or day in self._closed:
            return day in self._worked
        off, swapped = _public(day.year)
        return day in swapped if day.weekday() >= _SATURDAY else day not in off

    def is_open(self, at: float) -> bool:
        """Whether offices are open at this moment."""
        here = dates.local(at)
        opens, closes = self.hours(here.date())
        return opens <= here.time() < closes and self.is_working(here.date())

    def closes_at(self, at: float) -> float:
        """When offices close on the day of this moment."""
        return self.end_of(dates.local(at).date())

    def opens_next(self, at: float) -> float:
        """When offices open again after this moment."""
        here = dates.local(at)
        day = here.date()
        day += timedelta(days=here.time() >= self.hours(day)[0])
        while not self.is_working(day):
            day += timedelta(days=1)
        return datetime.combine(day, self.hours(day)[0], dates.ZONE).timestamp()

    def counts_as(self, at: float) -> date:
        """The working day as which a moment counts: its own until closing time."""
        here = dates.local(at)
        return dates.counts_as(here.date(), self.is_working, late=here.time() >= self._closes)

    def end_of(self, day: date) -> float:
        """Closing time of that day, in seconds since 1970."""
        return datetime.combine(day, self.hours(day)[1], dates.ZONE).timestamp()

    def due(self, opened: date, days: int) -> date:
        """The day by which something is due that may take so many working days."""
        return dates.due(opened, days, self.is_working)

    def pushed(self, due: date, paused: date, resumed: date) -> date:
        """The due day moved on by the working days that a pause took."""
        return dates.pushed(due, paused, resumed, self.is_working)

    @staticmethod
    def load(year: int) -> None:
        """Get a year's holidays before they are needed; the first time takes a while."""
        _public(year)


@cache
def _public(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Public days off of a year, and its weekend days that are worked instead of another day."""
    # About half a second and 16 MB, and many processes never ask.
    from holidays import country_holidays  # noqa: PLC0415

    found = country_holidays("VN", years=year)
    return frozenset(found), frozenset(found.weekend_workdays)
