"""Viet Nam's days off of 2025 to 2027, and due dates, both worked out by hand.

Nothing here was computed by the program. The days off were written down from the government's
notices (2027: the Labour Code's Article 112 applied to the lunar calendar); each due date was
counted on a paper calendar, and the last column says how.
"""

from dataclasses import dataclass
from datetime import date

FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)

# Days off from Monday to Friday.
OFF = """
2025-01-01  new year
2025-01-27  Tết: free from Saturday 25/1 to Sunday 2/2
2025-01-28
2025-01-29  first day of the lunar year
2025-01-30
2025-01-31
2025-04-07  Hùng kings (10th of the 3rd lunar month)
2025-04-30
2025-05-01
2025-05-02  swapped with Saturday 26/4
2025-09-01  second day of the national holiday
2025-09-02
2026-01-01  new year
2026-01-02  swapped with Saturday 10/1 (dispatch 12729/VPCP-KGVX of 25/12/2025)
2026-02-16  Tết: free from Saturday 14/2 to Sunday 22/2
2026-02-17  first day of the lunar year
2026-02-18
2026-02-19
2026-02-20
2026-04-27  in lieu of Sunday 26/4, Hùng kings
2026-04-30
2026-05-01
2026-08-31  swapped with Saturday 22/8
2026-09-01  second day of the national holiday
2026-09-02
2026-11-24  day of Vietnamese culture
2027-01-01  new year
2027-02-04  Tết, estimated: five days from the 28th, two of them in lieu of a weekend
2027-02-05
2027-02-08
2027-02-09
2027-02-10
2027-04-16  Hùng kings
2027-04-30
2027-05-03  in lieu of Saturday 1/5
2027-09-02
2027-09-03  second day of the national holiday, estimated
2027-11-24  day of Vietnamese culture
"""

WORKED_SATURDAYS = "2025-04-26 2026-01-10 2026-08-22"

# What an operator has to write in the settings, as the package does not know it.
CLOSED, WORKED = (date(2026, 1, 2),), (date(2026, 1, 10),)

# handed in ("late": after closing time) | days | due | counted so
PLAIN = """
Mon 2025-03-03      | 10 | Mon 2025-03-17 | T4 W5 T6 F7 M10 T11 W12 T13 F14 M17
Fri 2025-03-07      |  1 | Mon 2025-03-10 | over the weekend: M10
Sat 2025-03-08      |  1 | Tue 2025-03-11 | counts as handed in M10: T11
Sun 2025-03-09      |  0 | Mon 2025-03-10 | counts as handed in M10, due the same day
Wed 2025-03-12      |  0 | Wed 2025-03-12 | the same day
Wed 2025-03-12 late |  0 | Thu 2025-03-13 | counts as handed in T13
Wed 2025-03-12 late |  1 | Fri 2025-03-14 | counts as handed in T13: F14
Fri 2025-03-14 late |  0 | Mon 2025-03-17 | counts as handed in M17
Sat 2025-03-15 late |  0 | Mon 2025-03-17 | late on a day off is the same as early on it
Tue 2024-12-31      |  1 | Thu 2025-01-02 | W1/1 off: T2
Mon 2025-01-20      | 10 | Mon 2025-02-10 | T21 W22 T23 F24, Tết, M3 T4 W5 T6 F7 M10
Fri 2025-01-24      |  1 | Mon 2025-02-03 | Tết 25/1-2/2: M3
Fri 2025-01-24      |  5 | Fri 2025-02-07 | Tết 25/1-2/2: M3 T4 W5 T6 F7
Fri 2025-01-24 late |  0 | Mon 2025-02-03 | counts as handed in M3
Wed 2025-01-29      |  3 | Thu 2025-02-06 | first day of the year counts as M3: T4 W5 T6
Mon 2025-03-03      | 45 | Thu 2025-05-08 | to 28/3: 19; to 4/4: 24; T8-F11: 28; to 18/4: 33; \
to F25: 38; S26: 39; M28 T29: 41; M5/5 T6 W7 T8: 45
Fri 2025-04-04      |  1 | Tue 2025-04-08 | M7 off: T8
Mon 2025-04-07      |  0 | Tue 2025-04-08 | counts as handed in T8
Fri 2025-04-25      |  1 | Sat 2025-04-26 | S26 is worked
Fri 2025-04-25      |  3 | Tue 2025-04-29 | S26 M28 T29
Fri 2025-04-25 late |  1 | Mon 2025-04-28 | counts as handed in S26: M28
Sat 2025-04-26      |  0 | Sat 2025-04-26 | a worked Saturday is a day as any other
Sat 2025-04-26      |  3 | Mon 2025-05-05 | M28 T29, off 30/4-4/5: M5
Fri 2025-05-02      |  1 | Tue 2025-05-06 | swapped, counts as M5: T6
Fri 2025-08-29      |  1 | Wed 2025-09-03 | M1 T2 off: W3
Tue 2025-09-02      | 10 | Wed 2025-09-17 | counts as W3: T4 F5 M8 T9 W10 T11 F12 M15 T16 W17
Wed 2025-12-31      |  1 | Mon 2026-01-05 | T1 F2 off: M5
Fri 2026-01-02      |  3 | Thu 2026-01-08 | swapped, counts as M5: T6 W7 T8
Thu 2026-01-08      |  3 | Mon 2026-01-12 | F9, S10 is worked, M12
Fri 2026-01-09      |  1 | Sat 2026-01-10 | S10 is worked
Mon 2026-01-26      | 45 | Mon 2026-04-06 | to 30/1: 4; to 13/2: 14; Tết; to 27/2: 19; \
to 6/3: 24; 13/3: 29; 20/3: 34; 27/3: 39; 3/4: 44; M6: 45
Mon 2026-02-09      | 10 | Mon 2026-03-02 | T10 W11 T12 F13, Tết, M23 T24 W25 T26 F27 M2
Fri 2026-02-13      |  1 | Mon 2026-02-23 | Tết 14-22/2: M23
Fri 2026-02-13      | 10 | Fri 2026-03-06 | M23 T24 W25 T26 F27 M2 T3 W4 T5 F6
Tue 2026-02-17      |  0 | Mon 2026-02-23 | first day of the year counts as M23
Tue 2026-02-17      |  3 | Thu 2026-02-26 | counts as M23: T24 W25 T26
Fri 2026-04-24      |  1 | Tue 2026-04-28 | S26 Hùng kings, M27 in lieu: T28
Fri 2026-04-24      |  3 | Mon 2026-05-04 | T28 W29, off 30/4-3/5: M4
Sun 2026-04-26      |  1 | Wed 2026-04-29 | counts as T28: W29
Wed 2026-04-29 late |  0 | Mon 2026-05-04 | counts as M4
Fri 2026-08-21      |  1 | Sat 2026-08-22 | S22 is worked
Sat 2026-08-22      |  5 | Fri 2026-08-28 | M24 T25 W26 T27 F28
Fri 2026-08-28      |  1 | Thu 2026-09-03 | M31 swapped, T1 W2 off: T3
Mon 2026-08-31      | 10 | Thu 2026-09-17 | counts as T3: F4 M7 T8 W9 T10 F11 M14 T15 W16 T17
Mon 2026-11-23      |  1 | Wed 2026-11-25 | T24 off: W25
Tue 2026-11-24      |  0 | Wed 2026-11-25 | counts as W25
Thu 2026-12-31      |  1 | Mon 2027-01-04 | F1 off: M4
Mon 2027-01-25      | 45 | Mon 2027-04-05 | to 29/1: 4; W3/2: 7; T11 F12: 9; 19/2: 14; \
26/2: 19; 5/3: 24; 12/3: 29; 19/3: 34; 26/3: 39; 2/4: 44; M5: 45
Mon 2027-02-01      |  5 | Mon 2027-02-15 | T2 W3, Tết 4-10/2, T11 F12 M15
Wed 2027-02-03      |  1 | Thu 2027-02-11 | Tết 4-10/2: T11
Sat 2027-02-06      |  3 | Tue 2027-02-16 | first day of the year counts as T11: F12 M15 T16
Thu 2027-04-15      |  1 | Mon 2027-04-19 | F16 off: M19
Thu 2027-04-29      |  1 | Tue 2027-05-04 | F30 off, S1, M3 in lieu: T4
Sat 2027-05-01      |  0 | Tue 2027-05-04 | counts as T4
Wed 2027-09-01      |  3 | Wed 2027-09-08 | T2 F3 off: M6 T7 W8
Tue 2027-11-23      | 10 | Wed 2027-12-08 | W24 off: T25 F26 M29 T30 W1 T2 F3 M6 T7 W8
"""

# handed in | days | asked > answered, … | due | counted so (stood still; then on from the due day)
PAUSED = """
Mon 2025-03-03 | 10 | 2025-03-05 > 2025-03-07 | Wed 2025-03-19 | M17; W5 T6: T18 W19
Mon 2025-03-03 | 10 | 2025-03-05 > 2025-03-05 | Mon 2025-03-17 | M17; answered the same day
Mon 2025-03-03 | 10 | 2025-03-07 > 2025-03-10 | Tue 2025-03-18 | M17; F7: T18
Mon 2025-03-03 | 10 | 2025-03-08 > 2025-03-09 | Mon 2025-03-17 | M17; a weekend is no working time
Mon 2025-03-03 | 10 | 2025-03-08 > 2025-03-10 | Mon 2025-03-17 | M17; the clock runs again on M10
Mon 2025-03-03 | 10 | 2025-03-05 > 2025-03-07, 2025-03-11 > 2025-03-13 | Fri 2025-03-21 \
| M17; W5 T6: T18 W19; T11 W12: T20 F21
Mon 2025-03-10 |  1 | 2025-03-13 > 2025-03-17 | Thu 2025-03-13 \
| T11, two days overdue when asked; T13 F14: W12 T13, two days overdue on M17
Fri 2025-04-25 |  3 | 2025-04-26 > 2025-04-28 | Mon 2025-05-05 | T29; S26: off 30/4-4/5, M5
Mon 2025-12-29 |  5 | 2025-12-31 > 2026-01-12 | Thu 2026-01-15 \
| T30 W31 M5 T6 W7; W31 M5 T6 W7 T8 F9 S10: T8 F9 S10 M12 T13 W14 T15
Mon 2026-02-09 | 10 | 2026-02-12 > 2026-02-23 | Wed 2026-03-04 | M2; T12 F13, Tết: T3 W4
Mon 2026-02-09 | 10 | 2026-02-17 > 2026-02-23 | Mon 2026-03-02 | M2; asked during Tết: nothing
Mon 2026-02-09 | 10 | 2026-02-13 > 2026-02-26 | Fri 2026-03-06 | M2; F13 M23 T24 W25: T3 W4 T5 F6
Mon 2026-02-09 |  3 | 2026-02-10 > 2026-02-12 | Mon 2026-02-23 | T12; T10 W11: F13, Tết, M23
Wed 2026-04-22 | 10 | 2026-04-29 > 2026-05-05 | Wed 2026-05-13 \
| T23 F24 T28 W29 M4 T5 W6 T7 F8 M11; W29 M4: T12 W13
Mon 2026-06-01 | 10 | 2026-06-03 > 2026-07-03 | Wed 2026-07-15 \
| M15; W3-F5: 3, three weeks: 18, M29 T30 W1 T2: 22; to F10/7: 19, M13 T14 W15: 22
Mon 2026-08-17 |  5 | 2026-08-21 > 2026-08-25 | Wed 2026-08-26 | S22; F21 S22 M24: M24 T25 W26
Wed 2026-10-07 | 10 | 2026-10-09 > 2026-10-12, 2026-10-14 > 2026-10-15, 2026-10-20 > 2026-10-23 \
| Wed 2026-10-28 | W21; F9: T22; W14: F23; T20 W21 T22: M26 T27 W28
Mon 2027-02-01 |  5 | 2027-02-03 > 2027-02-11 | Tue 2027-02-16 | M15; W3, Tết: T16
Mon 2027-08-30 |  5 | 2027-09-01 > 2027-09-06 | Thu 2027-09-09 | T31 W1 M6 T7 W8; W1: T9
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the tables. `how` is for whoever doubts it."""

    opened: date
    late: bool
    days: int
    pauses: tuple[tuple[date, date], ...]
    due: date
    how: str

    def __str__(self) -> str:
        """Name the case in a test's report."""
        paused = "".join(f" paused {one:%d.%m}-{two:%d.%m}" for one, two in self.pauses)
        return f"{self.opened}{' late' if self.late else ''} +{self.days}{paused}"


def _day(written: str) -> date:
    """Read "Mon 2025-03-03"; the weekday must be that day's, for slips of the pen."""
    name, _, day = written.partition(" ")
    found = date.fromisoformat(day)
    assert f"{found:%a}" == name, written
    return found


def _plain(line: str) -> Case:
    opened, days, due, how = (part.strip() for part in line.split("|"))
    late = opened.endswith(" late")
    return Case(_day(opened.removesuffix(" late")), late, int(days), (), _day(due), how)


def _paused(line: str) -> Case:
    opened, days, pauses, due, how = (part.strip() for part in line.split("|"))
    spans = [[date.fromisoformat(day) for day in one.split(" > ")] for one in pauses.split(", ")]
    both = tuple((asked, answered) for asked, answered in spans)
    return Case(_day(opened), days=int(days), pauses=both, due=_day(due), how=how, late=False)


DAYS_OFF = frozenset(date.fromisoformat(line[:10]) for line in OFF.split("\n") if line)
SATURDAYS = frozenset(date.fromisoformat(day) for day in WORKED_SATURDAYS.split())
CASES = [
    *(_plain(line) for line in PLAIN.strip().split("\n")),
    *(_paused(line) for line in PAUSED.strip().split("\n")),
]


def is_working(day: date) -> bool:
    """The calendar by hand."""
    return day in SATURDAYS or (day.weekday() < 5 and day not in DAYS_OFF)
