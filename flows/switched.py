"""What operators have switched off: its notice instead of a beginning, or of any answer.

A procedure that is under way goes on: nobody loses a code or answers half-way. A channel that is
switched off answers with its notice alone, and every chat stays where it is.
"""

from msgspec.structs import replace

from flows import common
from flows.closing import Outcome, show
from flows.effects import Say
from flows.free import GUIDE
from flows.heard import BESIDE, FORGET, SECRET, UNDO, Heard
from flows.model import Talk
from flows.quiet import OUTSIDE, TO_OFFICER, TOO_LATE
from flows.table import Turn

FLOW, CHANNEL = "flow:", "channel:"
START = "start:"
# What is heard whatever the switches say: it protects somebody, or is none of the bot's business.
ALWAYS = (UNDO, FORGET, SECRET, TO_OFFICER, TOO_LATE, *BESIDE)


def begun(talk: Talk, heard: Heard) -> str:
    """The procedure that this event would begin or take up again; "" for none."""
    if heard.kind == common.GO_ON and not talk.flow and talk.parked:
        return talk.parked[-1].flow
    name = heard.kind.removeprefix(START)
    return name if name not in (heard.kind, talk.flow) else ""


def stops_at_channel(heard: Heard) -> bool:
    """Whether a channel that is switched off answers this with its notice."""
    return heard.kind not in ALWAYS and not heard.kind.startswith(OUTSIDE)


def said(heard: Heard) -> tuple[Say, ...]:
    """That it is switched off, and the operator's notice."""
    told = Say("notice", {"switch": heard.value})
    name = heard.value.removeprefix(FLOW)
    return (Say("off", {"procedure": name}), told) if name != heard.value else (told,)


def outside(talk: Talk, heard: Heard) -> Outcome:
    """The notice where no procedure runs, with the guide about it and a person."""
    hello = (Say("hello"),) if talk.turn == 0 else ()
    guide = (GUIDE + heard.at,) if heard.at else ()
    return show(talk, (*hello, *said(heard)), (*guide, common.PERSON, common.MENU))


def at_channel(talk: Talk, heard: Heard) -> Outcome:
    """The notice, and the chat as it was."""
    return Outcome(replace(talk, turn=talk.turn + 1), said(heard), talk.flow)


def aside(turn: Turn, heard: Heard) -> None:
    """The notice beside the open question."""
    turn.effects += said(heard)
