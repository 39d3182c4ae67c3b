"""Spans of time that figures are of: whole days of Viet Nam until now, and as much before them."""

from typing import NamedTuple

from bot.desk import DAY, UTC_PLUS

DAYS = {"today": 1, "week": 7, "month": 30}
_WIDTHS = {"today": 3600, "week": DAY, "month": DAY}


class Span(NamedTuple):
    """From `start` until just before `end`; `width`: seconds of one column of a chart."""

    name: str
    start: float
    end: float
    width: int

    @property
    def before(self) -> "Span":
        """The same days' worth of time before, until the same time of day."""
        back = DAYS[self.name] * DAY
        return Span(self.name, self.start - back, self.end - back, self.width)


def span(name: str, now: float) -> Span:
    """The span of this name, today's when there is none of it; the running minute is left out."""
    name = name if name in DAYS else "today"
    end = now // 60 * 60
    midnight = (end + UTC_PLUS) // DAY * DAY - UTC_PLUS
    return Span(name, midnight - (DAYS[name] - 1) * DAY, max(end, midnight), _WIDTHS[name])
