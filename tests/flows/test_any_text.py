"""Whatever is typed, wherever: nothing raises, nothing is lost, nobody is led away (F06).

An answer is read as an answer before it is searched for a command. Texts come from hypothesis:
any character there is, nothing at all, as much as a message can hold, and the product's own words
in front of, inside and behind other words.
"""

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows import checks, common, heard
from flows.checks import fold
from flows.model import (
    TEXT,
    Allowance,
    CheckCode,
    CheckHuman,
    CodeCheck,
    Event,
    Facts,
    MaySend,
    start,
)
from flows.table import Ask, Choose
from flows.words import Words
from tests.flows.laws import LAWS
from tests.flows.walking import TODAY, Step, Walk, World
from tests.play import house, procedures, wording

EXAMPLES = 250
LONGEST_MESSAGE = 4096
FACTS = (
    Facts(sending=Allowance(granted=True), code=CodeCheck("wrong"), human=False, at=TODAY),
    Facts(
        sending=Allowance(granted=False, soon=True), code=CodeCheck("old"), human=True, at=TODAY
    ),
)


class Skim(Walk):
    """A walk that goes on from a question once for each button that may have led to it."""

    def _is_new(self, world: World) -> bool:
        flow, draft = procedures()[self.name], world.talk.draft
        chosen = [each.keep for each in flow.asks.values() if isinstance(each, Choose)]
        chosen += [each for each in ("sent", "photos") if hasattr(draft, each)]
        pressed = {(world.talk.state, each, getattr(draft, each)) for each in chosen}
        pressed |= {(world.talk.state, "", world.talk.choices)}
        new = not pressed <= self._values
        self._values |= pressed
        return new


@cache
def worlds(name: str) -> tuple[World, ...]:
    """Every open question of a procedure, with answers given on the way to it."""
    walk = Skim(name)
    for _ in walk.steps():
        pass
    return tuple(world for world in walk.came if world.talk.flow)


@cache
def phrases() -> tuple[str, ...]:
    """Every word that means something somewhere."""
    return tuple(sorted({word for words in wording().phrases().values() for word in words}))


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)
KNOWN = st.deferred(lambda: st.sampled_from(phrases()))
AROUND = st.sampled_from(
    ["", " ", "\n", "Nguyễn ", "tôi ", ".", "@gmail.com", " 0912345678 ", "*"]
)
DIGITS = st.text("0123456789 .-+@", max_size=30)
COMMANDS = st.sampled_from(["/", "/start ", "/huy", "/khoa ", "KHÔNG ", "nhầm, ", "mk: "])
LONG = st.builds(
    lambda text: (text * LONGEST_MESSAGE)[:LONGEST_MESSAGE], st.one_of(ANYTHING, KNOWN, DIGITS)
)
TEXTS = st.one_of(
    ANYTHING,
    DIGITS,
    LONG,
    KNOWN,
    st.builds(str.__add__, COMMANDS, st.one_of(ANYTHING, KNOWN, DIGITS)),
    st.builds(lambda *parts: "".join(parts), ANYTHING, KNOWN, ANYTHING),
    st.builds(lambda *parts: "".join(parts), AROUND, KNOWN, AROUND),
    st.builds(lambda word, around: (word + around).upper(), KNOWN, AROUND),
)


def steps(world: World, text: str, *, fresh: bool = True) -> Iterator[Step]:
    """What comes of a text."""
    dialogue, talk, event = house(), world.talk, Event(TEXT, text, fresh=fresh)
    heard = dialogue.hear(talk, event)
    wants = {type(want) for want in dialogue.wants(talk, heard)}
    draft = dialogue.draft_after(talk, heard) or talk.draft
    for known in FACTS:
        facts = replace(
            known,
            code=known.code if CheckCode in wants else None,
            human=known.human if CheckHuman in wants else None,
            sending=known.sending if MaySend in wants and CheckCode not in wants else None,
        )
        yield Step(world, event, heard, facts, draft, dialogue.step(talk, heard, facts), once=True)


def is_command(world: World, text: str) -> bool:
    """Whether a text is nothing but words that mean something, a button's number, or a command."""
    words = Words.of(text)
    number = words.folded.partition(" ")[0]
    chosen = number.isdigit() and 0 <= int(number[:3]) - world.talk.first < len(world.talk.choices)
    known = not {words.typed, words.folded}.isdisjoint(phrases())
    return known or chosen or text.startswith("/") or bool(words.undo_code)


@pytest.mark.parametrize("name", procedures())
def test_there_is_a_world_for_every_question(name: str) -> None:
    """The texts are tried at every state of every procedure that waits for something."""
    flow = procedures()[name]
    open_ = {state.value for state in flow.states if state not in flow.ends}
    assert {world.talk.state for world in worlds(name)} == open_


@pytest.mark.parametrize("name", procedures())
@settings(max_examples=EXAMPLES)
@given(data=st.data(), text=TEXTS, fresh=st.booleans())
def test_no_text_does_harm(name: str, data: st.DataObject, text: str, *, fresh: bool) -> None:
    """Nothing raises, every law holds, and only a command or an answer leads anywhere."""
    world = data.draw(st.sampled_from(worlds(name)))
    for step in steps(world, text, fresh=fresh):
        for law in LAWS:
            assert not law(step), law.__name__
        outcome = step.outcome
        answered = step.heard.kind.startswith("read:") and not step.heard.refusal
        if outcome.talk.flow != name or outcome.ended:
            assert answered or is_command(world, text), (step.heard, outcome.ended)
        led = answered or _chosen(world, step) or is_command(world, text)
        if outcome.talk.flow == name and not led:
            _stays(step)


def _chosen(world: World, step: Step) -> bool:
    """A choice whose words stand in the text is answered; that alone never ends a procedure."""
    question = procedures()[world.talk.flow].question(world.talk.state)
    option = step.heard.kind.removeprefix("tap:")
    return isinstance(question, Choose) and bool(question.keep) and option in question.options


def _stays(step: Step) -> None:
    """What is neither an answer nor a command leaves the chat where it was, answers and all."""
    human = step.heard.kind == heard.HUMAN
    mended = step.heard.kind in (heard.CORRECT, heard.LINE)
    if human or mended:
        return
    before, after = step.world.talk, step.outcome.talk
    assert (after.state, after.draft) == (before.state, before.draft), step.heard


@pytest.mark.parametrize("name", procedures())
@settings(max_examples=EXAMPLES)
@given(data=st.data(), word=KNOWN)
def test_a_command_inside_an_answer_is_part_of_it(
    name: str, data: st.DataObject, word: str
) -> None:
    """A name or an e-mail with "hủy" in it is a name or an e-mail, wherever one is asked for."""
    asking = [world for world in worlds(name) if _text_with(world, "an")]
    if not asking:
        return
    world = data.draw(st.sampled_from(asking))
    text = _text_with(world, word)
    for step in steps(world, text):
        assert step.heard.kind == "read:ok", text
        assert step.outcome.talk.flow == name or step.outcome.ended


def _text_with(world: World, word: str) -> str:
    """An answer with this word in it, where a name or an e-mail is asked for."""
    letters = "".join(sign for sign in fold(word) if sign.isalpha() and sign.isascii()) or "huy"
    question = procedures()[world.talk.flow].question(world.talk.state)
    if not isinstance(question, Ask):
        return ""
    if question.reader in (checks.full_name, checks.short_words):
        return f"Nguyễn {letters[:7].title()} An"
    if question.reader in (checks.contact, checks.new_email):
        return f"{letters[:40]}@baohiem.vn"
    return ""


@pytest.mark.parametrize("name", procedures())
def test_a_bare_command_is_a_command(name: str) -> None:
    """At every question "hủy" alone asks whether to leave, unless nothing is lost by leaving."""
    for world in worlds(name):
        if common.STOP in world.talk.choices:
            continue
        for word in ("hủy", "Hủy.", "/huy"):
            for step in steps(world, word):
                assert step.outcome.ended == "left" or step.keys[-1] == "leave", word
        for step in steps(world, "/khoa"):
            assert step.heard.kind == start("freeze_account")
