"""What a step leaves: where the chat stands now, and what must be done.

A procedure begins, goes on, ends, is parked for another one, or is taken up again here.
"""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from flows import common
from flows.common import MENU
from flows.effects import Effect, Say, ShowDossiers, ShowPicture, ShowRecord
from flows.machine import Flow
from flows.model import Attended, Facts, Parked, Proof, Talk, start
from flows.table import AskHuman, Turn

MOST_PARKED = 3
SPEAKING = (Say, ShowPicture, ShowDossiers, ShowRecord)


class Outcome(msgspec.Struct, frozen=True):
    """Where the chat stands now and what must be done. `flow`: whose texts are spoken."""

    talk: Talk
    effects: tuple[Effect, ...]
    flow: str
    ended: str = ""

    @property
    def speaks(self) -> bool:
        """Whether a bubble comes of it."""
        return any(isinstance(effect, SPEAKING) for effect in self.effects)


def close(turn: Turn, misses: int, flows: Mapping[str, Flow]) -> Outcome:
    """What a procedure's move leads to: its next question, its end, or another procedure."""
    flow, talk = turn.flow, _remember_proof(turn)
    if turn.next:
        there = begin(at_rest(talk), flows[turn.next], turn.facts, flows)
        return Outcome(there.talk, (*turn.effects, *there.effects), turn.next)
    if turn.state in flow.ends:
        return _end(turn, talk)
    now = replace(
        talk,
        turn=talk.turn + 1,
        state=turn.state,
        draft=turn.draft,
        choices=_reachable(talk, turn.offer or flow.choices(turn.state, turn.draft)),
        first=1 if turn.offer else flow.first_number(turn.state, turn.draft),
        misses=misses,
    )
    outcome = Outcome(now, tuple(turn.effects), flow.name)
    if not outcome.speaks:
        # The bubble that was shown last is still the one whose buttons count.
        kept = replace(now, turn=talk.turn, choices=turn.talk.choices, first=turn.talk.first)
        return replace(outcome, talk=kept)
    # "Let us go on" fits only where it does go on.
    on = turn.facts.resumed and not turn.offer
    return replace(outcome, effects=(Say("resumed"), *turn.effects)) if on else outcome


def begin(talk: Talk, flow: Flow, facts: Facts, flows: Mapping[str, Flow]) -> Outcome:
    """A procedure from its start; what this chat has proved need not be said again.

    A table that answers to its own beginning decides by the facts what is said first.
    """
    draft = flow.draft()
    if facts.proof and hasattr(draft, "account"):
        draft = flow.draft(account=facts.proof)
    state = flow.start.value
    now = replace(
        talk,
        turn=talk.turn + 1,
        flow=flow.name,
        version=flow.version,
        state=state,
        run=talk.turn + 1,
        draft=draft,
        choices=flow.choices(state, draft),
        first=flow.first_number(state, draft),
        misses=0,
    )
    hello = (Say("hello"),) if talk.turn == 0 else ()
    opening = start(flow.name)
    if (state, opening) not in flow.rows:
        return Outcome(now, (*hello, Say(f"step.{state}")), flow.name)
    turn = Turn(flow, replace(now, turn=talk.turn), opening, replace(facts, resumed=False))
    flow.fire(turn, opening)
    turn.say(f"step.{turn.state}")
    opened = close(turn, 0, flows)
    return Outcome(opened.talk, (*hello, *opened.effects), opened.flow, opened.ended)


def park(talk: Talk) -> Talk:
    """Leave the running procedure where it stands, above those that were left before."""
    left = Parked(talk.flow, talk.version, talk.state, talk.run, talk.draft)
    return replace(at_rest(talk), parked=(*talk.parked, left))


def take_up(talk: Talk, flow: Flow, left: Parked) -> Outcome:
    """Go on with a parked procedure: its open question once more, its answers as they were."""
    now = replace(
        talk,
        turn=talk.turn + 1,
        flow=left.flow,
        version=left.version,
        state=left.state,
        run=left.run,
        draft=left.draft,
        choices=flow.choices(left.state, left.draft),
        first=flow.first_number(left.state, left.draft),
        misses=0,
        parked=tuple(other for other in talk.parked if other is not left),
    )
    picture = (ShowPicture(in_words=False),) if _shows_picture(flow, left.state) else ()
    return Outcome(now, (Say("resumed"), Say(f"again.{left.state}"), *picture), flow.name)


def show(talk: Talk, effects: tuple[Effect, ...], choices: tuple[str, ...], *keys: str) -> Outcome:
    """Say something outside of any procedure."""
    rest = replace(at_rest(talk), turn=talk.turn + 1, choices=_reachable(talk, choices))
    return Outcome(rest, (*effects, *(Say(key) for key in keys)), "")


def at_rest(talk: Talk) -> Talk:
    """The same chat at the menu."""
    return Talk(
        turn=talk.turn,
        lang=talk.lang,
        run=talk.run,
        parked=talk.parked,
        proof=talk.proof,
        plain=talk.plain,
        person=talk.person,
    )


def unfinished(talk: Talk) -> tuple[Say, ...]:
    """The offer to go on with what was left last."""
    return (Say("unfinished", {"procedure": talk.parked[-1].flow}),) if talk.parked else ()


def _end(turn: Turn, talk: Talk) -> Outcome:
    if turn.heard == common.PERSON:
        return _left_for_person(turn, talk)
    choices = (common.GO_ON, common.DROP, MENU) if talk.parked else (MENU,)
    rest = replace(at_rest(talk), turn=talk.turn + 1, choices=_reachable(talk, choices))
    said = (*turn.effects, *unfinished(talk))
    return Outcome(rest, said, turn.flow.name, ended=turn.state)


def _left_for_person(turn: Turn, talk: Talk) -> Outcome:
    """It is kept like one that was left for another; an officer gives it back where it stood."""
    left = replace(park(talk), turn=talk.turn + 1, person=Attended(turn.flow.name))
    choices = _reachable(talk, (common.GO_ON, common.MESSAGE, MENU))
    now = replace(left, choices=choices)
    return Outcome(now, tuple(turn.effects), turn.flow.name, ended=turn.state)


def _shows_picture(flow: Flow, state: str) -> bool:
    return isinstance(flow.question(state), AskHuman)


def _reachable(talk: Talk, choices: tuple[str, ...]) -> tuple[str, ...]:
    """With a person one tap away, for those in the plain mode (leap L2)."""
    away = talk.plain and common.PERSON not in choices
    return (*choices, common.PERSON) if away else choices


def _remember_proof(turn: Turn) -> Talk:
    talk, at = turn.talk, turn.facts.at
    if turn.proved:
        return replace(talk, proof=Proof(turn.draft.account, at, at))
    if talk.proof and turn.facts.proof == talk.proof.account:
        return replace(talk, proof=replace(talk.proof, seen=at))
    return replace(talk, proof=None) if talk.proof else talk
