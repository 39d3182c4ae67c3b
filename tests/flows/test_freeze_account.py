"""The emergency freeze, from wherever people are: what they send, where it leads.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says).
"""

from typing import Any

import pytest
from msgspec.structs import replace

from flows.effects import (
    Freeze,
    GiveConsent,
    HandOver,
    Notice,
    OfferSignIn,
    SendCode,
    VoidCodes,
)
from flows.freeze_account import flow
from flows.model import ON_FILE
from tests.play import USUAL, play, say_to

KHOA = "freeze_account"
ACCOUNT = "0123456789"
VOID = VoidCodes()
SENT = SendCode("proof", "prove_account", ACCOUNT, ON_FILE)
AGREED, REFUSED = GiveConsent(KHOA, granted=True), GiveConsent(KHOA, granted=False)
PROOF = ("[freeze]", ACCOUNT)

ENDS = [
    ((*PROOF, "right code"), "done", (Freeze(ACCOUNT),)),
    ((*PROOF, "[by_email]", "right code"), "done", (Freeze(ACCOUNT),)),
    (("[leave_open]",), "refused", (REFUSED,)),
    (("không",), "refused", (REFUSED,)),
    ((*PROOF, "hủy", "[stop]"), "cancelled", (VOID,)),
    (("[freeze]", f"no more codes: {ACCOUNT}"), "paused", (VOID,)),
    ((*PROOF, "last code"), "locked", (Notice("failed_tries", ACCOUNT),)),
    ((*PROOF, "void code"), "void", ()),
    ((*PROOF, "[person]"), "person", (HandOver("proof"),)),
]

ANSWERS = [
    (("khóa ngay",), "number", ("step.number",), (AGREED,)),
    (("co",), "number", ("step.number",), (AGREED,)),
    (PROOF, "proof", ("step.proof",), (SENT,)),
    (("[freeze]", "DN4790123456789"), "card", ("step.card",), ()),
    ((*PROOF, "wrong code"), "proof", ("error.code_wrong",), ()),
    ((*PROOF, "[password]"), "sign_in", ("step.sign_in",), (OfferSignIn(ACCOUNT),)),
    ((*PROOF, "[back]"), "number", ("step.number",), ()),
]


@pytest.mark.parametrize(("inputs", "end", "effects"), ENDS)
def test_ends(inputs: tuple[str, ...], end: str, effects: tuple[Any, ...]) -> None:
    """Each end says its own text, does what it must, and leads back to the menu."""
    played = play(KHOA, inputs)
    assert (played.ended, played.effects) == (end, effects)
    assert played.keys[0] == f"step.{end}"


@pytest.mark.parametrize(("inputs", "state", "keys", "effects"), ANSWERS)
def test_answers(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...], effects: tuple[Any, ...]
) -> None:
    """An answer moves on to the next question."""
    played = play(KHOA, inputs)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


def test_the_page_freezes_as_well() -> None:
    """Who lost the phone proves the account by its password."""
    played = play(KHOA, (*PROOF, "[password]", "page: proved"))
    assert (played.ended, played.effects) == ("done", (Freeze(ACCOUNT),))


def test_a_proof_of_some_minutes_ago_freezes_at_once() -> None:
    """In an emergency nobody waits for a second code."""
    proved = replace(USUAL, proof=ACCOUNT)
    played = play(KHOA, ("[freeze]", "[keep]"), proved)
    assert (played.ended, played.effects) == ("done", (Freeze(ACCOUNT),))
    assert play(KHOA, ("[freeze]", "0987654321"), proved).at == "proof"


def test_nothing_freezes_without_proof() -> None:
    """Every move that freezes comes from a right code, the page, or a proof that is alive."""
    freezing = [move for move in flow.moves if move.to == "done"]
    ungated = {move.on for move in freezing if move.when is None}
    assert ungated == {"code:right", "web:proved"}
    assert play(KHOA, ("[freeze]", ACCOUNT)).ended == ""


@pytest.mark.parametrize("word", ["KHÓA", "khoa", "khóa tài khoản", "Khóa khẩn cấp!", "lock"])
@pytest.mark.parametrize(
    ("name", "inputs"), [("add_email", ("[yes]",)), ("reissue", ("[book]",)), ("", ("xin chào",))]
)
def test_it_begins_from_anywhere(name: str, inputs: tuple[str, ...], word: str) -> None:
    """The word works at the menu and within any other procedure, which is then kept."""
    played = play(name, (*inputs, word))
    assert (played.talk.flow, played.at) == (KHOA, "confirm")
    assert [left.flow for left in played.talk.parked] == ([name] if name else [])


def test_what_was_left_can_be_taken_up_again() -> None:
    """Whoever does not freeze after all goes on where she was."""
    played = play("reissue", ("[book]", "khóa", "[leave_open]"))
    assert played.ended == "refused"
    say_to(played, "[go_on]")
    assert (played.talk.flow, played.at) == ("reissue", "cause")
