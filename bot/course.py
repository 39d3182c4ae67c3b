"""What came of a turn, as the transcript's state tells it; the dashboard adds these up.

`flow/step` alone: heard there, nothing moved. Behind a `>` stands what came of it: `lost` (a text
that was not understood), `bad` (an answer that was refused), `flow/step` (the step it led to),
with `+` before it where a procedure began, and `=` where it ended. Never anything that was said.
"""

from typing import NamedTuple

from bot.case import Case
from flows.dialogue import Outcome
from flows.heard import LOST

BEGUN, ENDED = "+", "="


class Course(NamedTuple):
    """One turn: where it was heard; how it went wrong, or where it led."""

    flow: str
    step: str
    wrong: str = ""
    to_flow: str = ""
    to_step: str = ""
    begun: bool = False
    ended: bool = False


def course(case: Case, outcome: Outcome) -> str:
    """The state of one turn's line."""
    here = f"{case.talk.flow}/{case.talk.state}"
    if wrong := _wrong(case):
        return f"{here}>{wrong}"
    talk = outcome.talk
    ended = ENDED if outcome.ended else ""
    flow, step = (outcome.flow, outcome.ended) if ended else (talk.flow, talk.state)
    opened = bool(talk.flow) and talk.run != case.talk.run and talk.run == talk.turn
    begun = BEGUN if opened or (ended and flow != case.talk.flow) else ""
    there = f"{flow}/{step}"
    return here if there == here and not begun else f"{here}>{begun}{ended}{there}"


def read_course(state: str) -> Course:
    """What `course` wrote; older lines tell only where they were heard."""
    here, _, came = state.partition(">")
    flow, _, step = here.partition("/")
    if came in ("lost", "bad", ""):
        return Course(flow, step, came)
    begun, ended = came[:1] == BEGUN, came.lstrip(BEGUN)[:1] == ENDED
    to_flow, _, to_step = came.lstrip(BEGUN + ENDED).partition("/")
    return Course(flow, step, "", to_flow, to_step, begun, ended)


def _wrong(case: Case) -> str:
    if case.heard.kind == LOST:
        return "lost"
    return "bad" if case.heard.refusal else ""
