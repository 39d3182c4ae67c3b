"""A person: waiting for one, leaving a message, being with one, and back to the bot.

While an officer has a conversation nothing is answered here: what the citizen does is kept for
the officer, and moves no procedure. An officer's draft that speaks of secrets goes nowhere.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from flows import common, rating
from flows.checks import asks_for_secret
from flows.closing import Outcome, park, show, take_up
from flows.effects import Attend, Effect, EraseMessage, KeepPhoto, Say
from flows.heard import Heard
from flows.hearing import running
from flows.machine import Flow
from flows.model import Attended, Facts, LookUp, Parked, Talk, Want
from flows.quiet import (
    ATTENDING,
    HELD_PHOTO,
    HELD_SECRET,
    LAPSE,
    MENU,
    NOTE,
    REPLY,
    RETURN,
    TAKE,
    TO_OFFICER,
    TOO_LATE,
)


def wants(heard: Heard) -> tuple[Want, ...] | None:
    """What must be looked up; None where this is no business of officers."""
    if heard.kind in ATTENDING:
        return (LookUp("queue"), LookUp("officer", said_by(heard)[0]))
    if heard.kind in (TO_OFFICER, TOO_LATE):
        return ()
    return (LookUp("queue"),) if heard.kind == common.PERSON else None


def step(
    talk: Talk, heard: Heard, facts: Facts, flows: Mapping[str, Flow], menu: tuple[str, ...]
) -> Outcome | None:
    """What an officer does to a conversation, and a citizen meanwhile; None for all else."""
    if heard.kind in (TO_OFFICER, TOO_LATE):
        return _unanswered(talk, heard)
    return _attend(talk, heard, facts, flows, menu) if heard.kind in ATTENDING else None


def _attend(
    talk: Talk, heard: Heard, facts: Facts, flows: Mapping[str, Flow], menu: tuple[str, ...]
) -> Outcome:
    officer, words = said_by(heard)
    holder = holder_of(talk)
    if heard.kind == LAPSE and holder == officer:
        return _lapsed(talk, officer)
    if not facts.officer or heard.kind == LAPSE:
        return Outcome(talk, (), talk.flow)
    if heard.kind == TAKE and not holder:
        return _taken(talk, officer)
    if heard.kind == REPLY and holder == officer and words and not asks_for_secret(words):
        person = replace(talk.person or Attended(), answered=True)
        now = replace(talk, turn=talk.turn + 1, person=person)
        told = Say("officer_says", {"officer": officer, "reply": words})
        return Outcome(now, (Attend("reply", officer), told), talk.flow)
    if heard.kind == NOTE and holder and words:
        now = replace(talk, turn=talk.turn + 1)
        return Outcome(now, (Attend("note", officer),), talk.flow)
    # Anybody on duty may give it back: whoever has it may have gone home.
    if heard.kind == RETURN and holder:
        return _returned(talk, officer, flows, menu)
    if heard.kind == MENU and holder:
        return _ended(talk, officer, flows, menu)
    return Outcome(talk, (), talk.flow)


def _unanswered(talk: Talk, heard: Heard) -> Outcome:
    """What happens while an officer has the conversation: kept, and nothing else."""
    effects: tuple[Effect, ...] = ()
    if heard.value == HELD_SECRET:
        effects = (EraseMessage(),)
    elif heard.value.startswith(HELD_PHOTO):
        effects = (KeepPhoto(heard.value.removeprefix(HELD_PHOTO), to_officer=True),)
    # Lines of the transcript are told apart by their turn.
    moved = 1 if heard.kind == TO_OFFICER else 0
    return Outcome(replace(talk, turn=talk.turn + moved), effects, talk.flow)


def waiting(talk: Talk, flow: str = "") -> Talk:
    """Somebody who has asked for a person, and what was left for it."""
    left = flow or (talk.person.flow if talk.person else "")
    return replace(talk, person=Attended(left))


def after_asking(talk: Talk) -> tuple[str, ...]:
    """What can be done while waiting."""
    on = (common.GO_ON,) if talk.parked else ()
    return (*on, common.MESSAGE, common.MENU)


def message(talk: Talk, heard: Heard) -> Outcome | None:
    """Leave a message: the question for it, and the message itself."""
    person = talk.person
    if person is None or heard.kind not in (common.MESSAGE, common.LEFT):
        return None
    if heard.kind == common.MESSAGE:
        asked = replace(talk, person=replace(person, writing=True))
        return show(asked, (), (common.MENU,), "message")
    kept = replace(talk, person=replace(person, writing=False))
    return show(kept, (), after_asking(talk), "message_kept")


def not_writing(talk: Talk) -> Talk:
    """The same chat after anything but a message."""
    person = talk.person
    if person is None or not person.writing:
        return talk
    return replace(talk, person=replace(person, writing=False))


def left_for_person(talk: Talk, flows: Mapping[str, Flow]) -> Parked | None:
    """The procedure to go on with once the bot has the conversation back."""
    if talk.person is None or talk.flow:
        return None
    for left in reversed(talk.parked):
        flow = flows.get(left.flow)
        if left.flow == talk.person.flow and flow and flow.version == left.version:
            return left if left.state else None
    return None


def holder_of(talk: Talk) -> str:
    """The officer who has this conversation, if anybody has."""
    return talk.person.officer if talk.person else ""


def said_by(heard: Heard) -> tuple[str, str]:
    """Which officer raised an event, and what they wrote."""
    officer, _, words = heard.value.partition("\n")
    return officer, words.strip()


def _taken(talk: Talk, officer: str) -> Outcome:
    person = replace(talk.person or Attended(), officer=officer, writing=False)
    now = replace(talk, turn=talk.turn + 1, person=person, choices=(), first=1, misses=0)
    told = Say("officer_takes", {"officer": officer})
    return Outcome(now, (Attend("take", officer), told), talk.flow)


def _lapsed(talk: Talk, officer: str) -> Outcome:
    """It waits for a person again, at the place it had."""
    free = replace(talk, person=replace(talk.person or Attended(), officer=""))
    return show(free, (Attend("lapse", officer),), after_asking(free), "officer_away")


def _ended(talk: Talk, officer: str, flows: Mapping[str, Flow], menu: tuple[str, ...]) -> Outcome:
    """Back to the bot without the procedure that got stuck; nothing of it is done."""
    left = left_for_person(talk, flows)
    others = tuple(it for it in talk.parked if it is not left)
    free = replace(talk, person=None, parked=others, flow="", state="", draft=None)
    return show(free, (Attend("return", officer),), menu, "officer_ends", "menu")


def _returned(
    talk: Talk, officer: str, flows: Mapping[str, Flow], menu: tuple[str, ...]
) -> Outcome:
    left = left_for_person(talk, flows)
    helped = talk.person is not None and talk.person.answered
    free = replace(talk, person=None)
    back = Attend("return", officer)
    if running(flows, free):
        free = park(free)
        left = free.parked[-1]
    if left is None:
        choices, asked = (rating.choices_at_menu(), "rate") if helped else (menu, "menu")
        return show(free, (back,), choices, "officer_back", asked)
    there = take_up(free, flows[left.flow], left)
    _, *question = there.effects  # who goes on is said in words of its own
    there = replace(there, effects=(back, Say("officer_back"), *question))
    return rating.asked_too(there) if helped else there
