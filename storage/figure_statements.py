# ruff: noqa: S608 - every text here is made of constants
"""The statements of figures that all engines share, and how their rows are read.

Every one of them is bounded by a span and finds it by an index. Parameters are the span's start
and end; a percentile is the nearest rank.
"""

from collections.abc import Sequence

from storage.figures import Came, Closed, Codes, Figures, Minute, Rated, Request, Way
from storage.sealed import Row

LINE = """chat, turn, at, state, words,
    coalesce((SELECT half FROM conversations AS own WHERE own.chat = transcript.chat), $4)"""
_SPAN = "at >= $1 AND at < $2"
_RANKS = """
    min(CASE WHEN place >= (number + 1) / 2 THEN took END),
    min(CASE WHEN place >= (number * 95 + 99) / 100 THEN took END)
"""

CAME = f"SELECT state, count(*) FROM transcript WHERE {_SPAN} GROUP BY state"
MINUTES = f"""
SELECT CAST(floor(at / 60) AS bigint) AS minute, count(*) FROM transcript WHERE {_SPAN}
GROUP BY 1 ORDER BY 1
"""
LOST = f"""
SELECT {LINE} FROM transcript WHERE {_SPAN} AND state LIKE '%>lost' ORDER BY at DESC LIMIT $3
"""
WAYS = f"""
SELECT sender, verdict, number, {_RANKS} FROM (
    SELECT sender, verdict, took, count(*) OVER alike AS number,
        row_number() OVER (PARTITION BY sender, verdict ORDER BY took) AS place
    FROM (
        SELECT sender, verdict, attempts.ended_at - created_at AS took
        FROM outbound JOIN attempts ON attempts.outbound = outbound.id
        WHERE outbound.ended_at >= $1 AND outbound.ended_at < $2 AND verdict <> 'started'
    ) AS tries WINDOW alike AS (PARTITION BY sender, verdict)
) AS ranked GROUP BY sender, verdict, number ORDER BY sender, verdict
"""


def _codes(took: str) -> str:
    return f"""
    SELECT number, {_RANKS} FROM (
        SELECT took, count(*) OVER () AS number, row_number() OVER (ORDER BY took) AS place
        FROM ({took}) AS each_of
    ) AS ranked GROUP BY number
    """


HANDED = _codes("""
    SELECT ended_at - created_at AS took FROM outbound
    WHERE ended_at >= $1 AND ended_at < $2 AND status = 'sent' AND slot <> ''
""")
# A code is good for ten minutes at the most.
TYPED = _codes("""
    SELECT used_at - sent_at AS took FROM challenges
    WHERE expires_at >= $1 AND expires_at < $2 + 600.0
        AND used_at >= $1 AND used_at < $2
""")
_REQUEST = "SELECT flow, at, taken_at, ended_at FROM hand_overs WHERE"
REQUESTS = f"""
{_REQUEST} ended_at IS NULL AND {_SPAN} UNION ALL {_REQUEST} ended_at >= $1 AND {_SPAN}
"""
CLOSED = """
SELECT kind, count(*), sum(CASE WHEN due_at < closed_at THEN 0 ELSE 1 END) FROM dossiers
WHERE closed_at >= $1 AND closed_at < $2 AND state <> 'withdrawn' GROUP BY kind ORDER BY kind
"""
# Of those that are late now; who asks for a span in the past hears of these alone.
OVERDUE = """
SELECT kind, count(*) FROM dossiers
WHERE is_open = 1 AND paused_at IS NULL AND due_at < $2 AND opened_at < $2 AND $1 < $2
GROUP BY kind ORDER BY kind
"""
RATED = """
SELECT flow, rating, count(*) FROM hand_overs
WHERE ended_at >= $1 AND ended_at < $2 AND officer <> '' GROUP BY flow, rating ORDER BY 1, 2
"""
ALL = (CAME, MINUTES, WAYS, HANDED, TYPED, REQUESTS, CLOSED, OVERDUE, RATED)


def read(answers: Sequence[Sequence[Row]]) -> Figures:
    """What `ALL` found, in this order."""
    came, minutes, ways, handed, typed, requests, closed, overdue, rated = answers
    return Figures(
        came=[Came(*row) for row in came],
        minutes=[Minute(*row) for row in minutes],
        ways=[Way(*row) for row in ways],
        handed=Codes(*handed[0]) if handed else NO_CODES,
        typed=Codes(*typed[0]) if typed else NO_CODES,
        requests=[Request(*row) for row in requests],
        closed=[Closed(*row) for row in closed],
        overdue={row[0]: row[1] for row in overdue},
        rated=[Rated(*row) for row in rated],
    )


NO_CODES = Codes(0, 0.0, 0.0)
