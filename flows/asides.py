"""What is said when an event moves nothing: aside, and the open question once more.

No answer is lost here, and nothing that was typed is repeated.
"""

from msgspec.structs import replace

from flows import common
from flows.checks import Refused
from flows.effects import EraseMessage, ShowPicture
from flows.heard import FORWARDED, LOST, QUESTION, SECRET
from flows.model import OTHER, STALE
from flows.table import AskHuman, Choose, Turn

# What is said before the open question is asked once more.
ASIDES = {
    STALE: "stale",
    OTHER: "not_text",
    QUESTION: "side_question",
    SECRET: "secret",
    FORWARDED: "error.code_forwarded",
    common.GO_ON: "",
    common.REPEAT: "",
}
# The first answer that is none is told what is wrong, the second where to find the right one,
# the third is offered a person or a pause; then it begins anew (features of the product: F07).
SECOND, THIRD = 2, 3


def refuse(turn: Turn, refusal: Refused) -> int:
    """Say why a text is not an answer and how to mend it; returns the misses in a row."""
    misses = turn.talk.misses % THIRD + 1
    if misses == 1:
        turn.say(refusal.key, **refusal.holes)
    else:
        _repeat(turn, misses)
    _show_picture(turn)
    return misses


def again(turn: Turn, key: str) -> int:
    """Say what must be said aside, then the open question once more, in the same bubble."""
    if key == "secret":
        turn.do(EraseMessage())
    misses = turn.talk.misses % THIRD + 1 if turn.heard == LOST else turn.talk.misses
    if turn.heard == LOST and misses > 1:
        _repeat(turn, misses)
    else:
        if key:
            turn.say(key)
        turn.say(f"again.{turn.state}")
    _show_picture(turn)
    return misses


def _repeat(turn: Turn, misses: int) -> None:
    # Whoever was not understood twice gets short texts from now on (leap L2).
    turn.talk = replace(turn.talk, plain=True)
    if misses == THIRD:
        turn.say("third_miss")
        turn.say(f"again.{turn.state}")
        turn.offer = (*turn.flow.choices(turn.state, turn.draft), common.LATER)
    else:
        reads = turn.flow.question(turn.state)
        typed = reads is not None and not isinstance(reads, Choose)
        turn.say(f"second.{turn.state}" if typed else "use_buttons")
        if not typed:
            turn.say(f"again.{turn.state}")


def _show_picture(turn: Turn) -> None:
    if isinstance(turn.flow.question(turn.state), AskHuman):
        turn.do(ShowPicture(in_words=False))
