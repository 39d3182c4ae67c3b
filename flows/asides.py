"""What is said when an event moves nothing: aside, and the open question once more.

No answer is lost here, and nothing that was typed is repeated.
"""

from flows import common
from flows.checks import Refused
from flows.hearing import FORWARDED, LOST, QUESTION, SECRET
from flows.model import OTHER, STALE, EraseMessage, ShowPicture
from flows.table import AskHuman, Turn

# What is said before the open question is asked once more.
ASIDES = {
    STALE: "stale",
    OTHER: "not_text",
    QUESTION: "side_question",
    SECRET: "secret",
    FORWARDED: "error.code_forwarded",
    common.GO_ON: "",
}
THIRD = 3  # answers in a row that were not understood, before a person is offered


def refuse(turn: Turn, refusal: Refused) -> int:
    """Say why a text is not an answer and how to mend it; returns the misses in a row."""
    turn.say(refusal.key, **refusal.holes)
    misses = _missed(turn)
    _show_picture(turn)
    return misses


def again(turn: Turn, key: str) -> int:
    """Say what must be said aside, then the open question once more, in the same bubble."""
    if key == "secret":
        turn.do(EraseMessage())
    if key:
        turn.say(key)
    misses = _missed(turn) if turn.heard == LOST else turn.talk.misses
    turn.say(f"again.{turn.state}")
    _show_picture(turn)
    return misses


def _missed(turn: Turn) -> int:
    misses = turn.talk.misses + 1
    if misses == THIRD:
        turn.say("third_miss")
    return misses


def _show_picture(turn: Turn) -> None:
    if isinstance(turn.flow.question(turn.state), AskHuman):
        turn.do(ShowPicture(in_words=False))
