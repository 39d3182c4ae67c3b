"""Closing one's account, as people ask for it: what is offered first, what closes it.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says).
"""

from typing import Any

import pytest
from msgspec.structs import replace

from flows.cancel_account import ADVISED
from flows.effects import (
    CancelAccount,
    EraseMessage,
    GiveConsent,
    HandOver,
    Notice,
    SendCode,
    ShowPicture,
    VoidCodes,
)
from flows.model import ON_FILE, ON_FILE_EMAIL
from tests.play import USUAL, play

P = "cancel_account"
ACCOUNT = "0123456789"
VOID = VoidCodes()
FAILED = Notice("failed_tries", ACCOUNT)
AGREED, REFUSED = GiveConsent(P, granted=True), GiveConsent(P, granted=False)
NAMED = ("[yes]", ACCOUNT)
UNUSED = ("[unused]", *NAMED)
OTHER = ("[other]", "tôi ra nước ngoài ở")
CODE = (*UNUSED, "[close_account]")

Effects = tuple[Any, ...]


def sent(slot: str, to: str = ON_FILE) -> SendCode:
    """A code of this slot on its way."""
    return SendCode(slot, P, ACCOUNT, to)


def closed(why: str = "unused", words: str = "", slot: str = "close") -> CancelAccount:
    """What closes the account."""
    return CancelAccount(ACCOUNT, why, words, slot)


ENDS = [
    ((*CODE, "right code"), "done", (closed(),)),
    ((*UNUSED, "đồng ý", "right code"), "done", (closed(),)),
    ((*CODE, "[by_email]", "right code"), "done", (closed(slot="close_mail"),)),
    (
        (*OTHER, *NAMED, "[close_account]", "right code"),
        "done",
        (closed("other", "tôi ra nước ngoài ở"),),
    ),
    (
        ("[lost]", "[anyway]", *NAMED, "[close_account]", "right code"),
        "done",
        (closed("lost"),),
    ),
    ((*CODE, "just changed: right code"), "cooling", ()),
    ((*CODE, "[by_email]", "just changed: right code"), "cooling", ()),
    (("[unused]", "[no]"), "refused", (REFUSED,)),
    ((*CODE, "hủy", "[stop]"), "cancelled", (VOID,)),
    ((*UNUSED, "no more codes: [close_account]"), "paused", (VOID,)),
    ((*CODE, "last code"), "locked", (FAILED,)),
    ((*CODE, "void code"), "void", ()),
    (("[person]",), "person", (HandOver("why"),)),
]

ANSWERS = [
    (("[unused]",), "consent", ("step.consent",), ()),
    (("không dùng nữa",), "consent", ("step.consent",), ()),
    (("bị hack",), "advice", ("advice.misused", "step.advice"), ()),
    (("[other]",), "reason", ("step.reason",), ()),
    (OTHER, "consent", ("step.consent",), ()),
    (("[lost]",), "advice", ("advice.lost", "step.advice"), ()),
    (("[new_number]", "[anyway]"), "consent", ("step.consent",), ()),
    (("[forgot]", "[back]"), "why", ("step.why",), ()),
    (("[unused]", "[yes]"), "number", ("step.number",), (AGREED,)),
    (("[unused]", "[yes]", "DN4790123456789"), "card", ("step.card",), ()),
    (("[unused]", "[yes]", "DN4790123456789", "[yes]"), "check", ("step.check",), ()),
    (UNUSED, "check", ("step.check",), ()),
    ((*UNUSED, "1"), "why", ("step.why",), ()),
    ((*UNUSED, "1", "[other]"), "reason", ("step.reason",), (VOID,)),
    ((*UNUSED, "1", "[other]", "không tin nữa"), "check", ("step.check",), ()),
    ((*OTHER, *NAMED, "1", "[keep]"), "check", ("step.check",), ()),
    (CODE, "code", ("step.code",), (sent("close"),)),
    (
        (*CODE, "[by_email]"),
        "code_mail",
        ("step.code_mail",),
        (sent("close_mail", ON_FILE_EMAIL),),
    ),
    ((*CODE, "wrong code"), "code", ("error.code_wrong",), ()),
    ((*CODE, "[back]"), "check", ("step.check",), ()),
    ((*UNUSED, "sent elsewhere: [close_account]"), "check", ("error.wait_close",), ()),
]


@pytest.mark.parametrize(("inputs", "end", "effects"), ENDS)
def test_ends(inputs: tuple[str, ...], end: str, effects: Effects) -> None:
    """Each end says its own text, does what it must, and nothing else."""
    played = play(P, inputs)
    assert (played.ended, played.effects) == (end, effects)
    assert played.keys[0] == f"step.{end}"


@pytest.mark.parametrize(("inputs", "state", "keys", "effects"), ANSWERS)
def test_answers(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...], effects: Effects
) -> None:
    """An answer moves on to the next question that is needed."""
    played = play(P, inputs)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


@pytest.mark.parametrize(
    ("why", "instead"),
    [
        ("lost", "lost_phone"),
        ("new_number", "change_phone"),
        ("forgot", "forgot_password"),
        ("misused", "freeze_account"),
    ],
)
def test_what_helps_is_one_tap_away(why: str, instead: str) -> None:
    """Most people who want to cancel need something else; the way back stays open."""
    assert why in ADVISED
    played = play(P, (f"[{why}]", f"[{instead}]"))
    assert (played.talk.flow, played.parked) == (instead, [P])


def test_a_proof_of_some_minutes_ago_is_not_enough() -> None:
    """Whoever has proved the account need not name it, but the code is a fresh one."""
    proved = replace(USUAL, proof=ACCOUNT)
    played = play(P, ("[unused]", "[yes]", "[keep]", "[close_account]"), proved)
    assert (played.at, played.effects) == ("code", (sent("close"),))


def test_a_human_being_is_asked_for_by_policy() -> None:
    """The picture comes before the code, as everywhere."""
    always = replace(USUAL, human_policy="always")
    played = play(P, (*UNUSED, "[close_account]"), always)
    assert (played.at, played.effects) == ("human", (ShowPicture(in_words=False),))
    played = play(P, (*UNUSED, "[close_account]", "right picture"), always)
    assert (played.at, played.effects) == ("code", (sent("close"),))


def test_an_earlier_reason_of_ones_own_is_not_kept_with_another() -> None:
    """Who picks a reason of the list after all is not recorded with the words of before."""
    lines = (*OTHER, *NAMED, "1", "[back]", "[unused]", "[close_account]", "right code")
    assert play(P, lines).effects == (closed(),)


def test_a_password_is_no_reason() -> None:
    """Where nearly anything is an answer, a password is still erased and not kept."""
    played = play(P, ("[other]", "mật khẩu là: hoa123"))
    assert (played.keys, played.effects) == (("secret", "again.reason"), (EraseMessage(),))
