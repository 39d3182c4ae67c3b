"""What an event means to a chat: the first half of every step.

Words become events here: an answer, a button's name or number, a command, a correction, a
question of the citizen's own. It never decides what follows and never keeps anything.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from flows import common
from flows.checks import Got, Refused, looks_like_password, looks_like_question, six_digits
from flows.correcting import Phrases, correction
from flows.free import MORE, YES_NO, Sense, Senses, at_menu, beside, is_said, none
from flows.heard import (
    BESIDE,
    CHANGED,
    CODE,
    COMMANDS,
    CONTROLS,
    CORRECT,
    FORGET,
    LINE,
    LOST,
    QUESTION,
    SECRET,
    UNDO,
    Heard,
)
from flows.machine import Flow
from flows.model import CONTACT, OTHER, PHOTO, STALE, TEXT, Event, Talk, read, start, tap
from flows.quiet import OUTSIDE, while_attended
from flows.reading import answered, contact_answer, read_answer
from flows.scam import PASTED, came_along, passed_on
from flows.table import Ask, AskLine, AskPasted, Choose, Question
from flows.words import Words, contains, states

MORE_SAID = tap("more")


class Ear:
    """Hears for all procedures and the menu, by the words of the text files."""

    def __init__(self, flows: Mapping[str, Flow], phrases: Phrases, sense: Senses = none) -> None:
        """`phrases`: (procedure or "", event) -> the words that mean the event."""
        self._flows = flows
        self._phrases = phrases
        self._named = {owner for owner, event in phrases if owner and event.startswith("cue:")}
        self._sense = sense
        self._commands = COMMANDS | {flow.command: start(flow.name) for flow in flows.values()}
        listed = (start(name) for name, flow in flows.items() if flow.listed)
        others = tuple(start(name) for name, flow in flows.items() if flow.on_second_page)
        self.services = (*others, common.MENU)
        self.menu = (*listed, *((common.SERVICES,) if others else ()), common.PERSON)
        self._controls = {
            word: event for event in reversed(CONTROLS) for word in phrases.get(("", event), ())
        }
        self._begins_with = {
            word: start(flow.name)
            for flow in flows.values()
            for word in phrases.get((flow.name, start(flow.name)), ())
            if "*" not in word
        }
        for flow in flows.values():
            if flow.anywhere:
                words = phrases.get((flow.name, start(flow.name)), ())
                self._controls |= dict.fromkeys(words, start(flow.name))

    def hear(self, talk: Talk, event: Event) -> Heard:
        """What this event means to this chat; the open question is tried before all else."""
        beside = event.kind in (*BESIDE, FORGET)
        if not beside and (heard := while_attended(talk, event)):
            return Heard(*heard)
        flow = running(self._flows, talk)
        if event.kind in BESIDE or (talk.flow and flow is None):
            return Heard(event.kind if event.kind in (*BESIDE, FORGET) else CHANGED, event.text)
        if event.kind != TEXT:
            return _hear_other(flow, talk, event)
        if event.text.startswith("/") and (command := self._command(event.text)):
            question = flow.question(talk.state) if flow else None
            return Heard(*came_along(command, event.text, question, SECRET))
        said = self._hear_text(flow, talk, event)
        # Whoever begins with a command's own words has said in which language, too.
        if talk.turn == 0 and said.kind.startswith("start:") and said.sense is None:
            return replace(said, sense=Sense(lang=self._sense(event.text, "").lang))
        return said

    def _hear_text(self, flow: Flow | None, talk: Talk, event: Event) -> Heard:
        words = Words.of(event.text)
        if words.undo_code:
            return Heard(UNDO, words.undo_code)
        # "Dừng?" is answered before "dừng" is taken for the wish to stop.
        if common.STOP in talk.choices and (choice := self._choice(talk, words)):
            return Heard(choice)
        control = self._controls.get(words.typed) or self._controls.get(words.folded)
        if control and control != start(talk.flow):
            return Heard(control)
        return self._hear_in(flow, talk, event, words) if flow else self._at_menu(talk, event)

    def _hear_message(self, talk: Talk, event: Event, words: Words) -> Heard:
        if choice := self._choice(talk, words):
            return Heard(choice)
        return Heard(SECRET if looks_like_password(event.text) else common.LEFT)

    def _hear_in(self, flow: Flow, talk: Talk, event: Event, words: Words) -> Heard:
        question = flow.question(talk.state)
        answer = read_answer(question, event.text)
        heard = self._mended(flow, talk, event, words, named=True)
        heard = heard or self._as_answer(talk, event, words, question, answer)
        return heard or self._as_words(flow, talk, event, words, answer)

    def _as_answer(
        self,
        talk: Talk,
        event: Event,
        words: Words,
        question: Question | None,
        answer: Got | Refused | None,
    ) -> Heard | None:
        loose = isinstance(question, Ask | AskPasted) and question.reader.loose
        # Nearly everything is an answer to some, so there a button's own words come first.
        if loose and (choice := self._choice(talk, words) or self._begins_with.get(words.folded)):
            return Heard(choice)
        if question is None or not isinstance(answer, Got):
            return None
        if not isinstance(question, AskLine):
            return answered(question, answer, fresh=event.fresh)
        return Heard(LINE, answer.value) if 0 < int(answer.value) < talk.first else None

    def _as_words(
        self, flow: Flow, talk: Talk, event: Event, words: Words, answer: Got | Refused | None
    ) -> Heard:
        if choice := self._choice(talk, words) or self._option(flow, talk, words):
            return Heard(choice)
        if begun := self._begins_with.get(words.folded):
            return Heard(begun)
        if looks_like_password(event.text):
            return Heard(SECRET)
        if mended := self._mended(flow, talk, event, words, named=False):
            return mended
        if is_said(event.text, refused=answer is not None):
            sense = self._sense(event.text, talk.flow)
            if kind := beside(talk, sense):
                return Heard(kind, sense=sense)
        if looks_like_question(event.text):
            return Heard(QUESTION)
        return Heard(read("bad"), refusal=answer) if isinstance(answer, Refused) else Heard(LOST)

    def _at_menu(self, talk: Talk, event: Event) -> Heard:
        words = Words.of(event.text)
        if talk.person and talk.person.writing:
            return self._hear_message(talk, event, words)
        # "No" goes on only where it answers whether to stop.
        on = (common.GO_ON,) if talk.parked and words.folded != "khong" else ()
        if choice := self._choice(talk, words) or self._match((*self.menu, *on), "", words):
            return Heard(choice)
        if begun := self._begins_with.get(words.typed) or self._begins_with.get(words.folded):
            return Heard(begun)
        return self._as_said(event, words)

    def _as_said(self, event: Event, words: Words) -> Heard:
        if passed_on(event.text, fresh=event.fresh):
            return Heard(PASTED, event.text)
        if looks_like_password(event.text):
            return Heard(SECRET)
        if isinstance(six_digits(event.text), Got):
            return Heard(CODE)
        if is_said(event.text):
            sense = self._sense(event.text, "")
            if kind := at_menu(sense):
                return Heard(kind, sense=sense)
        for name in (flow.name for flow in self._flows.values() if not flow.anywhere):
            if any(contains(words.folded, it) for it in self._phrases[(name, start(name))]):
                return Heard(start(name))
        return Heard(LOST)

    def _choice(self, talk: Talk, words: Words) -> str | None:
        """The button of the last bubble that these words (or its number) stand for."""
        folded = words.folded
        number, _, label = folded.partition(" ")
        at = int(number) - talk.first if len(number) <= 2 and number.isdigit() else -1
        if 0 <= at < len(talk.choices):
            choice = talk.choices[at]
            # "1", or a whole label as a reply keyboard sends it: "1. Giữ 09xx xxx 567".
            if not label or self._begins(choice, talk.flow, label):
                return choice
        return self._match(talk.choices, talk.flow, words)

    def _option(self, flow: Flow, talk: Talk, words: Words) -> str | None:
        """The only answer of a choice that stands in a sentence, unless it ends the procedure."""
        question = flow.question(talk.state)
        if not isinstance(question, Choose) or not question.keep:
            return None
        taps = (it for it in talk.choices if it.startswith(tap("")) and it not in YES_NO)
        stated = {it: at for it in taps if (at := states(words.folded, self._said(flow.name, it)))}
        found = [it for it in map(tap, question.options) if it in stated]
        if len(found) != 1:
            return None
        # "tài khoản của con" is the longer name of another button, not "tài khoản".
        own = stated[found[0]]
        longer = (it for it, at in stated.items() if len(at) > len(own) and {*at} & {*own})
        meant = next(longer, found[0])
        ends = any(move.to in flow.ends for move in flow.rows.get((talk.state, meant), ()))
        return None if ends else meant

    def _said(self, flow: str, event: str) -> frozenset[str]:
        return self._phrases.get((flow, event), frozenset()) | self._phrases.get(
            ("", event), frozenset()
        )

    def _begins(self, choice: str, flow: str, label: str) -> bool:
        known = self._said(flow, choice)
        return any(label.split(maxsplit=1)[0] == phrase.split()[0] for phrase in known)

    def _match(self, events: tuple[str, ...], flow: str, words: Words) -> str | None:
        for event in events:
            named = MORE_SAID if event.startswith(MORE) else event
            for owner in (flow, ""):
                if not self._phrases.get((owner, named), frozenset()).isdisjoint(words):
                    return event
        return None

    def _command(self, text: str) -> str | None:
        word, _, payload = text[1:].split("@", 1)[0].partition(" ")
        return self._commands.get(payload.strip()) or self._commands.get(word.lower())

    def _mended(
        self, flow: Flow, talk: Talk, event: Event, words: Words, *, named: bool
    ) -> Heard | None:
        if named and flow.name not in self._named:
            return None
        found = correction(flow, talk, event.text, words.folded, self._phrases, named=named)
        return Heard(CORRECT, found[1], at=found[0]) if found else None


def running(flows: Mapping[str, Flow], talk: Talk) -> Flow | None:
    """The procedure this chat is in, if this version of it still knows the state."""
    flow = flows.get(talk.flow)
    known = flow is not None and flow.version == talk.version and flow.knows(talk.state)
    return flow if known else None


def _hear_other(flow: Flow | None, talk: Talk, event: Event) -> Heard:
    if event.kind == CONTACT:
        return contact_answer(flow, talk, event)
    if event.kind == PHOTO and flow and (talk.state, PHOTO) in flow.rows:
        return Heard(PHOTO, event.text)
    if event.kind in talk.choices or event.kind.startswith(OUTSIDE):
        return Heard(event.kind, event.text if event.kind.startswith("file:") else "")
    return Heard(OTHER if event.kind in (OTHER, PHOTO) else STALE)
