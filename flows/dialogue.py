"""One event in one chat: hear what it means, say what must be looked up, decide.

Pure. `bot/turn.py` calls `hear`, `wants` and `step` in this order; everything a
conversation can do between two bubbles is decided here, in or out of a procedure.
"""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from flows import common
from flows.asides import ASIDES, again, refuse
from flows.common import MENU
from flows.hearing import (
    CHANGED,
    CODE,
    CORRECT,
    FORGET,
    HUMAN,
    LANGUAGES,
    SECRET,
    Ear,
    Heard,
    Phrases,
    running,
)
from flows.machine import Flow
from flows.model import (
    OTHER,
    STALE,
    CheckCode,
    CheckHuman,
    Effect,
    EraseMessage,
    Event,
    Facts,
    HandOver,
    MaySend,
    Say,
    ShowPicture,
    Talk,
    VoidCodes,
    Want,
    code,
    human,
    read,
    start,
)
from flows.table import KEEP, Ask, AskCode, Draft, Move, Turn

__all__ = ["CODE", "MENU", "SECRET", "Dialogue", "Heard", "Outcome"]
AT_MENU = {
    STALE: "stale",
    OTHER: "not_text",
    SECRET: "secret",
    CODE: "no_code_wanted",
    common.PERSON: "person_at_menu",
}


class Outcome(msgspec.Struct, frozen=True):
    """Where the chat stands now and what must be done. `flow`: whose texts are spoken."""

    talk: Talk
    effects: tuple[Effect, ...]
    flow: str
    ended: str = ""

    @property
    def speaks(self) -> bool:
        """Whether a bubble comes of it."""
        return any(isinstance(effect, Say | ShowPicture) for effect in self.effects)


class Dialogue:
    """All procedures and the menu, speaking with many chats and remembering none."""

    def __init__(self, flows: Mapping[str, Flow], phrases: Phrases) -> None:
        """`phrases`: (procedure or "", event) -> the words that mean the event."""
        self.flows = flows
        self._ear = Ear(flows, phrases)
        self.menu = self._ear.menu

    def hear(self, talk: Talk, event: Event) -> Heard:
        """What this event means to this chat; the open question is tried before all else."""
        return self._ear.hear(talk, event)

    def wants(self, talk: Talk, heard: Heard) -> tuple[Want, ...]:
        """What `step` will have to know about this event."""
        flow = running(self.flows, talk)
        if flow is None:
            return ()
        wants: list[Want] = []
        question = flow.question(talk.state)
        if heard.kind == CODE and isinstance(question, AskCode):
            wants.append(CheckCode(question.slot, heard.value))
        if heard.kind == HUMAN:
            wants.append(CheckHuman(heard.value))
        sends = any(do.sends for move in _candidates(flow, talk, heard) for do in move.do)
        if sends and flow.code_question:
            draft = self.draft_after(talk, heard)
            wants.append(MaySend(flow.code_question.slot, draft.account, draft.contact))
        return tuple(wants)

    def draft_after(self, talk: Talk, heard: Heard) -> Draft:
        """The draft as it will be once this event is answered."""
        flow = running(self.flows, talk)
        if flow is None or not heard.value:
            return talk.draft if flow else None
        turn = Turn(flow, talk, heard.kind, Facts())
        _keep_answer(turn, talk.state, heard)
        return turn.draft

    def step(self, talk: Talk, heard: Heard, facts: Facts) -> Outcome:
        """Where the chat goes from here, and what must be done."""
        if heard.kind == FORGET:
            return Outcome(_at_rest(talk), (VoidCodes(),), talk.flow)
        if heard.kind == CHANGED:
            begin = (start(talk.flow),) if talk.flow in self.flows else ()
            return _show(talk, (), (*begin, MENU), "changed")
        flow = running(self.flows, talk)
        if flow is None:
            return self._step_at_menu(talk, heard)
        turn = Turn(flow, talk, heard.kind, facts)
        return _close(turn, _decide(turn, heard))

    def _step_at_menu(self, talk: Talk, heard: Heard) -> Outcome:
        name = heard.kind.removeprefix("start:")
        if name != heard.kind and name in self.flows:
            return _begin(talk, self.flows[name])
        if heard.kind == common.PERSON:
            hello = ("hello",) if talk.turn == 0 else ()
            return _show(talk, (HandOver("menu"),), (MENU,), *hello, "person_at_menu")
        erase = (EraseMessage(),) if heard.kind == SECRET else ()
        if heard.kind in LANGUAGES:
            talk = replace(talk, lang=LANGUAGES[heard.kind])
        if talk.turn == 0 or heard.kind == MENU:
            said = ("secret",) if heard.kind == SECRET else ()
            return _show(talk, erase, self.menu, *said, "welcome")
        key = "language" if heard.kind in LANGUAGES else AT_MENU.get(heard.kind, "lost_at_menu")
        return _show(talk, erase, self.menu, key, "menu")


def _decide(turn: Turn, heard: Heard) -> int:
    """Move the turn; returns how many answers in a row were not understood."""
    before, kind = turn.state, _event(turn, heard)
    if heard.refusal:
        return refuse(turn, heard.refusal)
    if kind in LANGUAGES:
        turn.talk = replace(turn.talk, lang=LANGUAGES[kind])
        return again(turn, "language")
    _keep_answer(turn, before, heard)
    if heard.kind == CORRECT:
        turn.say("corrected")
        turn.state, before = heard.at.split()[0], ""
    if not turn.flow.fire(turn, kind):
        return again(turn, ASIDES.get(kind, "lost"))
    if turn.state != before:
        turn.say(f"step.{turn.state}")
    return 0


def _event(turn: Turn, heard: Heard) -> str:
    """The table's name for what was heard, now that the facts are known."""
    kind, facts = heard.kind, turn.facts
    if kind == CORRECT:
        return read(heard.at.split()[1])
    if kind == CODE and facts.code:
        return code(facts.code.result)
    if kind == HUMAN:
        return human("right" if facts.human else "wrong")
    if kind == start(turn.flow.name):
        return common.GO_ON
    leaves = kind in (MENU, common.CANCEL) or kind.startswith("start:")
    if leaves or (kind == common.BACK and (turn.state, kind) not in turn.flow.rows):
        # Whoever is asked "stop?" and says so once more has answered.
        return common.STOP if common.STOP in turn.talk.choices else common.CANCEL
    return kind


def _candidates(flow: Flow, talk: Talk, heard: Heard) -> Iterator[Move]:
    """Every move this event could turn into, whatever the facts will be."""
    state, events = talk.state, [heard.kind]
    if heard.kind == CORRECT:
        state, outcome = heard.at.split()
        events = [read(outcome)]
    elif heard.kind == CODE:
        events = [code(result) for result in ("right", "expired")]
    elif heard.kind == HUMAN:
        events = [human("right")]
    for event in events:
        yield from flow.rows.get((state, event), ())


def _keep_answer(turn: Turn, state: str, heard: Heard) -> None:
    question = turn.flow.question(heard.at.split()[0] if heard.at else state)
    if not isinstance(question, Ask) or not heard.value or heard.kind == KEEP:
        return
    if getattr(turn.draft, question.keep) not in ("", heard.value):
        # A code on its way was asked for with the earlier answer and proves nothing any more.
        turn.do(VoidCodes())
    turn.remember(question.keep, heard.value)


def _close(turn: Turn, misses: int) -> Outcome:
    flow, talk = turn.flow, turn.talk
    if turn.state in flow.ends:
        rest = Talk(talk.turn + 1, talk.lang, run=talk.run, choices=(MENU,))
        return Outcome(rest, tuple(turn.effects), flow.name, ended=turn.state)
    now = Talk(
        turn=talk.turn + 1,
        lang=talk.lang,
        flow=talk.flow,
        version=talk.version,
        state=turn.state,
        run=talk.run,
        draft=turn.draft,
        choices=turn.offer or flow.choices(turn.state, turn.draft),
        misses=misses,
    )
    # "Let us go on" fits only where it does go on.
    back = (Say("resumed"),) if turn.facts.resumed and not turn.offer else ()
    return Outcome(now, (*back, *turn.effects), flow.name)


def _begin(talk: Talk, flow: Flow) -> Outcome:
    now = Talk(
        turn=talk.turn + 1,
        lang=talk.lang,
        flow=flow.name,
        version=flow.version,
        state=flow.start.value,
        run=talk.turn + 1,
        draft=flow.draft(),
        choices=flow.choices(flow.start.value, flow.draft()),
    )
    hello = (Say("hello"),) if talk.turn == 0 else ()
    return Outcome(now, (*hello, Say(f"step.{flow.start.value}")), flow.name)


def _show(
    talk: Talk, effects: tuple[Effect, ...], choices: tuple[str, ...], *keys: str
) -> Outcome:
    rest = replace(_at_rest(talk), turn=talk.turn + 1, choices=choices)
    return Outcome(rest, (*effects, *(Say(key) for key in keys)), "")


def _at_rest(talk: Talk) -> Talk:
    return Talk(turn=talk.turn, lang=talk.lang, run=talk.run)
