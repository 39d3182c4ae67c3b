"""One's own data: what is told, what is given out or erased, and what it takes.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says).
"""

from typing import Any

import pytest
from msgspec.structs import replace

from flows.effects import (
    EraseData,
    ExportData,
    GiveConsent,
    HandOver,
    Notice,
    SendCode,
    ShowData,
    VoidCodes,
)
from flows.model import ON_FILE, ON_FILE_EMAIL, Event, Parked
from flows.my_data import NAME
from tests.play import USUAL, house, play

ACCOUNT = "0123456789"
VOID, SHOWN = VoidCodes(), ShowData(ACCOUNT)
FAILED = Notice("failed_tries", ACCOUNT)
AGREED, REFUSED = GiveConsent(NAME, granted=True), GiveConsent(NAME, granted=False)
TOLD = ("[yes]", ACCOUNT, "right code")
ERASE = (*TOLD, "[erase]", "[erase_all]")
EXPORT = (*TOLD, "[export]")
TWO = replace(USUAL, consents=("add_email", "reissue"))

Effects = tuple[Any, ...]


def sent(slot: str, to: str = ON_FILE) -> SendCode:
    """A code of this slot on its way."""
    purpose = "erase_data" if slot.startswith("erase") else "export_data"
    return SendCode(slot, purpose, ACCOUNT, to)


def refusal(purpose: str) -> GiveConsent:
    """A consent that is withdrawn."""
    return GiveConsent(purpose, granted=False)


ENDS = [
    ((*EXPORT, "right code"), "exported", (ExportData(ACCOUNT, "export"),)),
    (
        (*EXPORT, "[by_email]", "right code"),
        "exported",
        (ExportData(ACCOUNT, "export_mail"),),
    ),
    ((*ERASE, "right code"), "erased", (EraseData(ACCOUNT, "erase"),)),
    ((*ERASE, "[by_email]", "right code"), "erased", (EraseData(ACCOUNT, "erase_mail"),)),
    ((*TOLD, "[done]"), "left", ()),
    (("[no]",), "refused", (REFUSED,)),
    ((*ERASE, "hủy", "[stop]"), "cancelled", (VOID,)),
    ((*TOLD, "no more codes: [export]"), "paused", (VOID,)),
    ((*ERASE, "last code"), "locked", (FAILED,)),
    ((*EXPORT, "void code"), "void", ()),
    ((*TOLD, "[person]"), "person", (HandOver("told"),)),
]

ANSWERS = [
    (("[yes]",), "number", ("step.number",), (AGREED,)),
    (TOLD, "told", ("step.told",), (VOID, SHOWN)),
    ((*TOLD, "[correct]"), "told", ("tell.correct", "again.told"), ()),
    ((*TOLD, "[withdraw]"), "told", ("tell.no_consent", "again.told"), ()),
    (EXPORT, "export", ("step.export",), (sent("export"),)),
    (
        (*EXPORT, "[by_email]"),
        "export_mail",
        ("step.export_mail",),
        (sent("export_mail", ON_FILE_EMAIL),),
    ),
    ((*TOLD, "[erase]"), "erase", ("step.erase",), ()),
    (ERASE, "erase_code", ("step.erase_code",), (sent("erase"),)),
    ((*ERASE, "wrong code"), "erase_code", ("error.code_wrong",), ()),
    ((*ERASE, "[back]"), "erase", ("step.erase",), (VOID,)),
    ((*EXPORT, "[back]"), "told", ("step.told",), (VOID,)),
    ((*TOLD, "[erase]", "[back]"), "told", ("step.told",), ()),
    ((*TOLD, "sent elsewhere: [export]"), "told", ("error.wait_data",), ()),
]

WITHDRAWN = [
    (("[withdraw]",), "agreed", ("consent_given", "step.agreed"), ()),
    (
        ("[withdraw]", "[take_back]"),
        "agreed",
        ("withdrawn", "consent_given", "again.agreed"),
        (refusal("add_email"),),
    ),
    (
        ("[withdraw]", "[take_back]", "[take_back]"),
        "told",
        ("withdrawn", "step.told"),
        (refusal("reissue"),),
    ),
    (("[withdraw]", "[next]"), "agreed", ("consent_given", "again.agreed"), ()),
    (("[withdraw]", "[next]", "[next]"), "told", ("step.told",), ()),
    (
        ("[withdraw]", "[next]", "[take_back]"),
        "told",
        ("withdrawn", "step.told"),
        (refusal("reissue"),),
    ),
    (("[withdraw]", "[back]"), "told", ("step.told",), ()),
]


@pytest.mark.parametrize(("inputs", "end", "effects"), ENDS)
def test_ends(inputs: tuple[str, ...], end: str, effects: Effects) -> None:
    """Each end says its own text, does what it must, and nothing else."""
    played = play(NAME, inputs)
    assert (played.ended, played.effects) == (end, effects)
    assert played.keys[0] == f"step.{end}"


@pytest.mark.parametrize(("inputs", "state", "keys", "effects"), ANSWERS)
def test_answers(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...], effects: Effects
) -> None:
    """An answer moves on to the next question that is needed."""
    played = play(NAME, inputs)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


@pytest.mark.parametrize(("inputs", "state", "keys", "effects"), WITHDRAWN)
def test_consents_are_looked_at_one_by_one(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...], effects: Effects
) -> None:
    """Each can be withdrawn or kept; after the last one the list of what to do is back."""
    played = play(NAME, (*TOLD, *inputs), TWO)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


def test_the_shown_consent_is_named() -> None:
    """It is always told what was agreed to."""
    played = play(NAME, (*TOLD, "[withdraw]", "[next]"), TWO)
    assert played.says[0].holes == {"procedure": "reissue"}


def test_what_was_left_does_not_go_on_without_its_consent() -> None:
    """A procedure that was left is dropped with its consent; others stay."""
    played = play(NAME, (*TOLD, "[withdraw]"), TWO)
    left = tuple(Parked(name, 1, "number", 1, None) for name in ("add_email", "reissue"))
    talk = replace(played.talk, parked=left)
    heard = house().hear(talk, Event("tap:take_back"))
    after = house().step(talk, heard, TWO).talk
    assert [each.flow for each in after.parked] == ["reissue"]


def test_who_was_proved_a_moment_ago_is_told_at_once() -> None:
    """The account is not asked for again; a copy and the erasing still take a fresh code."""
    proved = replace(USUAL, proof=ACCOUNT)
    played = play(NAME, ("[yes]",), proved)
    assert (played.at, played.effects) == ("told", (AGREED, SHOWN))
    played = play(NAME, ("[yes]", "[export]"), proved)
    assert (played.at, played.effects) == ("export", (sent("export"),))
