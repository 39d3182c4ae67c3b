"""How a citizen found an officer's help: asked once, when the bot has the conversation back.

Three buttons after those of the open question. Whoever does not press one has lost nothing, and a
text is a rating only where it is a button's own words.
"""

from msgspec.structs import replace

from flows import common
from flows.closing import Outcome, show
from flows.effects import Rate, Say
from flows.heard import Heard
from flows.model import Talk, tap
from flows.table import Turn

GRADES = {tap(f"rate_{grade}"): grade for grade in ("good", "fair", "poor")}
RATES = tuple(GRADES)


def asked_too(there: Outcome) -> Outcome:
    """The open question once more, and the three buttons after its own."""
    talk = there.talk
    if talk.first != 1:  # the lines of a summary have numbers before its buttons
        return there
    return replace(there, talk=replace(talk, choices=(*talk.choices, *RATES)))


def at_menu(talk: Talk, heard: Heard, menu: tuple[str, ...]) -> Outcome | None:
    """A rating where no question is open; None for all else."""
    if heard.kind not in RATES:
        return None
    return show(talk, (Rate(GRADES[heard.kind]), Say("rated")), menu, "menu")


def aside(turn: Turn, heard: Heard) -> bool:
    """A rating beside the open question, which is asked once more."""
    if heard.kind not in RATES:
        return False
    turn.do(Rate(GRADES[heard.kind]))
    turn.say("rated")
    return True


def choices_at_menu() -> tuple[str, ...]:
    """The buttons where nothing was left open."""
    return (*RATES, common.MENU)
