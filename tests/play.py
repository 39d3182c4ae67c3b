"""Talk to a procedure in words a support officer could read; nothing is sent or kept.

"0123456789"                    typed text
"[yes]"                         a tap on the button of the last bubble (it must be there)
"right code", "wrong code"      six digits, and what the check would say of them
"right picture"                 four digits, and what the human check would say of them
"(sticker)", "(old button)"     what is neither text nor an answer
"(own phone +84901234567)"      the sender's own number, shared by the platform
"(forwarded 123456)"            text that somebody else wrote
"page: chosen", "clock: forget" what comes from elsewhere
"after 3 days: …", "too soon: …", "sent elsewhere: …", "no more codes: …", "limits near: …"
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_args

import pytest
from msgspec.structs import replace

import flows
from bot.wording import Wording
from bot.wording_checks import LANGS
from flows.dialogue import Dialogue, Heard, Outcome
from flows.effects import Effect, Say
from flows.machine import Flow
from flows.model import (
    CONTACT,
    OTHER,
    STALE,
    TEXT,
    Allowance,
    CheckCode,
    CheckHuman,
    CodeCheck,
    Event,
    Facts,
    MaySend,
    OnFile,
    Talk,
    Want,
    start,
)

CODE, PICTURE = "123456", "1234"
Result = Literal["right", "wrong", "spent", "expired", "old", "void"]
CODES: Mapping[str, Result] = {f"{result} code": result for result in get_args(Result)}
CODES = {**CODES, "last code": "spent"}
CIRCUMSTANCES = {
    "after 3 days: ": Facts(resumed=True),
    "too soon: ": Facts(sending=Allowance(granted=False, soon=True, alive=True)),
    "sent elsewhere: ": Facts(sending=Allowance(granted=False, soon=True)),
    "no more codes: ": Facts(sending=Allowance(granted=False)),
    "limits near: ": Facts(sending=Allowance(granted=True, near=True)),
}
USUAL = Facts(sending=Allowance(granted=True), on_file=OnFile(phone=True, email=True))


@dataclass
class Played:
    """A conversation and what came of it."""

    dialogue: Dialogue
    talk: Talk = field(default_factory=Talk)
    outcome: Outcome | None = None
    bubbles: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def at(self) -> str:
        """The end the procedure came to, or the state in which it waits."""
        return (self.outcome.ended if self.outcome else "") or self.talk.state

    @property
    def ended(self) -> str:
        """The end the procedure came to with the last event, if it did."""
        return self.outcome.ended if self.outcome else ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What the last bubble says, by the keys of the text files."""
        return self.bubbles[-1]

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What the last event asked for, besides talk."""
        effects = self.outcome.effects if self.outcome else ()
        return tuple(effect for effect in effects if not isinstance(effect, Say))

    @property
    def says(self) -> tuple[Say, ...]:
        """What the last bubble says, with its holes."""
        effects = self.outcome.effects if self.outcome else ()
        return tuple(effect for effect in effects if isinstance(effect, Say))


def play(
    flow_name: str, inputs: Iterable[str], facts: Facts = USUAL, dialogue: Dialogue | None = None
) -> Played:
    """Have this conversation; an empty `flow_name` begins before the first contact."""
    played = Played(dialogue or house())
    if flow_name:
        played.talk = Talk(turn=1, choices=played.dialogue.menu)
        _happen(played, Event(start(flow_name)), facts)
    for line in inputs:
        say_to(played, line, facts)
    return played


def say_to(played: Played, line: str, facts: Facts = USUAL) -> None:
    """One more thing the citizen does."""
    for circumstance, change in CIRCUMSTANCES.items():
        if line.startswith(circumstance):
            line = line.removeprefix(circumstance)
            facts = replace(facts, resumed=change.resumed, sending=change.sending or facts.sending)
    if line in CODES:
        facts = replace(facts, code=CodeCheck(CODES[line]))
    if line.endswith(" picture"):
        facts = replace(facts, human=line == "right picture")
    _happen(played, event_of(line, played.talk), facts)


def event_of(line: str, talk: Talk) -> Event:
    """What a channel would make of it."""
    if line in CODES or line in ("right picture", "wrong picture"):
        return Event(TEXT, CODE if line in CODES else PICTURE)
    if tapped := re.fullmatch(r"\[(\w+)\]", line):
        return Event(_offered(tapped[1], talk))
    if forwarded := re.fullmatch(r"\(forwarded (.+)\)", line):
        return Event(TEXT, forwarded[1], fresh=False)
    if shared := re.fullmatch(r"\(own phone (.+)\)", line):
        return Event(CONTACT, shared[1])
    elsewhere = {"(sticker)": OTHER, "(old button)": STALE}
    elsewhere |= {"page: chosen": "web:chosen", "clock: forget": "clock:forget"}
    return Event(elsewhere[line]) if line in elsewhere else Event(TEXT, line)


def known(wants: Iterable[Want], facts: Facts) -> Facts:
    """The facts a turn would have: nothing is known that was not asked for."""
    kinds = {type(want) for want in wants}
    return replace(
        facts,
        code=facts.code if CheckCode in kinds else None,
        human=facts.human if CheckHuman in kinds else None,
        sending=facts.sending if MaySend in kinds else None,
    )


@cache
def procedures() -> Mapping[str, Flow]:
    """Every procedure of the product."""
    return flows.discover()


@cache
def wording() -> Wording:
    """Every text of the product."""
    return Wording(procedures())


@cache
def house() -> Dialogue:
    """The dialogue of the product, with its own words."""
    return Dialogue(procedures(), wording().phrases())


def spoken(words: Wording, flow: str, key: str) -> bool:
    """Whether a text exists in every language."""
    holes = _AnyHole()
    return all(words.text(flow, lang, key, holes) for lang in LANGS)


def labelled(words: Wording, flow: str, event: str) -> bool:
    """Whether a button has a label in every language."""
    return all(words.label(flow, lang, event, _AnyHole()) for lang in LANGS)


def _happen(played: Played, event: Event, facts: Facts) -> Heard:
    dialogue, talk = played.dialogue, played.talk
    heard = dialogue.hear(talk, event)
    played.outcome = dialogue.step(talk, heard, known(dialogue.wants(talk, heard), facts))
    played.talk = played.outcome.talk
    played.bubbles.append(tuple(say.key for say in played.says))
    return heard


def _offered(name: str, talk: Talk) -> str:
    for event in (f"tap:{name}", start(name)):
        if event in talk.choices:
            return event
    return pytest.fail(f"the last bubble offers {talk.choices}, not [{name}]")


class _AnyHole(dict[str, Any]):
    """Fills whatever hole a text has."""

    def __missing__(self, hole: str) -> str:
        return hole
