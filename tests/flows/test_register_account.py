"""Registration for e-transactions, for oneself and for a child: what is asked, what is sent.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says).
"""

from typing import Any

import pytest
from msgspec.structs import replace

from flows.effects import (
    EraseMessage,
    GiveConsent,
    HandOver,
    Notice,
    OpenDossier,
    SendCode,
    ShowPicture,
    VoidCodes,
)
from flows.model import ON_FILE
from tests.play import USUAL, play

P = "register_account"
ACCOUNT, CHILD, PHONE, MAIL = "0123456789", "7912345678", "+84912345678", "nam@example.vn"
TODAY = 1_795_000_000.0  # 18/11/2026
FACTS = replace(USUAL, at=TODAY)
VOID = VoidCodes()
AGREED, REFUSED = GiveConsent(P, granted=True), GiveConsent(P, granted=False)
FAILED = Notice("failed_tries", ACCOUNT)

OWN = ("[own]", "[yes]", ACCOUNT)
NAMED = (*OWN, "Trần Văn Nam", "03/04/1990")
WITH_ID = (*NAMED, "079090123456")
OWN_READY = (*WITH_ID, "0912 345 678", "BHXH Ba Đình")
OWN_CODE = (*OWN_READY, "[send_registration]")
PARENT = ("[child]", "[yes]", ACCOUNT)
PROVED = (*PARENT, "right code")
BORN = (*PROVED, CHILD, "Trần Minh Anh", "03/04/2015")
CHILD_READY = (*BORN, "[mother]", "0912 345 678", "BHXH Ba Đình")
CHILD_CODE = (*CHILD_READY, "[send_registration]")
OWN_FORM = {
    "account": ACCOUNT,
    "full_name": "Trần Văn Nam",
    "birth_date": "03/04/1990",
    "national_id": "079090123456",
    "reach": PHONE,
    "office": "BHXH Ba Đình",
}
CHILD_FORM = {
    "child_number": CHILD,
    "child_name": "Trần Minh Anh",
    "child_birth": "03/04/2015",
    "relation": "mother",
    "reach": PHONE,
    "office": "BHXH Ba Đình",
}

Effects = tuple[Any, ...]


def sent(to: str = PHONE) -> SendCode:
    """The code to the contact that is registered."""
    return SendCode("new", P, ACCOUNT, to)


def opened(form: dict[str, str]) -> OpenDossier:
    """The registration of somebody who cannot be proved."""
    return OpenDossier("register", ACCOUNT, form, proved=False)


ENDS = [
    ((*OWN_CODE, "right code"), "done", (opened(OWN_FORM),)),
    (
        (*NAMED, "[no_id]", MAIL, "BHXH Ba Đình", "[send_registration]", "right code"),
        "done",
        (
            opened({n: v for n, v in OWN_FORM.items() if n != "national_id"} | {"reach": MAIL}),
        ),
    ),
    (
        (*CHILD_CODE, "right code"),
        "done_child",
        (OpenDossier("register_child", ACCOUNT, CHILD_FORM),),
    ),
    (("[own]", "[no]"), "refused", (REFUSED,)),
    ((*OWN_CODE, "hủy", "[stop]"), "cancelled", (VOID,)),
    ((*OWN_READY, "no more codes: [send_registration]"), "paused", (VOID,)),
    ((*PARENT[:2], f"no more codes: {ACCOUNT}"), "paused", (VOID,)),
    ((*OWN_CODE, "last code"), "locked", (FAILED,)),
    ((*PARENT, "last code"), "locked", (FAILED,)),
    ((*CHILD_CODE, "void code"), "void", ()),
    (("[person]",), "person", (HandOver("who"),)),
]  # fmt: skip

ANSWERS = [
    (("[own]",), "consent", ("step.consent",), ()),
    (("cho con tôi",), "consent", ("step.consent",), ()),
    (("[own]", "[yes]"), "own_number", ("step.own_number",), (AGREED,)),
    (OWN, "name", ("step.name",), ()),
    (("[own]", "[yes]", "DN 4 79 79 1234 5678"), "name", ("step.name",), ()),
    (("[own]", "[yes]", "079091234567"), "own_number", ("error.need_ten",), ()),
    ((*OWN, "Trần Văn Nam"), "birth", ("step.birth",), ()),
    ((*OWN, "Trần Văn Nam", "1990"), "id", ("step.id",), ()),
    ((*OWN, "Trần Văn Nam", "01/01/2090"), "birth", ("error.date_future",), ()),
    ((*OWN, "Trần Văn Nam", "2090"), "birth", ("error.date_future",), ()),
    ((*NAMED, "012345678"), "id", ("error.id_old",), ()),
    ((*NAMED, "[no_id]"), "reach", ("step.reach",), ()),
    (WITH_ID, "reach", ("step.reach",), ()),
    ((*WITH_ID, "(own phone +84912345678)"), "office", ("step.office",), ()),
    (OWN_READY, "check", ("step.check",), ()),
    ((*OWN_READY, "4"), "id", ("step.id",), ()),
    ((*OWN_READY, "5", MAIL), "check", ("step.check",), (VOID,)),
    (OWN_CODE, "code", ("step.code",), (sent(),)),
    ((*OWN_READY, "sent elsewhere: [send_registration]"), "check", ("error.wait_send",), ()),
    ((*OWN_CODE, "wrong code"), "code", ("error.code_wrong",), ()),
    ((*OWN_CODE, "[back]"), "check", ("step.check",), ()),
    (PARENT, "proof", ("step.proof",), (SendCode("proof", "prove_account", ACCOUNT, ON_FILE),)),
    (PROVED, "child_number", ("step.child_number",), ()),
    ((*PROVED, ACCOUNT), "child_number", ("error.own_number",), ()),
    ((*PROVED, "079091234567"), "child_number", ("error.need_ten",), ()),
    ((*PROVED, CHILD, "Trần Minh Anh", "03/04/2008"), "child_birth", ("error.grown",), ()),
    ((*PROVED, CHILD, "Trần Minh Anh", "19/11/2008"), "relation", ("step.relation",), ()),
    (BORN, "relation", ("step.relation",), ()),
    (CHILD_READY, "check", ("step.check",), ()),
    ((*CHILD_READY, "1"), "child_number", ("step.child_number",), ()),
    (CHILD_CODE, "code", ("step.code",), (sent(),)),
    (
        (*CHILD_READY, "lapsed: [send_registration]"),
        "number",
        ("error.lapsed", "step.number"),
        (),
    ),
    ((*CHILD_CODE, "lapsed: right new code"), "number", ("error.lapsed", "step.number"), ()),
]


@pytest.mark.parametrize(("inputs", "end", "effects"), ENDS)
def test_ends(inputs: tuple[str, ...], end: str, effects: Effects) -> None:
    """Each end says its own text, does what it must, and nothing else."""
    played = play(P, inputs, FACTS)
    assert (played.ended, played.effects) == (end, effects)
    assert played.keys[0] == f"step.{end}"


@pytest.mark.parametrize(("inputs", "state", "keys", "effects"), ANSWERS)
def test_answers(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...], effects: Effects
) -> None:
    """An answer moves on to the next question that is needed."""
    played = play(P, inputs, FACTS)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


def test_who_proved_the_account_a_moment_ago_need_not_again() -> None:
    """A parent who is known here goes straight to the child."""
    proved = replace(FACTS, proof=ACCOUNT)
    assert play(P, ("[child]", "[yes]", "[keep]"), proved).at == "child_number"


@pytest.mark.parametrize(("ready", "state"), [(OWN_READY, "picture"), (CHILD_READY, "code")])
def test_a_human_being_is_asked_for_once(ready: tuple[str, ...], state: str) -> None:
    """Nobody who proved an account before sees a second picture."""
    always = replace(FACTS, human_policy="always")
    lines = ready if ready == OWN_READY else (*PARENT, "right picture", *ready[3:])
    played = play(P, (*lines, "[send_registration]"), always)
    assert played.at == state
    if state == "picture":
        assert played.effects == (ShowPicture(in_words=False),)
        played = play(P, (*lines, "[send_registration]", "right picture"), always)
        assert (played.at, played.effects) == ("code", (sent(),))


def test_answers_for_a_child_are_no_answers_for_oneself() -> None:
    """Who goes back and chooses the other is asked everything of that person."""
    played = play(P, (*BORN, *("[back]",) * 4, "[own]"), FACTS)
    assert played.talk.draft.who == "own"
    assert played.at in ("consent", "own_number")
    assert not played.talk.draft.full_name


def test_a_number_that_was_refused_is_asked_again() -> None:
    """No way around leads on without a number, or to a code for none."""
    played = play(P, (*NAMED, *("[back]",) * 3, "079091234567", "[back]", "[own]"), FACTS)
    assert (played.at, played.talk.draft.account) == ("own_number", "")


def test_a_number_that_is_mended_later_is_ones_own() -> None:
    """Who registers herself is not led into a parent's proof by a slip of the number."""
    played = play(P, (*NAMED, f"nhầm, mã số là {CHILD}"), FACTS)
    assert (played.at, played.talk.draft.account, played.effects) == ("id", CHILD, (VOID,))


def test_a_password_is_no_office() -> None:
    """Where nearly anything is an answer, a password is still erased and not kept."""
    played = play(P, (*WITH_ID, MAIL, "mật khẩu là: hoa123"), FACTS)
    assert (played.keys, played.effects) == (("secret", "again.office"), (EraseMessage(),))
