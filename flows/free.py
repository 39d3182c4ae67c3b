"""What a free text may mean, once it was no answer, button, command or known phrase.

At the menu what is surely meant is done. Beside an open question nothing is done on a guess: what
was asked is answered or offered as a button, and the question stays open.
"""

from collections.abc import Callable, Mapping

import msgspec
from msgspec.structs import replace

from flows import common
from flows.closing import MOST_PARKED, Outcome, show
from flows.effects import Effect, Say
from flows.machine import Flow
from flows.model import Parked, Talk, start, tap
from flows.table import AskLine, Turn

GUIDE, MORE = "guide:", "more:"  # and the name of the guide
WHICH, BEYOND, THANKS = "typed:which", "typed:beyond", "typed:thanks"
# What may steer a procedure without a button of its own; leaving is asked about once more.
STEERS = (common.CANCEL, common.BACK, common.PERSON, common.RESEND)
YES_NO = (tap("yes"), tap("no"))
FEWEST_LETTERS = 2
MOST_FIGURES = 4  # "1/2025" and "8079" are no answers; fewer figures are none either


class Sense(msgspec.Struct, frozen=True):
    """What a text seems to mean.

    events: the likeliest first, two at the most: a button, a beginning, a guide. sure: it is the
    first. also: procedures that are asked for besides. leads: what the guide offers to do.
    for_other: it is done for somebody else. lang: the language it is written in.
    """

    events: tuple[str, ...] = ()
    sure: bool = False
    also: tuple[str, ...] = ()
    leads: str = ""
    for_other: bool = False
    lang: str = ""


# What a text means to a chat in this procedure ("" at the menu).
Senses = Callable[[str, str], Sense]


def none(text: str, flow: str) -> Sense:  # noqa: ARG001 - whatever it is
    """Nothing is understood but what has a name."""
    return Sense()


def is_said(text: str, *, refused: bool = False) -> bool:
    """Whether a text is words at all, and no attempt at an answer that was `refused`."""
    figures = sum(char.isdigit() for char in text)
    attempt = refused and ("@" in text or figures >= MOST_FIGURES)
    return not attempt and sum(char.isalpha() for char in text) >= FEWEST_LETTERS


def at_menu(sense: Sense) -> str:
    """What is heard where no question is open; "" for nothing."""
    if not sense.events:
        return ""
    first = sense.events[0]
    if first in YES_NO:
        return ""
    if not sense.sure:
        return WHICH if _offered(sense.events[:1]) else ""
    if first == common.RESEND:  # no code is on its way here; what to do about it can be told
        return next((event for event in sense.events if event.startswith(GUIDE)), common.MENU)
    return common.MENU if first in (common.CANCEL, common.BACK) else first


def beside(talk: Talk, sense: Sense) -> str:
    """What is heard beside the open question of a procedure; "" for nothing."""
    events = tuple(event for event in sense.events if event not in (start(talk.flow), BEYOND))
    if not events or events[0] in (common.MENU, THANKS):
        return ""
    if sense.sure and events[0] == sense.events[0]:
        if events[0] == common.RESEND and events[0] not in talk.choices:
            events = events[1:]  # a new code is sent only where its button is offered
        if events and events[0] in YES_NO:
            return events[0] if events[0] in talk.choices else ""
        if events and (events[0] in STEERS or events[0].startswith(GUIDE)):
            return events[0]
    return WHICH if _offered(events[:1]) else ""


def _offered(events: tuple[str, ...]) -> tuple[str, ...]:
    """What may be offered as a button; what is hardly asked for at all is not."""
    known = ("start:", GUIDE, common.PERSON)
    return tuple(event for event in events if event.startswith(known))


def aside(turn: Turn, heard: str, sense: Sense | None) -> bool:
    """Say it beside the open question, with its buttons after the question's own."""
    extra: tuple[str, ...] = ()
    if heard.startswith(GUIDE):
        name = heard.removeprefix(GUIDE)
        turn.say("guide", guide=name)
        extra = (MORE + name,)
    elif heard.startswith(MORE):
        turn.say("guide_more", guide=heard.removeprefix(MORE))
    elif heard == WHICH and sense:
        extra = _beside_own(turn, sense)
        turn.say("which_here" if extra else "lost")
    else:
        return False
    if extra and not _lists(turn):
        turn.offer = (*turn.flow.choices(turn.state, turn.draft), *extra)
    return True


def _beside_own(turn: Turn, sense: Sense) -> tuple[str, ...]:
    own = (start(turn.flow.name), *turn.flow.choices(turn.state, turn.draft))
    return () if _lists(turn) else tuple(it for it in _offered(sense.events) if it not in own)


def _lists(turn: Turn) -> bool:
    """A summary is open: the numbers of further buttons would be those of its lines."""
    return isinstance(turn.flow.question(turn.state), AskLine)


def answer(talk: Talk, heard: str, sense: Sense | None, menu: tuple[str, ...]) -> Outcome | None:
    """The same where no question is open."""
    said: tuple[Effect, ...] = (Say("hello"),) if talk.turn == 0 else ()
    if heard.startswith(GUIDE):
        name = heard.removeprefix(GUIDE)
        leads = (sense.leads,) if sense and sense.leads else ()
        said = (*said, Say("guide", {"guide": name}))
        return show(talk, said, (MORE + name, *leads, common.MENU))
    if heard.startswith(MORE):
        return show(talk, (Say("guide_more", {"guide": heard.removeprefix(MORE)}),), menu, "menu")
    if heard == WHICH and sense:
        return show(talk, (*said, Say("which")), (*_offered(sense.events), common.MENU))
    if heard == BEYOND:
        return show(talk, (*said, Say("beyond")), (common.PERSON, common.MENU))
    if heard == THANKS:
        return show(talk, (*said, Say("thanks")), (common.MENU,))
    return None


def planned(talk: Talk, sense: Sense | None, flows: Mapping[str, Flow]) -> Talk:
    """What was asked for besides waits until its turn has come, as if it had been left."""
    left = {parked.flow for parked in talk.parked}
    for event in reversed(sense.also if sense else ()):
        flow = flows.get(event.removeprefix("start:"))
        if flow and flow.name not in left and len(talk.parked) < MOST_PARKED:
            waits = Parked(flow.name, flow.version, "", 0, flow.draft())
            talk = replace(talk, parked=(*talk.parked, waits))
    return talk


def remarked(outcome: Outcome, sense: Sense | None, flows: Mapping[str, Flow]) -> Outcome:
    """A beginning, with what was understood besides it."""
    if sense is None:
        return outcome
    said = [Say("for_other")] if sense.for_other else []
    named = (event.removeprefix("start:") for event in sense.also)
    said += [Say("also", {"procedure": name}) for name in named if name in flows]
    first = 1 if outcome.effects[:1] == (Say("hello"),) else 0
    effects = (*outcome.effects[:first], *said, *outcome.effects[first:])
    return replace(outcome, effects=effects) if said else outcome
