"""What an event means to a chat: the first half of every step.

Words become events here: an answer, a button's name or number, a command, a correction, a
question of the citizen's own. It never decides what follows and never keeps anything.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from flows import common
from flows.checks import (
    LONGEST,
    Got,
    Refused,
    fold,
    looks_like_password,
    looks_like_question,
    six_digits,
    visible,
)
from flows.machine import Flow
from flows.model import CONTACT, OTHER, STALE, TEXT, Event, Talk, read, start
from flows.table import Ask, AskCode, AskHuman

CODE, HUMAN, CORRECT, SECRET = "typed:code", "typed:human", "typed:correction", "typed:secret"
QUESTION, LOST, CHANGED, FORWARDED = "typed:question", "typed:lost", "changed", "typed:forwarded"
LANGUAGES = {"lang:vi": "vi", "lang:en": "en"}
FORGET = "clock:forget"
# Who else may raise an event of a table; all others must have been offered by the last bubble.
OUTSIDE = ("web:", "clock:", "staff:")

# Words that are never an answer, so they are tried even before the open question.
CONTROLS = (
    common.CANCEL,
    common.BACK,
    common.PERSON,
    common.RESEND,
    common.MENU,
    *LANGUAGES,
)

Phrases = Mapping[tuple[str, str], frozenset[str]]


class Words(NamedTuple):
    """A text as typed and without diacritics: "dừng" (stop) and "đúng" (right) fold alike."""

    typed: str
    folded: str

    @classmethod
    def of(cls, text: str) -> "Words":
        """The words of `text`; of a very long one only the beginning."""
        short = visible(text[:LONGEST])
        return cls(unicodedata.normalize("NFC", short).lower().strip(" .!?,…"), fold(short))


class Heard(msgspec.Struct, frozen=True):
    """What an event means here. `at`: the earlier state that a correction answers."""

    kind: str
    value: str = ""
    refusal: Refused | None = None
    at: str = ""


class Ear:
    """Hears for all procedures and the menu, by the words of the text files."""

    def __init__(self, flows: Mapping[str, Flow], phrases: Phrases) -> None:
        """`phrases`: (procedure or "", event) -> the words that mean the event."""
        self._flows = flows
        self._phrases = phrases
        self._commands = {"start": common.MENU, "menu": common.MENU, "help": common.MENU}
        self._commands |= {"huy": common.CANCEL, "canbo": common.PERSON}
        self._commands |= {"english": "lang:en", "tiengviet": "lang:vi"}
        self._commands |= {flow.command: start(flow.name) for flow in flows.values()}
        self.menu = (*(start(name) for name in flows), common.PERSON)
        self._controls = {
            word: event for event in reversed(CONTROLS) for word in phrases.get(("", event), ())
        }

    def hear(self, talk: Talk, event: Event) -> Heard:
        """What this event means to this chat; the open question is tried before all else."""
        flow = running(self._flows, talk)
        if talk.flow and flow is None:
            return Heard(FORGET if event.kind == FORGET else CHANGED)
        if event.kind == CONTACT:
            return _hear_contact(flow, talk, event)
        if event.kind != TEXT:
            known = event.kind in talk.choices or event.kind.startswith(OUTSIDE)
            return Heard(event.kind if known or event.kind == OTHER else STALE)
        if event.text.startswith("/") and (command := self._command(event.text)):
            return Heard(command)
        words = Words.of(event.text)
        # "Dừng?" is answered before "dừng" is taken for the wish to stop.
        if common.STOP in talk.choices and (choice := self._choice(talk, words)):
            return Heard(choice)
        if control := self._controls.get(words.typed) or self._controls.get(words.folded):
            return Heard(control)
        return self._hear_in(flow, talk, event, words) if flow else self._at_menu(talk, event)

    def _hear_in(self, flow: Flow, talk: Talk, event: Event, words: Words) -> Heard:
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

    def _at_menu(self, talk: Talk, event: Event) -> Heard:
        words = Words.of(event.text)
        if choice := self._choice(talk, words) or self._match(self.menu, "", words):
            return Heard(choice)
        if looks_like_password(event.text):
            return Heard(SECRET)
        for name in self._flows:
            known = self._phrases[(name, start(name))]
            if any(contains(words.folded, phrase) for phrase in known):
                return Heard(start(name))
        return Heard(CODE if isinstance(six_digits(event.text), Got) else LOST)

    def _choice(self, talk: Talk, words: Words) -> str | None:
        """The button of the last bubble that these words (or its number) stand for."""
        folded = words.folded
        number, _, label = folded.partition(" ")
        if len(number) == 1 and number.isdigit() and 0 < int(number) <= len(talk.choices):
            choice = talk.choices[int(number) - 1]
            # "1", or a whole label as a reply keyboard sends it: "1. Giữ 09xx xxx 567".
            if not label or self._begins(choice, talk.flow, label):
                return choice
        return self._match(talk.choices, talk.flow, words)

    def _begins(self, choice: str, flow: str, label: str) -> bool:
        known = self._phrases.get((flow, choice), frozenset()) | self._phrases.get(
            ("", choice), frozenset()
        )
        return any(label.split(maxsplit=1)[0] == phrase.split()[0] for phrase in known)

    def _match(self, events: tuple[str, ...], flow: str, words: Words) -> str | None:
        for event in events:
            for owner in (flow, ""):
                meaning = self._phrases.get((owner, event))
                if meaning and not meaning.isdisjoint(words):
                    return event
        return None

    def _command(self, text: str) -> str | None:
        word, _, payload = text[1:].split("@", 1)[0].partition(" ")
        return self._commands.get(payload.strip()) or self._commands.get(word.lower())

    def _correction(self, flow: Flow, talk: Talk, text: str, folded: str) -> Heard | None:
        """An earlier answer given anew: "nhầm, email là b@x.vn"."""
        if talk.state not in flow.asks:
            return None  # past the questions: what was proved stays as it was
        if not any(contains(folded, cue) for cue in self._phrases[("", "cue:correct")]):
            return None
        for state, question in reversed(_asked_before(flow, talk.state)):
            if isinstance(question, Ask) and getattr(talk.draft, question.keep):
                answer = question.reader(text)
                if isinstance(answer, Got):
                    return Heard(CORRECT, answer.value, at=f"{state} {answer.outcome}")
        return None


def running(flows: Mapping[str, Flow], talk: Talk) -> Flow | None:
    """The procedure this chat is in, if this version of it still knows the state."""
    flow = flows.get(talk.flow)
    known = flow is not None and flow.version == talk.version and flow.knows(talk.state)
    return flow if known else None


def contains(folded: str, phrase: str) -> bool:
    """Whether whole words stand in a text, and not after a "no"; * is up to three words."""
    if "*" not in phrase:
        return f" {phrase} " in f" {folded} " and f" khong {phrase} " not in f" {folded} "
    first, last = phrase.split(" * ")
    return bool(re.search(rf"(?<!khong )\b{first}(?: \w+){{0,3}} {last}\b", folded))


def _hear_contact(flow: Flow | None, talk: Talk, event: Event) -> Heard:
    question = flow.question(talk.state) if flow else None
    if not (isinstance(question, Ask) and question.share_phone):
        return Heard(OTHER)
    answer = question.reader(event.text)
    if isinstance(answer, Refused):
        return Heard(read("bad"), refusal=answer)
    return Heard(read(answer.outcome), answer.value)


def _answered(question: Ask | AskCode | AskHuman, answer: Got, *, fresh: bool) -> Heard:
    if isinstance(question, AskCode):
        return Heard(CODE, answer.value) if fresh else Heard(FORWARDED)
    if isinstance(question, AskHuman):
        return Heard(HUMAN, answer.value)
    return Heard(read(answer.outcome), answer.value)


def _asked_before(flow: Flow, state: str) -> list[tuple[str, Ask | AskCode | AskHuman]]:
    order = list(flow.asks.items())
    return order[: list(flow.asks).index(state)]
