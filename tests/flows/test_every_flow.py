"""Every procedure there is, walked through completely (`tests/flows/walking.py`).

Every state and end is reached, no step raises, every text that is said is written and every
text that is written is said. Nothing behind a code opens without just that code: this is the
search that shows that no input of a chat alone changes a phone. The procedure for a lost phone
has a search of its own besides (`test_lost_phone.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from bot.wording_checks import OUTSIDE_THE_CHAT
from flows.dialogue import Dialogue
from flows.effects import (
    CancelAccount,
    ChangeContact,
    ClaimPhone,
    EraseData,
    ExportData,
    Freeze,
    IssuePassword,
    MoveDossier,
    OpenDossier,
    Protected,
    Say,
    SendPasswordLink,
    SetPassword,
)
from flows.free import BEYOND, THANKS, Sense
from flows.heard import OFF, Heard
from flows.machine import Flow
from flows.model import Event, Facts, Talk, code, start
from flows.quiet import LAPSE, MENU, NOTE, REPLY, RETURN, TAKE
from flows.rating import RATES
from flows.table import Ask, Choose, Turn
from tests.flows.laws import LAWS
from tests.flows.walking import Walk
from tests.play import house, labelled, play, procedures, spoken, wording

# The walks are remembered by the process that made them, so one process runs all of these.
# Whoever asks for a procedure first walks it; the last test asks for all.
pytestmark = [pytest.mark.xdist_group("walk"), pytest.mark.timeout(300)]


@dataclass
class Seen:
    """What a walk has come by. said: the procedure whose texts they are, and the key."""

    states: set[str] = field(default_factory=set)
    said: set[tuple[str, str]] = field(default_factory=set)
    offered: set[tuple[str, str]] = field(default_factory=set)
    did: set[type] = field(default_factory=set)
    steps: int = 0


@cache
def walked(name: str) -> Seen:
    """One procedure, walked through; every step obeys every law."""
    walk, seen = Walk(name), Seen()
    for step in walk.steps():
        for law in LAWS:
            broken = law(step)
            assert not broken, f"{law.__name__} {broken}:\n{walk.path(step)}"
        outcome, talk = step.outcome, step.outcome.talk
        seen.steps += 1
        seen.states.add(outcome.ended if outcome.flow == name else "")
        seen.states.add(talk.state if talk.flow == name else "")
        seen.said |= {(outcome.flow, key) for key in step.keys}
        seen.offered |= {(talk.flow or outcome.flow, choice) for choice in talk.choices}
        seen.did |= {type(effect) for effect in outcome.effects}
    return seen


# --- the walks -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", procedures())
def test_every_step_obeys_every_law(name: str) -> None:
    """There is a conversation that leads to each state, and none that does what it must not."""
    flow, seen = procedures()[name], walked(name)
    assert {state.value for state in flow.states} <= seen.states
    missing = [each for each in seen.said if not spoken(wording(), *each)]
    assert not missing
    unnamed = [each for each in seen.offered if not labelled(wording(), *each)]
    assert not unnamed


OPENED: Mapping[str, set[type]] = {
    "forgot_password": {IssuePassword, SendPasswordLink, SetPassword},
    "add_email": {ChangeContact},
    "change_phone": {ChangeContact},
    "claim_phone": {ClaimPhone},
    "reissue": set(),
    "lost_phone": set(),
    "my_dossiers": set(),
    "freeze_account": set(),
    "scam_check": set(),
    "cancel_account": {CancelAccount},
    "my_data": {ExportData, EraseData},
    "register_account": set(),
    "transfer_pension": set(),
    "change_payment": set(),
}


@pytest.mark.parametrize("name", procedures())
def test_what_a_procedure_opens(name: str) -> None:
    """It comes as far as what it is for, and opens nothing else."""
    opened = {kind for kind in walked(name).did if issubclass(kind, Protected)}
    assert opened == OPENED.get(name, set())
    asks = walked(name).did & {OpenDossier, MoveDossier, Freeze}
    needs: Mapping[str, type] = {
        "reissue": OpenDossier,
        "lost_phone": OpenDossier,
        "freeze_account": Freeze,
        "transfer_pension": OpenDossier,
        "change_payment": OpenDossier,
        "register_account": OpenDossier,
    }
    assert asks == ({needs[name]} if name in needs else asks & {MoveDossier})


def test_what_is_written_is_said() -> None:
    """Every text of a bubble comes up somewhere; nobody keeps dead sentences."""
    said: set[tuple[str, str]] = set().union(*(walked(name).said for name in procedures()))
    said |= _menu_says()
    keys = {key for _, key in said}
    for name in ("common", *procedures()):
        written = {key for key in wording()._texts[(name, "vi")] if not key.startswith(ELSEWHERE)}
        mine = keys if name == "common" else {key for flow, key in said if flow == name}
        extra = set(procedures()[name].extra) if name != "common" else set()
        assert written - mine - _refusals() - extra == set(), name


@pytest.mark.parametrize("name", procedures())
def test_readers_of_a_procedure_fit_its_draft(name: str) -> None:
    """Every question keeps its answer where the draft has room for it, empty at first."""
    flow = procedures()[name]
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


# --- what is said at the menu, and what is said elsewhere -------------------------------------

# Letters, labels and parts of lists, each with a test of its own; refusals of readers that take
# a corpus of their own to bring about (`test_checks_email.py`, `test_checks_phone.py`).
ELSEWHERE = (*OUTSIDE_THE_CHAT, "on_file.", "reason.", "queue_")


@cache
def _free_says() -> frozenset[str]:
    """What is said to free texts; `tests/flows/test_free.py` says when."""
    begun = start("add_email")
    senses = {
        "aaa": Sense((begun,), sure=True, also=(start("reissue"),), for_other=True),
        "bbb": Sense((begun, start("reissue"))),
        "ccc": Sense(("guide:fee",), sure=True),
        "ddd": Sense((BEYOND,), sure=True),
        "eee": Sense((THANKS,), sure=True),
    }
    talked = Dialogue(procedures(), wording().phrases(), lambda text, _: senses.get(text, Sense()))
    talks = (
        ("xin chào", "bbb"),
        ("ccc", "xem thêm"),
        ("ddd",),
        ("eee",),
        ("aaa",),
        ("/quenmatkhau", "bbb"),
    )
    played = [play("", lines, dialogue=talked) for lines in talks]
    said = frozenset(key for each in played for bubble in each.bubbles for key in bubble)
    return said | {"services"}  # `tests/flows/test_free.py` turns that page


def _menu_says() -> frozenset[tuple[str, str]]:
    """What is said outside of any procedure."""
    talks = (
        ("xin chào", "(old button)", "(sticker)", "123456", "MatKhau@2026x", "asdf", "english"),
        ("gặp cán bộ", "gặp cán bộ", "KHÔNG A7K2M9B4C3", "known undo: KHÔNG A7K2M9B4"),
        ("quên mật khẩu", "làm sau", "/themmail", "hủy", "[stop]", "[drop]"),
        ("/quenmatkhau", "/themmail", "/doisdt", "/caplai", "/matsim"),
    )
    said = set()
    for lines in talks:
        said |= {("", key) for bubble in play("", lines).bubbles for key in bubble}
    said |= {("", key) for key in _free_says()}
    waits = play("", ("gặp cán bộ", "[message]", "gọi lại cho tôi"))
    said |= {("", key) for bubble in waits.bubbles for key in bubble}
    for kind in (TAKE, NOTE, REPLY, RETURN, *RATES[:1], TAKE, MENU, TAKE, LAPSE):
        heard = house().hear(waits.talk, Event(kind, "an\nChào ông"))
        outcome = house().step(waits.talk, heard, Facts(officer=True))
        waits.talk = outcome.talk
        said |= {("", it.key) for it in outcome.effects if isinstance(it, Say)}
    for switch in ("flow:scam_check", "channel:telegram"):
        outcome = house().step(Talk(), Heard(OFF, switch), Facts())
        said |= {("", it.key) for it in outcome.effects if isinstance(it, Say)}
    gone = Talk(turn=1, flow="gone", state="gone")
    outcome = house().step(gone, house().hear(gone, Event("text", "1")), Facts())
    return frozenset(said | {("", it.key) for it in outcome.effects if isinstance(it, Say)})


@cache
def _refusals() -> frozenset[str]:
    questions = [asked for flow in procedures().values() for asked in flow.asks.values()]
    readers = [asked.reader for asked in questions if not isinstance(asked, Choose)]
    return frozenset(key for reader in readers for key in reader.says)
