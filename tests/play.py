"""Talk to a procedure in words a support officer could read; nothing is sent or kept.

"0123456789"                    typed text
"[yes]"                         a tap on the button of the last bubble (it must be there)
"right code", "wrong code"      six digits, and what the check would say of them
"right old code"                the code of this slot, where several are waited for
"right picture"                 four digits, and what the human check would say of them
"(sticker)", "(old button)"     what is neither text nor an answer
"(photo)"                       a picture
"(own phone +84901234567)"      the sender's own number, shared by the platform
"(forwarded 123456)"            text that somebody else wrote
"page: proved", "file: kept", "clock: forget"   what comes from elsewhere
"after 3 days: …", "too soon: …", "sent elsewhere: …", "no more codes: …", "limits near: …",
"lapsed: …" (what was proved before has expired), "just changed: …" (a contact of the account),
"known undo: …"                 circumstances, as many as are true

What was proved is remembered as the bot would: a right code of the run until it is sent anew or
made void, a proof of account until another event says "lapsed". What else is true (requests, the
policy of the human check) stands in the facts that are handed in.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, cast, get_args

import pytest
from msgspec.structs import replace

import flows
from bot.official import Official
from bot.wording import Wording
from bot.wording_checks import LANGS
from flows.dialogue import Dialogue, Heard, Outcome
from flows.effects import Effect, Say, SendCode, VoidCodes
from flows.hearing import running
from flows.machine import Flow
from flows.model import (
    CONTACT,
    OTHER,
    PHOTO,
    STALE,
    TEXT,
    Allowance,
    CheckCode,
    CheckHuman,
    CodeCheck,
    Event,
    Facts,
    Judged,
    LookUp,
    MaySend,
    OnFile,
    Talk,
    Want,
    start,
)
from flows.scam import judge
from flows.table import codes_of

CODE, PICTURE = "123456", "1234"
LISTED = Official().listed("1900 9068", "")
Result = Literal["right", "wrong", "spent", "expired", "old", "void"]
RESULTS: tuple[Result, ...] = get_args(Result)
CIRCUMSTANCES: Mapping[str, dict[str, Any]] = {
    "after 3 days: ": {"resumed": True},
    "too soon: ": {"sending": Allowance(granted=False, soon=True, alive=True)},
    "sent elsewhere: ": {"sending": Allowance(granted=False, soon=True)},
    "no more codes: ": {"sending": Allowance(granted=False)},
    "limits near: ": {"sending": Allowance(granted=True, near=True)},
    "lapsed: ": {"proof": "", "held": frozenset()},
    "just changed: ": {"cooling": True},
    "known undo: ": {"undo": True},
}
USUAL = Facts(
    sending=Allowance(granted=True), on_file=OnFile(phone=True, email=True), owner="same"
)
DIGITS = re.compile(
    rf"right(?: (?P<slot>\w+))? code|(?P<result>last|{'|'.join(RESULTS[1:])}) code"
)
ELSEWHERE = re.compile(r"(page|file|clock|staff): (\w+)")
ROOMS = {"page": "web"}


@dataclass
class Played:
    """A conversation and what came of it.

    right: by run, the slots of the codes that were right and have not expired.
    """

    dialogue: Dialogue
    talk: Talk = field(default_factory=Talk)
    outcome: Outcome | None = None
    bubbles: list[tuple[str, ...]] = field(default_factory=list)
    right: dict[int, frozenset[str]] = field(default_factory=dict)

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

    @property
    def parked(self) -> list[str]:
        """The procedures that were left for this one, the latest last."""
        return [left.flow for left in self.talk.parked]


def play(
    flow_name: str, inputs: Iterable[str], facts: Facts = USUAL, dialogue: Dialogue | None = None
) -> Played:
    """Have this conversation; an empty `flow_name` begins before the first contact."""
    played = Played(dialogue or house())
    if flow_name:
        # Also one that the menu does not list.
        played.talk = Talk(turn=1, choices=(*played.dialogue.menu, start(flow_name)))
        _happen(played, Event(start(flow_name)), facts)
    for line in inputs:
        say_to(played, line, facts)
    return played


def say_to(played: Played, line: str, facts: Facts = USUAL) -> None:
    """One more thing the citizen does, or that happens."""
    talk = played.talk
    if talk.proof and not facts.proof:
        facts = replace(facts, proof=talk.proof.account)
    facts = replace(facts, held=facts.held | played.right.get(talk.run, frozenset()))
    while said := next((said for said in CIRCUMSTANCES if line.startswith(said)), None):
        line = line.removeprefix(said)
        facts = replace(facts, **CIRCUMSTANCES[said])
    checked = _checked(line, played)
    if checked and checked.result == "right":
        facts = replace(facts, held=facts.held | {checked.slot})
    human = line == "right picture" if line.endswith(" picture") else facts.human
    _happen(played, event_of(line, talk), replace(facts, code=checked or facts.code, human=human))


def event_of(line: str, talk: Talk) -> Event:
    """What a channel would make of it."""
    if DIGITS.fullmatch(line):
        return Event(TEXT, CODE)
    if line in ("right picture", "wrong picture"):
        return Event(TEXT, PICTURE)
    if tapped := re.fullmatch(r"\[(\w+)\]", line):
        return Event(_offered(tapped[1], talk))
    if forwarded := re.fullmatch(r"\(forwarded (.+)\)", line):
        return Event(TEXT, forwarded[1], fresh=False)
    if shared := re.fullmatch(r"\(own phone (.+)\)", line):
        return Event(CONTACT, shared[1])
    if came := ELSEWHERE.fullmatch(line):
        # Of all that comes from elsewhere only a kept photo brings its reference along.
        text = "a-ref" if came[0] == "file: kept" else ""
        return Event(f"{ROOMS.get(came[1], came[1])}:{came[2]}", text)
    things = {
        "(sticker)": Event(OTHER),
        "(old button)": Event(STALE),
        "(photo)": Event(PHOTO, "file-id"),
    }
    return things.get(line) or Event(TEXT, line)


def known(dialogue: Dialogue, talk: Talk, heard: Heard, facts: Facts) -> Facts:
    """The facts a turn would have: nothing is known that was not asked for."""
    wants = dialogue.wants(talk, heard)
    kinds = {type(want) for want in wants}
    looks = {want.what for want in wants if isinstance(want, LookUp)}
    code = facts.code if CheckCode in kinds else None
    return replace(
        facts,
        code=code,
        human=facts.human if CheckHuman in kinds else None,
        sending=facts.sending if _sends(wants, code) else None,
        on_file=facts.on_file if _proves(dialogue, talk, heard, facts, code) else None,
        owner=facts.owner if "owner" in looks else "",
        cooling=facts.cooling and "cooling" in looks,
        dossiers=facts.dossiers if "dossiers" in looks else (),
        undo=facts.undo and "undo" in looks,
        consents=facts.consents if "my_data" in looks else (),
        judged=_judged(wants),
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


def _happen(played: Played, event: Event, facts: Facts) -> None:
    dialogue, talk = played.dialogue, played.talk
    heard = dialogue.hear(talk, event)
    told = known(dialogue, talk, heard, facts)
    played.outcome = dialogue.step(talk, heard, told)
    played.talk = played.outcome.talk
    played.bubbles.append(tuple(say.key for say in played.says))
    right = told.held if told.code else played.right.get(talk.run, frozenset())
    for effect in played.outcome.effects:
        right = right - {effect.slot} if isinstance(effect, SendCode) else right
        right = frozenset() if isinstance(effect, VoidCodes) else right
    played.right[talk.run] = right


def _judged(wants: Iterable[Want]) -> Judged | None:
    """What the bot would say of a message, by the list it has by itself."""
    named = (each.name for each in wants if isinstance(each, LookUp) and each.what == "pasted")
    text = next(named, "")
    return judge(text, LISTED) if text else None


def _checked(line: str, played: Played) -> CodeCheck | None:
    """What the check says of these digits; whose they are, if they are right."""
    said = DIGITS.fullmatch(line)
    if said is None:
        return None
    if said["result"]:
        result = "spent" if said["result"] == "last" else said["result"]
        return CodeCheck(cast("Result", result))
    flow = running(played.dialogue.flows, played.talk)
    waited = [code.slot for code in codes_of(flow.question(played.talk.state))] if flow else []
    if said["slot"] and said["slot"] not in waited:
        pytest.fail(f"{played.at} waits for {waited}, not for {said['slot']!r}")
    return CodeCheck("right", said["slot"] or next(iter(waited), ""))


def _sends(wants: Iterable[Want], code: CodeCheck | None) -> bool:
    """Whether a code might leave now: never in the place of one that is still good."""
    asked = any(isinstance(want, MaySend) for want in wants)
    return asked and (code is None or code.result == "expired")


def _proves(
    dialogue: Dialogue, talk: Talk, heard: Heard, facts: Facts, code: CodeCheck | None
) -> bool:
    """Whether this event belongs to a proved account, whose contacts may then be looked at."""
    flow, draft = running(dialogue.flows, talk), dialogue.draft_after(talk, heard)
    asked = flow.codes.get(code.slot) if flow and code else None
    return (
        (asked is not None and asked.on_file)
        or heard.kind.startswith("web:")
        or bool(facts.proof and facts.proof == getattr(draft, "account", ""))
    )


def _offered(name: str, talk: Talk) -> str:
    for event in (f"tap:{name}", start(name)):
        if event in talk.choices:
            return event
    return pytest.fail(f"the last bubble offers {talk.choices}, not [{name}]")


class _AnyHole(dict[str, Any]):
    """Fills whatever hole a text has."""

    def __missing__(self, hole: str) -> str:
        return hole
