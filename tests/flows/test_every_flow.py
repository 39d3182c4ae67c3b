"""Every table there is, and forgot_password walked through completely: each state, input, fact.

A world is where a chat stands and what exists outside of it: a code on its way, a proof,
an open page. The walk knows which facts are possible in a world, and no others.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from flows import common
from flows.dialogue import Dialogue, Heard, Outcome
from flows.effects import (
    IssuePassword,
    Protected,
    Say,
    SendCode,
    SendPasswordLink,
    SetPassword,
    ShowPicture,
    VoidCodes,
)
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
    code,
)
from flows.table import Ask, Turn
from tests.play import Result, labelled, play, procedures, spoken, wording

QUESTIONS = ("step.", "again.", "leave", "menu", "welcome")
MENDS = ("error.", "resent", "second.", "third_miss", "picture_words")
RESULTS: tuple[Result, ...] = ("wrong", "spent", "expired", "old", "void")
RIGHT = CodeCheck("right")
ANSWERS = (
    "0123456789",
    "079 091 234 567",
    "DN 4 79 01 2345 6789",
    "0912.345.678",
    "A@B.vn",
    "123456",
    "482 913",
    "1234",
)
NO_ANSWERS = (
    "",
    "\u200f\u200b",
    "12345",
    "12345678901",
    "091234567",
    "01234567890",
    "02437899999",
    "+14155550132",
    "0912345678 hoặc 0987654321",
    "@gmail.com",
    "a@b.vn, c@d.vn",
    "\u0661\u0662\u0663\u0664\u0665\u0666",
    "123456 hay 654321",
    "\N{GRINNING FACE}",
    "x" * 301,
    "cháu không biết gì cả",
)
ASIDES = (
    "bao lâu thì xong?",
    "MatKhau@2026x",
    "mật khẩu của tôi là: hoa123",
    "nhầm, email là a@b.vn",
    "nhầm, căn cước là 079091234567",
    "nhầm, thẻ là DN4790123456789",
    "/start",
    "/start forgot_password",
    "/huy",
    "/canbo",
    "/english",
    "/khong_co",
)


@cache
def house() -> Dialogue:
    """The one procedure that is walked through, with its own words."""
    alone = {"forgot_password": procedures()["forgot_password"]}
    return Dialogue(alone, wording().phrases())


class World(NamedTuple):
    """Where a chat stands, and what exists outside of it."""

    talk: Talk
    sent: tuple[str, str] | None = None  # account and contact of the code that is alive
    proved: tuple[str, str] | None = None  # the same, of the last right code
    page: bool = False  # a one-time page may be open


class Step(NamedTuple):
    """One thing that can happen in a world."""

    world: World
    event: Event
    heard: Heard
    facts: Facts
    outcome: Outcome

    def __str__(self) -> str:
        words = repr(self.event.text[:40]) if self.event.text else self.event.kind
        told = [self.facts.code, self.facts.sending, self.facts.human]
        facts = [fact for fact in told if fact is not None]
        to = self.outcome.ended or self.outcome.talk.state or "menu"
        return f"{self.world.talk.state or 'menu'}: {words} {facts} -> {to}"


@dataclass
class Walk:
    """Every world that can be reached, each step once, and how each was first reached."""

    steps: list[Step] = field(default_factory=list)
    came: dict[World, Step | None] = field(default_factory=dict)

    def path(self, step: Step) -> str:
        """What to do to see this step, one line each."""
        lines, last = [str(step)], self.came[step.world]
        while last is not None:
            lines.append(str(last))
            last = self.came[last.world]
        return "\n".join(reversed(lines))

    @property
    def states(self) -> set[tuple[str, str]]:
        """Every (procedure, state) that was reached, ends included."""
        ends = {(step.outcome.flow, step.outcome.ended) for step in self.steps}
        return {(world.talk.flow, world.talk.state) for world in self.came} | ends


@cache
def walk(*, right: bool) -> Walk:
    """Everywhere citizens can get; `right`: they may have typed the right code."""
    walked = Walk(came={World(Talk()): None})
    todo = deque(walked.came)
    while todo:
        world = todo.popleft()
        for step in _steps(world, right=right):
            walked.steps.append(step)
            after = _after(step)
            if after not in walked.came:
                walked.came[after] = step
                todo.append(after)
    return walked


def _steps(world: World, *, right: bool) -> Iterator[Step]:
    dialogue, talk, seen = house(), world.talk, set()
    for event in _events(world):
        heard = dialogue.hear(talk, event)
        mark = (heard.kind, heard.value, heard.at, heard.refusal and heard.refusal.key)
        if mark in seen:
            continue
        seen.add(mark)
        for facts in _facts(world, heard, right=right):
            yield Step(world, event, heard, facts, dialogue.step(talk, heard, facts))


def _events(world: World) -> Iterator[Event]:
    yield from (Event(choice) for choice in world.talk.choices)
    yield from (Event(kind) for kind in _forged() if not kind.startswith("web:") or world.page)
    for text in (*ANSWERS, *NO_ANSWERS, *ASIDES, *_words(), *"12345"):
        yield Event(TEXT, text)
    yield Event(TEXT, "123456", fresh=False)
    yield from (Event(CONTACT, phone) for phone in ("+84912345678", "+14155550132"))
    yield from (Event(kind) for kind in (OTHER, STALE, "clock:forget"))


@cache
def _forged() -> tuple[str, ...]:
    """Every event name of every table, as if a channel could be made to raise it."""
    names = {on for flow in house().flows.values() for _, on in flow.rows}
    return (*sorted(names), "typed:code", "typed:human", "changed", "lang:en")


@cache
def _words() -> tuple[str, ...]:
    """One phrase for every event that has words."""
    own = ("", "forgot_password")
    return tuple(min(words) for at, words in wording().phrases().items() if at[0] in own)


def _facts(world: World, heard: Heard, *, right: bool) -> Iterator[Facts]:
    wants = house().wants(world.talk, heard)
    kinds: dict[type[Any], Any] = {type(want): want for want in wants}
    codes: list[CodeCheck | None] = [None]
    if CheckCode in kinds:
        codes = [CodeCheck(result) for result in RESULTS] if world.sent else [CodeCheck("void")]
        codes += [RIGHT] if world.sent and right else []
    sending: list[Allowance | None] = [None]
    if MaySend in kinds:
        sending = [Allowance(granted=True), Allowance(granted=True, near=True)]
        sending.append(Allowance(granted=False))
        # Another chat may have asked for a code to the same contact at any moment.
        sending.append(Allowance(granted=False, soon=True))
        # Whoever says "alive" may have looked at the address alone.
        if world.sent and world.sent[1] == kinds[MaySend].contact:
            sending.append(Allowance(granted=False, soon=True, alive=True))
    humans = (True, False) if CheckHuman in kinds else (None,)
    proof = RIGHT in codes or heard.kind.startswith("web:")
    for check, allowed, person in product(codes, sending, humans):
        usual = Facts(code=check, sending=allowed, human=person)
        yield usual
        yield replace(usual, resumed=True)
        if allowed:
            yield replace(usual, human_policy="always")
            yield replace(usual, human_policy="near")
        if proof:
            for email in (True, False):
                yield replace(usual, on_file=OnFile(phone=True, email=email))
            yield replace(usual, password_by="link")


def _after(step: Step) -> World:
    world, outcome = step.world, step.outcome
    sent, proved, page = world.sent, world.proved, world.page
    if step.facts.code == RIGHT:
        sent, proved = None, world.sent
    elif step.facts.code and step.facts.code.result in ("spent", "void"):
        sent = None
    for effect in outcome.effects:
        if isinstance(effect, VoidCodes):
            sent = None
        if isinstance(effect, SendCode):
            sent = (effect.account, effect.contact)
        page = page or isinstance(effect, SendPasswordLink)
    if not outcome.talk.flow and not outcome.talk.parked:
        sent, proved, page = None, None, False
    talk = outcome.talk
    misses = min(talk.misses, 3) if talk.state in ("consent", "number") else 0
    return World(replace(talk, turn=1, run=1, lang="vi", misses=misses), sent, proved, page)


def test_nothing_opens_without_the_right_code() -> None:
    """Whatever else people do, nothing is done to an account before the right code."""
    walked = walk(right=False)
    for step in walked.steps:
        asked = [effect for effect in step.outcome.effects if isinstance(effect, Protected)]
        assert not asked, f"{asked} without a code:\n{walked.path(step)}"
    for name, flow in house().flows.items():
        reached = {state for at, state in walked.states if at == name}
        assert not reached & _behind_code(flow), f"{name}: reached without a code"
        assert reached - {""} == {state.value for state in flow.states} - _behind_code(flow)


def test_a_right_code_opens_only_what_it_was_sent_for() -> None:
    """A code proves the account and the contact it was asked with, and no other pair."""
    walked, opened = walk(right=True), set()
    for step in walked.steps:
        proved = step.world.sent if step.facts.code == RIGHT else step.world.proved
        for effect in step.outcome.effects:
            if isinstance(effect, Protected):
                opened.add(type(effect))
                assert proved, f"{effect} without a code:\n{walked.path(step)}"
                contact = getattr(effect, "contact", proved[1])
                assert (effect.account, contact) == proved, walked.path(step)
    assert opened == {IssuePassword, SetPassword, SendPasswordLink}, "it must come this far"


def test_a_page_event_counts_only_behind_the_code() -> None:
    """Where no right code was typed, an event of the one-time page moves nothing."""
    for world in walk(right=False).came:
        heard = house().hear(world.talk, Event("web:chosen"))
        outcome = house().step(world.talk, heard, Facts())
        assert not [each for each in outcome.effects if isinstance(each, Protected)], world


def test_forged_events_are_old_buttons() -> None:
    """A kind that the last bubble did not offer is heard as an old button, wherever it is."""
    for world in walk(right=True).came:
        for kind in _forged():
            if kind not in world.talk.choices and not kind.startswith("web:"):
                heard = house().hear(world.talk, Event(kind))
                assert heard.kind in (STALE, "changed"), (world, kind)


def test_every_state_is_reached() -> None:
    """There is a conversation that leads to each state of each procedure."""
    reached = walk(right=True).states
    for name, flow in house().flows.items():
        assert {(name, state.value) for state in flow.states} <= reached


def test_what_is_said_is_written() -> None:
    """Every text and every label that can come up exists in both languages."""
    for flow, key in _said():
        assert spoken(wording(), flow, key)
    for step in walk(right=True).steps:
        for choice in step.outcome.talk.choices:
            assert labelled(wording(), step.outcome.talk.flow or step.outcome.flow, choice)


def test_every_bubble_ends_with_a_question_or_an_end() -> None:
    """Nobody is left wondering what to do now."""
    walked = walk(right=True)
    for step in walked.steps:
        if step.outcome.ended or step.heard.kind == "clock:forget":
            continue
        last = _keys(step.outcome)[-1]
        asks = last.startswith(QUESTIONS) or last in ("person_at_menu", "changed")
        open_ = step.outcome.talk.flow and last.startswith(MENDS)
        assert asks or open_, f"ends with {last}:\n{walked.path(step)}"


def test_a_bubble_asks_one_thing_once() -> None:
    """Two questions in one bubble get half an answer."""
    walked = walk(right=True)
    for step in walked.steps:
        keys = _keys(step.outcome)
        asked = [key for key in keys if key.startswith(QUESTIONS)]
        assert len(asked) <= 1, f"asks {asked}:\n{walked.path(step)}"
        assert len(keys) == len(set(keys)), f"repeats itself {keys}:\n{walked.path(step)}"


def test_there_is_always_a_way_out() -> None:
    """From every open question people can stop, ask for a person, and see what to press."""
    for world in walk(right=True).came:
        talk = world.talk
        if not talk.flow:
            continue
        flow = procedures()[talk.flow]
        assert talk.state not in flow.ends
        assert talk.choices, world
        for event in (common.CANCEL, common.STOP, common.PERSON):
            assert (talk.state, event) in flow.rows, (world, event)


def test_answers_survive_everything_but_better_answers() -> None:
    """What does not answer the question loses nothing that was already given."""
    walked = walk(right=True)
    for step in walked.steps:
        before, after = step.world.talk, step.outcome.talk
        if not (before.flow and after.flow):
            continue
        for name in before.draft.__dataclass_fields__:
            kept = getattr(after.draft, name)
            assert kept in (getattr(before.draft, name), step.heard.value), walked.path(step)
            assert kept or not getattr(before.draft, name), walked.path(step)


def test_who_must_wait_stays_and_loses_nothing() -> None:
    """A contact that has just got a code gets none now; the question stays open, as it was."""
    walked, waited = walk(right=True), set()
    for step in walked.steps:
        sending = step.facts.sending
        if not (sending and sending.soon and not sending.alive):
            continue
        assert not [each for each in step.outcome.effects if isinstance(each, SendCode)]
        assert step.outcome.ended != "paused", walked.path(step)
        if any("wait" in key for key in _keys(step.outcome)):
            assert not step.outcome.ended, walked.path(step)
            assert step.heard.at or step.outcome.talk.state == step.world.talk.state
            waited.add((step.world.talk.state, step.heard.kind))
    asked = {("contact", "read:ok"), ("contact", "tap:keep"), ("code", "tap:resend")}
    assert asked <= waited
    assert {state for state, _ in waited} >= {"contact", "human", "code", "page"}


def test_a_refused_answer_is_not_repeated() -> None:
    """An error never echoes what was typed: it may be somebody's number."""
    for step in walk(right=True).steps:
        if refusal := step.heard.refusal:
            assert all(len(value) <= 4 for value in refusal.holes.values())


def test_readers_of_a_procedure_fit_its_draft() -> None:
    """Every question keeps its answer where the draft has room for it, empty at first."""
    for flow in procedures().values():
        for question in flow.asks.values():
            if isinstance(question, Ask):
                assert getattr(flow.draft(), question.keep) == ""


@pytest.mark.parametrize("name", procedures())
def test_a_procedure_is_found_by_its_name_command_and_number(name: str) -> None:
    """The words, the command, the number and the button of the menu begin it."""
    listed = [flow.name for flow in procedures().values() if flow.listed]
    number = [str(listed.index(name) + 1)] if name in listed else []
    command = procedures()[name].command
    label = wording().label(name, "vi", f"start:{name}", {})
    for line in (label, label.upper(), f"/{command}", f"/start {command}", *number):
        played = play("", ["xin chào", line])
        assert played.outcome
        assert name in (played.talk.flow, played.outcome.flow), line


def _behind_code(flow: Flow) -> set[str]:
    """The states to which the table has no way except through the right code."""
    reached, todo = {flow.start.value}, [flow.start.value]
    rows: Mapping[tuple[str, str], Any] = flow.rows
    while todo:
        here = todo.pop()
        for (at, on), moves in rows.items():
            if at == here and on != code("right"):
                new = {move.to.value for move in moves if move.to} - reached
                reached |= new
                todo.extend(new)
    return {state.value for state in flow.states} - reached


@cache
def _said() -> frozenset[tuple[str, str]]:
    steps = [step.outcome for step in walk(right=True).steps]
    return frozenset((outcome.flow, key) for outcome in steps for key in _keys(outcome))


def _keys(outcome: Outcome) -> list[str]:
    """What a bubble says; the words of a picture are said by whoever carries that out."""
    keys = [effect.key for effect in outcome.effects if isinstance(effect, Say)]
    in_words = any(isinstance(each, ShowPicture) and each.in_words for each in outcome.effects)
    return [*keys, "picture_words"] if in_words else keys


@pytest.mark.parametrize("name", procedures())
def test_what_is_protected_stands_behind_a_proof(name: str) -> None:
    """In every table only a right code, or the one-time page, leads to what changes an account."""
    flow = procedures()[name]
    for (state, on), moves in flow.rows.items():
        if on == code("right") or on.startswith("web:") or state in _behind_code(flow):
            continue
        for move in moves:
            turn = Turn(flow, Talk(state=state, draft=flow.draft()), on, Facts())
            for act in move.do:
                act(turn)
            asked = [effect for effect in turn.effects if isinstance(effect, Protected)]
            assert not asked, f"{name}: {state} on {on}: {asked}"
