"""One event in one chat: hear what it means, say what must be looked up, decide.

Pure. `bot/turn.py` calls `hear`, `wants` and `step` in this order; everything a
conversation can do between two bubbles is decided here, in or out of a procedure.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from flows import attending, common, free, rating, switched
from flows.closing import (
    MOST_PARKED,
    Outcome,
    at_rest,
    begin,
    close,
    park,
    show,
    take_up,
)
from flows.common import MENU
from flows.correcting import Phrases
from flows.deciding import MODES, answer_of, decide, may_send, undone
from flows.effects import ApplyChange, DecideDossier, EraseMessage, HandOver, VoidCodes
from flows.free import Sense, Senses, none
from flows.heard import (
    APPLY,
    BESIDE,
    CHANGED,
    CODE,
    FORGET,
    FULL_UP,
    HUMAN,
    LANGUAGES,
    OFF,
    SECRET,
    UNDO,
    Heard,
)
from flows.hearing import Ear, running
from flows.machine import Flow
from flows.model import (
    OK,
    OTHER,
    STALE,
    CheckCode,
    CheckHuman,
    Event,
    Facts,
    LookUp,
    MaySend,
    Parked,
    Talk,
    Want,
    start,
)
from flows.quiet import OUTSIDE, RETURN
from flows.table import Draft, Turn

__all__ = ["CODE", "MENU", "SECRET", "Dialogue", "Heard", "Outcome"]
AT_MENU = {
    STALE: "stale",
    OTHER: "not_text",
    SECRET: "secret",
    CODE: "no_code_wanted",
    common.PERSON: "person_at_menu",
    common.REPEAT: "",
}


class Dialogue:
    """All procedures and the menu, speaking with many chats and remembering none."""

    def __init__(self, flows: Mapping[str, Flow], phrases: Phrases, sense: Senses = none) -> None:
        """`phrases`: (procedure or "", event) -> the words that mean it; sense: free text."""
        self.flows = flows
        self._ear = Ear(flows, phrases, sense)
        self.menu, self.services = self._ear.menu, self._ear.services

    def hear(self, talk: Talk, event: Event) -> Heard:
        """What this event means to this chat; the open question is tried before all else."""
        return self._ear.hear(talk, event)

    def wants(self, talk: Talk, heard: Heard, draft: Draft = None) -> tuple[Want, ...]:
        """What `step` will have to know; `draft`: `draft_after`, if that is known already."""
        if heard.kind == UNDO:
            return (LookUp("undo", heard.value),)
        if (wanted := attending.wants(heard)) is not None:
            return wanted
        flow = running(self.flows, talk)
        begun = self.flows.get(heard.kind[6:]) if heard.kind.startswith("start:") else None
        wants: list[Want] = []
        if begun is not None:
            wants += _looks(begun, begun.start.value, heard)
        if flow is None:
            return tuple(wants)
        if flow.looks:
            wants += _looks(flow, talk.state, heard)
        if heard.kind == CODE:
            waits = tuple(each.slot for each in flow.waits_for(talk.state))
            wants += (CheckCode(waits, heard.value),) if waits else ()
        if heard.kind == HUMAN:
            wants.append(CheckHuman(heard.value))
        if slots := may_send(flow, talk, heard):
            draft = draft or self.draft_after(talk, heard)
            for slot in slots:
                wants.append(MaySend(slot, draft.account, getattr(draft, flow.codes[slot].to)))
        return tuple(wants)

    def draft_after(self, talk: Talk, heard: Heard) -> Draft:
        """The draft as it will be once this event is answered."""
        flow = running(self.flows, talk)
        if flow is None:
            return None
        name, value = answer_of(flow, talk, heard)
        return replace(talk.draft, **{name: value}) if name else talk.draft

    def step(self, talk: Talk, heard: Heard, facts: Facts, draft: Draft = None) -> Outcome:
        """Where the chat goes from here, and what must be done; `draft`: as for `wants`."""
        if heard.kind == FORGET:
            return Outcome(replace(at_rest(talk), proof=None), (VoidCodes(),), talk.flow)
        if beside := self._step_beside(talk, heard, facts):
            return beside
        flow = running(self.flows, talk)
        if flow is None:
            return self._step_at_menu(talk, heard, facts)
        wanted = heard.kind.removeprefix("start:")
        if wanted != heard.kind and wanted in self.flows and wanted != flow.name:
            if len(talk.parked) < MOST_PARKED:
                return self._begin(park(talk), wanted, facts, None)
            heard = Heard(FULL_UP)
        if heard.kind.startswith(OUTSIDE) and (talk.state, heard.kind) not in flow.rows:
            return Outcome(talk, (), flow.name)  # it comes too late to matter
        turn = Turn(flow, talk, heard.kind, facts)
        misses = decide(turn, heard, draft or self.draft_after(talk, heard))
        if heard.kind == common.LATER:
            return show(park(talk), (), self.menu, "later", "menu")
        return close(turn, misses, self.flows)

    def _step_beside(self, talk: Talk, heard: Heard, facts: Facts) -> Outcome | None:
        """What happens wherever the chat stands, and while it is with an officer."""
        if heard.kind in BESIDE:
            act = ApplyChange(heard.value) if heard.kind == APPLY else DecideDossier(heard.value)
            return Outcome(talk, (act,), talk.flow)
        if heard.kind == OFF and heard.value.startswith(switched.CHANNEL):
            return switched.at_channel(talk, heard)
        if heard.kind == OFF and running(self.flows, talk) is None:
            return switched.outside(talk, heard)
        if heard.kind == CHANGED:
            begun = (start(talk.flow),) if talk.flow in self.flows else ()
            return show(talk, (), (*begun, MENU), "changed")
        return attending.step(talk, heard, facts, self.flows, self.menu)

    def left_before(self, talk: Talk, heard: Heard) -> Parked | None:
        """The parked procedure that this event takes up again, if it does."""
        if not talk.parked:
            return None
        if heard.kind == RETURN:
            return attending.left_for_person(talk, self.flows)
        name = heard.kind.removeprefix("start:")
        if heard.kind == common.GO_ON and not talk.flow:
            name = talk.parked[-1].flow
        for left in talk.parked:
            flow = self.flows.get(left.flow)
            if left.flow == name and flow and flow.version == left.version:
                return left if left.state else None  # it was only asked for
        return None

    def _begin(self, talk: Talk, name: str, facts: Facts, sense: Sense | None) -> Outcome:
        if not facts.judged and (left := self.left_before(talk, Heard(start(name)))):
            return take_up(talk, self.flows[left.flow], left)
        talk = replace(talk, parked=tuple(each for each in talk.parked if each.flow != name))
        talk = free.planned(talk, sense, self.flows)
        begun = begin(talk, self.flows[name], facts, self.flows)
        return free.remarked(begun, sense, self.flows)

    def _step_at_menu(self, talk: Talk, heard: Heard, facts: Facts) -> Outcome:
        said = attending.message(talk, heard) or rating.at_menu(talk, heard, self.menu)
        if said:
            return said
        talk = attending.not_writing(talk)
        if talk.turn == 0 and heard.sense and heard.sense.lang:
            talk = replace(talk, lang=heard.sense.lang)
        name = heard.kind.removeprefix("start:")
        if name != heard.kind and name in self.flows:
            return self._begin(talk, name, facts, heard.sense)
        if told := free.answer(talk, heard.kind, heard.sense, self.menu):
            return told
        if talk.parked and heard.kind == common.GO_ON:
            return self._begin(talk, talk.parked[-1].flow, facts, None)
        if talk.parked and heard.kind == common.DROP:
            talk = replace(talk, parked=talk.parked[:-1])
            return show(talk, (), self.menu, "dropped", "menu")
        if heard.kind == common.SERVICES:
            return show(talk, (), self.services, "services")
        if heard.kind == common.PERSON:
            hello = ("hello",) if talk.turn == 0 else ()
            talk, choices = attending.waiting(talk), attending.after_asking(talk)
            return show(talk, (HandOver("menu"),), choices, *hello, "person_at_menu")
        return self._answer_at_menu(talk, heard, facts)

    def _answer_at_menu(self, talk: Talk, heard: Heard, facts: Facts) -> Outcome:
        if heard.kind == UNDO:
            acts, key = undone(facts)
            return show(talk, acts, (MENU,), key)
        erase = (EraseMessage(),) if heard.kind == SECRET else ()
        if heard.kind in LANGUAGES:
            talk = replace(talk, lang=LANGUAGES[heard.kind])
        plain, key = MODES.get(heard.kind, (talk.plain, ""))
        talk = replace(talk, plain=plain)
        if talk.turn == 0 or heard.kind == MENU:
            said = ("secret",) if heard.kind == SECRET else ()
            return show(talk, erase, self.menu, *said, "welcome")
        if heard.kind in LANGUAGES:
            key = "language"
        aside = key or AT_MENU.get(heard.kind, "lost_at_menu")
        return show(talk, erase, self.menu, *filter(None, (aside,)), "menu")


def _looks(flow: Flow, state: str, heard: Heard) -> tuple[LookUp, ...]:
    """What a state needs looked up; somebody's message is judged with it, so it goes along."""
    passed = heard.value if heard.kind in (OK, start(flow.name)) else ""
    return tuple(
        LookUp(what, passed if what == "pasted" else "") for what in flow.looks.get(state, ())
    )
