"""One event in one chat: hear what it means, say what must be looked up, decide.

Pure. `bot/turn.py` calls `hear`, `wants` and `step` in this order; everything a
conversation can do between two bubbles is decided here, in or out of a procedure.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flows import common
from flows.checks import (
    LONGEST,
    Got,
    Refused,
    fold,
    looks_like_password,
    looks_like_question,
    visible,
)
from flows.machine import KEEP, Ask, AskCode, AskHuman, Flow, Move, Turn
from flows.model import (
    CONTACT,
    OK,
    OTHER,
    STALE,
    TEXT,
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
    tap,
)

MENU = tap("menu")
CODE, HUMAN, CORRECT, SECRET = "typed:code", "typed:human", "typed:correction", "typed:secret"
QUESTION, LOST, CHANGED, FORWARDED = "typed:question", "typed:lost", "changed", "typed:forwarded"
LANGUAGES = {"lang:vi": "vi", "lang:en": "en"}
FORGET = "clock:forget"

ASIDE = {
    STALE: "stale",
    OTHER: "not_text",
    QUESTION: "side_question",
    SECRET: "secret",
    FORWARDED: "error.code_forwarded",
}

Phrases = Mapping[tuple[str, str], frozenset[str]]


class Words(NamedTuple):
    """A text as typed and without diacritics: "dừng" (stop) and "đúng" (right) fold alike."""

    typed: str
    folded: str

    @classmethod
    def of(cls, text: str) -> "Words":
        """The words of `text`; of a very long one only the beginning."""
        short = visible(text[:LONGEST])
        return cls(unicodedata.normalize("NFC", short).lower().strip(" .!,"), fold(short))


@dataclass(frozen=True, slots=True)
class Heard:
    """What an event means here. `at`: the earlier state that a correction answers."""

    kind: str
    value: str = ""
    refusal: Refused | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the chat stands now and what must be done. `flow`: whose texts are spoken."""

    talk: Talk
    effects: tuple[Effect, ...]
    flow: str
    ended: str = ""

    @property
    def speaks(self) -> bool:
        """Whether a bubble comes of it."""
        return any(isinstance(effect, Say) for effect in self.effects)


class Dialogue:
    """All procedures and the menu, speaking with many chats and remembering none."""

    def __init__(self, flows: Mapping[str, Flow], phrases: Phrases) -> None:
        """`phrases`: (procedure or "", event) -> the words that mean the event."""
        self.flows = flows
        self._phrases = phrases
        self._commands = {"start": MENU, "menu": MENU, "help": MENU, "huy": common.CANCEL}
        self._commands |= {"canbo": common.PERSON, "english": "lang:en", "tiengviet": "lang:vi"}
        self._commands |= {flow.command: start(flow.name) for flow in flows.values()}
        self.menu = (*(start(name) for name in flows), common.PERSON)

    # --- hearing -----------------------------------------------------------------

    def hear(self, talk: Talk, event: Event) -> Heard:
        """What this event means to this chat; the open question is tried before all else."""
        if talk.flow and self._running(talk) is None:
            return Heard(FORGET if event.kind == FORGET else CHANGED)
        if event.kind == CONTACT:
            return self._hear_contact(talk, event)
        if event.kind != TEXT:
            return Heard(event.kind)
        if event.text.startswith("/") and (command := self._command(event.text)):
            return Heard(command)
        words = Words.of(event.text)
        # "Dừng?" is answered before "dừng" is taken for the wish to stop.
        if common.STOP in talk.choices and (choice := self._choice(talk, words)):
            return Heard(choice)
        if control := self._match(CONTROLS, "", words):
            return Heard(control)
        flow = self._running(talk)
        return self._hear_in(flow, talk, event, words) if flow else self._at_menu(talk, words)

    def _hear_in(self, flow: Flow, talk: Talk, event: Event, words: "Words") -> Heard:
        question = flow.question(talk.state)
        answer = question.reader(event.text) if question else None
        if question and isinstance(answer, Got):
            return _answered(question, answer, fresh=event.fresh)
        if choice := self._choice(talk, words):
            return Heard(choice)
        if looks_like_password(event.text):
            return Heard(SECRET)
        if correction := self._correction(flow, talk, event.text, words.folded):
            return correction
        if looks_like_question(event.text):
            return Heard(QUESTION)
        return Heard(read("bad"), refusal=answer) if isinstance(answer, Refused) else Heard(LOST)

    def _hear_contact(self, talk: Talk, event: Event) -> Heard:
        flow = self._running(talk)
        question = flow.question(talk.state) if flow else None
        if isinstance(question, Ask) and question.share_phone:
            answer = question.reader(event.text)
            if isinstance(answer, Refused):
                return Heard(read("bad"), refusal=answer)
            return Heard(read(answer.outcome), answer.value)
        return Heard(OTHER)

    def _at_menu(self, talk: Talk, words: "Words") -> Heard:
        if choice := self._choice(talk, words) or self._match(self.menu, "", words):
            return Heard(choice)
        folded = words.folded
        for name in self.flows:
            if any(_contains(folded, phrase) for phrase in self._phrases[(name, start(name))]):
                return Heard(start(name))
        return Heard(CODE if len(folded) == len("000000") and folded.isdigit() else LOST)

    def _choice(self, talk: Talk, words: "Words") -> str | None:
        """The button of the last bubble that these words (or its number) stand for."""
        folded = words.folded
        if folded.isdigit() and len(folded) == 1 and 0 < int(folded) <= len(talk.choices):
            return talk.choices[int(folded) - 1]
        return self._match(talk.choices, talk.flow, words)

    def _match(self, events: tuple[str, ...], flow: str, words: "Words") -> str | None:
        for event in events:
            for key in {(flow, event), ("", event)}:
                meaning = self._phrases.get(key)
                if meaning and not meaning.isdisjoint(words):
                    return event
        return None

    def _command(self, text: str) -> str | None:
        word, _, payload = text[1:].split("@")[0].partition(" ")
        return self._commands.get(payload.strip()) or self._commands.get(word.lower())

    def _correction(self, flow: Flow, talk: Talk, text: str, folded: str) -> Heard | None:
        """An earlier answer given anew: "nhầm, email là b@x.vn"."""
        if not any(_contains(folded, cue) for cue in self._phrases[("", "cue:correct")]):
            return None
        before = list(flow.asks)[: _place(flow, talk.state)]
        for state in reversed(before):
            question = flow.asks[state]
            if isinstance(question, Ask) and getattr(talk.draft, question.keep):
                answer = question.reader(text)
                if isinstance(answer, Got):
                    return Heard(CORRECT, answer.value, at=f"{state} {answer.outcome}")
        return None

    # --- what must be looked up --------------------------------------------------

    def wants(self, talk: Talk, heard: Heard) -> tuple[Want, ...]:
        """What `step` will have to know about this event."""
        flow = self._running(talk)
        if flow is None:
            return ()
        wants: list[Want] = []
        question = flow.question(talk.state)
        if heard.kind == CODE and isinstance(question, AskCode):
            wants.append(CheckCode(question.slot, heard.value))
        if heard.kind == HUMAN:
            wants.append(CheckHuman(heard.value))
        if any(do.sends for move in _candidates(flow, talk, heard) for do in move.do):
            draft = self.draft_after(talk, heard)
            wants.append(MaySend(flow.code_question.slot, draft.account, draft.contact))
        return tuple(wants)

    def draft_after(self, talk: Talk, heard: Heard) -> Any:
        """The draft as it will be once this event is answered."""
        flow = self._running(talk)
        if flow is None:
            return None
        turn = Turn(flow, talk, heard.kind, Facts())
        _keep_answer(turn, talk.state, heard)
        return turn.draft

    # --- deciding ----------------------------------------------------------------

    def step(self, talk: Talk, heard: Heard, facts: Facts) -> Outcome:
        """Where the chat goes from here, and what must be done."""
        if heard.kind == FORGET:
            return Outcome(_at_rest(talk), (VoidCodes(),), talk.flow)
        if heard.kind == CHANGED:
            begin = (start(talk.flow),) if talk.flow in self.flows else ()
            return self._show(talk, "changed", (*begin, MENU))
        flow = self._running(talk)
        if flow is None:
            return self._step_at_menu(talk, heard)
        turn = Turn(flow, talk, heard.kind, facts)
        if facts.resumed:
            turn.say("resumed")
        misses = self._decide(turn, heard)
        return _close(turn, misses)

    def _decide(self, turn: Turn, heard: Heard) -> int:
        """Move the turn; returns how many answers in a row were not understood."""
        before, kind = turn.state, _event(heard, turn.facts)
        if heard.kind == CORRECT:
            before, kind = "", _correct(turn, heard)
        elif kind in LANGUAGES:
            turn.talk = replace(turn.talk, lang=LANGUAGES[kind])
            return _again(turn, "language")
        elif heard.refusal:
            return _refuse(turn, heard.refusal)
        elif kind == MENU or (kind.startswith("start:") and kind != start(turn.flow.name)):
            kind = common.CANCEL
        elif kind == common.BACK and (before, kind) not in turn.flow.rows:
            kind = common.CANCEL
        _keep_answer(turn, before, heard)
        if not turn.flow.fire(turn, kind):
            return _again(turn, ASIDE.get(kind, "" if kind in SILENT else "lost"))
        if turn.state != before:
            turn.say(f"step.{turn.state}")
        return 0

    def _step_at_menu(self, talk: Talk, heard: Heard) -> Outcome:
        name = heard.kind.removeprefix("start:")
        if name != heard.kind and name in self.flows:
            return _begin(talk, self.flows[name])
        if heard.kind in LANGUAGES:
            return self._show(replace(talk, lang=LANGUAGES[heard.kind]), "menu", self.menu)
        if heard.kind == common.PERSON:
            effects = (HandOver("menu"),)
            return self._show(talk, "person_at_menu", (MENU,), *effects)
        if heard.kind == STALE:
            return self._show(talk, "stale", self.menu, then="menu")
        if heard.kind == CODE:
            return self._show(talk, "no_code_wanted", self.menu, then="menu")
        if talk.turn == 0 or heard.kind == MENU:
            return self._show(talk, "welcome", self.menu)
        if heard.kind == OTHER:
            return self._show(talk, "not_text", self.menu, then="menu")
        return self._show(talk, "lost_at_menu", self.menu, then="menu")

    def _show(
        self, talk: Talk, key: str, choices: tuple[str, ...], *effects: Effect, then: str = ""
    ) -> Outcome:
        says = [Say(key), *([Say(then)] if then else [])]
        rest = replace(_at_rest(talk), turn=talk.turn + 1, choices=choices)
        return Outcome(rest, (*effects, *says), "")

    def _running(self, talk: Talk) -> Flow | None:
        flow = self.flows.get(talk.flow)
        known = flow is not None and flow.version == talk.version and flow.knows(talk.state)
        return flow if known else None


# Words that are never an answer, so they are tried even before the open question.
CONTROLS = (
    common.CANCEL,
    common.BACK,
    common.PERSON,
    common.RESEND,
    MENU,
    *LANGUAGES,
)
SILENT = {common.GO_ON, MENU}


def _event(heard: Heard, facts: Facts) -> str:
    """The table's name for what was heard, now that the facts are known."""
    if heard.kind == CODE and facts.code:
        return code(facts.code.result)
    if heard.kind == HUMAN:
        return human("right" if facts.human else "wrong")
    return heard.kind


def _answered(question: Ask | AskCode | AskHuman, answer: Got, *, fresh: bool) -> Heard:
    if isinstance(question, AskCode):
        return Heard(CODE, answer.value) if fresh else Heard(FORWARDED)
    if isinstance(question, AskHuman):
        return Heard(HUMAN, answer.value)
    return Heard(read(answer.outcome), answer.value)


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
    if isinstance(question, Ask) and heard.value and heard.kind != KEEP:
        turn.flow.remember(turn, question.keep, heard.value)


def _correct(turn: Turn, heard: Heard) -> str:
    turn.say("corrected")
    turn.do(VoidCodes())
    turn.state, outcome = heard.at.split()
    return read(outcome)


def _refuse(turn: Turn, refusal: Refused) -> int:
    turn.say(refusal.key, **refusal.holes)
    misses = turn.talk.misses + 1
    if misses == THIRD:
        turn.say("third_miss")
    _show_picture(turn)
    return misses


def _again(turn: Turn, key: str) -> int:
    """Say what must be said aside, then the open question once more, in the same bubble."""
    if key == "secret":
        turn.do(EraseMessage())
    if key:
        turn.say(key)
    turn.say(f"again.{turn.state}")
    _show_picture(turn)
    return turn.talk.misses


def _show_picture(turn: Turn) -> None:
    if isinstance(turn.flow.question(turn.state), AskHuman):
        turn.do(ShowPicture(in_words=False))


def _close(turn: Turn, misses: int) -> Outcome:
    flow, talk = turn.flow, turn.talk
    if turn.state in flow.ends:
        rest = replace(_at_rest(talk), turn=talk.turn + 1, choices=(MENU,))
        return Outcome(rest, tuple(turn.effects), flow.name, ended=turn.state)
    choices = turn.offer or flow.choices(turn.state, turn.draft)
    now = replace(
        talk,
        turn=talk.turn + 1,
        state=turn.state,
        draft=turn.draft,
        choices=choices,
        misses=misses,
    )
    return Outcome(now, tuple(turn.effects), flow.name)


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


def _at_rest(talk: Talk) -> Talk:
    return Talk(turn=talk.turn, lang=talk.lang, run=talk.run)


def _contains(folded: str, phrase: str) -> bool:
    return f" {phrase} " in f" {folded} " and f" khong {phrase} " not in f" {folded} "


def _place(flow: Flow, state: str) -> int:
    order = list(flow.asks)
    return order.index(state) if state in order else len(order)


THIRD = 3
