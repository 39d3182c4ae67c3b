"""Look-ups: what people send, where it leads, and that nothing is shown before the proof.

Each table holds (what the citizen does, where it ends or waits, what is done).
"""

from typing import Any

import pytest
from msgspec.structs import replace

from flows.effects import (
    RECORDS,
    GiveConsent,
    HandOver,
    Notice,
    OfferSignIn,
    SendCode,
    ShowRecord,
    VoidCodes,
)
from flows.model import ON_FILE
from tests.play import USUAL, play, procedures

LOOK_UPS = {"lookup_card": "card", "lookup_history": "history", "my_agency": "agency"}
ACCOUNT, VOID = "0123456789", VoidCodes()
SENT = SendCode("proof", "prove_account", ACCOUNT, ON_FILE)
PROOF = ("đồng ý", ACCOUNT)

SHOWS = [
    (*PROOF, "right code"),
    (*PROOF, "[by_email]", "right code"),
    (*PROOF, "[password]", "page: proved"),
    ("[yes]", "DN4790123456789", "[yes]", "right code"),
    ("[yes]", "012345", ACCOUNT, "wrong code", "right code"),
]
ENDS = [
    (("không",), "refused", None),
    ((*PROOF, "hủy", "dừng"), "cancelled", (VOID,)),
    (("đồng ý", f"no more codes: {ACCOUNT}"), "paused", (VOID,)),
    ((*PROOF, "last code"), "locked", (Notice("failed_tries", ACCOUNT),)),
    ((*PROOF, "void code"), "void", ()),
    ((*PROOF, "[person]"), "person", (HandOver("proof"),)),
    (PROOF, "proof", (SENT,)),
    ((*PROOF, "[password]"), "sign_in", (OfferSignIn(ACCOUNT),)),
    ((*PROOF, "[back]"), "number", ()),
]


def test_every_record_has_a_look_up() -> None:
    """Nothing can be looked up that nobody can ask for."""
    assert set(LOOK_UPS.values()) == RECORDS.keys()


@pytest.mark.parametrize("name", LOOK_UPS)
@pytest.mark.parametrize("inputs", SHOWS)
def test_what_is_proved_is_shown(name: str, inputs: tuple[str, ...]) -> None:
    """Whatever the proof, the record comes with the last answer, and the procedure ends."""
    played = play(name, inputs)
    assert (played.ended, played.effects) == ("shown", (ShowRecord(ACCOUNT, LOOK_UPS[name]),))


@pytest.mark.parametrize("name", LOOK_UPS)
@pytest.mark.parametrize(("inputs", "at", "effects"), ENDS)
def test_ends(name: str, inputs: tuple[str, ...], at: str, effects: Any) -> None:  # noqa: ANN401
    """Every other way ends or waits without showing anything."""
    played = play(name, inputs)
    assert played.at == at
    refused = (GiveConsent(name, granted=False),)
    assert played.effects == (refused if effects is None else effects)


@pytest.mark.parametrize("name", LOOK_UPS)
def test_once_proved_the_next_one_asks_nothing(name: str) -> None:
    """A proof of some minutes ago is enough, for the account that was proved."""
    proved = replace(USUAL, proof=ACCOUNT)
    agreed = GiveConsent(name, granted=True)
    played = play(name, ("đồng ý",), proved)
    assert played.effects == (agreed, ShowRecord(ACCOUNT, LOOK_UPS[name]))
    assert play(name, ("lapsed: đồng ý",), proved).at == "number"


@pytest.mark.parametrize("name", LOOK_UPS)
def test_nothing_is_shown_without_proof(name: str) -> None:
    """Every move that shows something is behind a code, the page, or a proof that is alive."""
    shows = [move for move in procedures()[name].moves if move.to == "shown"]
    assert {move.on for move in shows if move.when is None} == {"code:right", "web:proved"}
