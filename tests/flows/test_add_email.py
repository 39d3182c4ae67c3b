"""An e-mail added or changed, as people do it: what they send, where it leads, what is said.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says).
"""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from flows.add_email import Draft, flow
from flows.effects import (
    ChangeContact,
    EraseMessage,
    GiveConsent,
    HandOver,
    Notice,
    OfferSignIn,
    SendCode,
    ShowPicture,
    VoidCodes,
)
from flows.model import ON_FILE, ON_FILE_EMAIL, Event, Facts, MaySend, OnFile, code, web
from tests.play import USUAL, Played, house, play, say_to

P2 = "add_email"
ACCOUNT, OTHER, EMAIL = "0123456789", "7912345678", "c@d.vn"
MOST_MESSAGES = 7
ALWAYS = replace(USUAL, human_policy="always")
VOID, FAILED = VoidCodes(), Notice("failed_tries", ACCOUNT)
AGREED, REFUSED = GiveConsent(P2, granted=True), GiveConsent(P2, granted=False)
PROVE = SendCode("proof", "prove_account", ACCOUNT, ON_FILE)
BY_MAIL = SendCode("proof_mail", "prove_account", ACCOUNT, ON_FILE_EMAIL)
NEW = SendCode("new", P2, ACCOUNT, EMAIL)
SAVED = ChangeContact(ACCOUNT, "email", EMAIL, ("new",), "both_sides")
SAVED_ALONE = replace(SAVED, risk="one_side")

NUMBER = ("[yes]",)
CARD = (*NUMBER, "DN4797912345678")
PROOF = (*NUMBER, ACCOUNT)
MAIL = (*PROOF, "[by_email]")
SIGN_IN = (*PROOF, "[password]")
ASKED = (*PROOF, "right code")
TYPO = (*ASKED, "an@gmail.con")
CHECK = (*ASKED, "C@D.vn")
CODE = (*CHECK, "[save]")
DONE = (*CODE, "right code")

Effects = tuple[Any, ...]


def ask(lines: Sequence[str], facts: Facts = USUAL) -> Played:
    """Have this conversation."""
    return play(P2, lines, facts)


ENDS = [
    (DONE, "done", (SAVED,)),
    ((*MAIL, "right code", *CODE[3:], "right code"), "done", (SAVED,)),
    ((*SIGN_IN, "page: proved", *CODE[3:], "right code"), "done", (SAVED_ALONE,)),
    (("[no]",), "refused", (REFUSED,)),
    (("hủy", "[stop]"), "cancelled", (VOID,)),
    ((*CODE, "hủy", "[stop]"), "cancelled", (VOID,)),
    ((*NUMBER, f"no more codes: {ACCOUNT}"), "paused", (VOID,)),
    ((*PROOF, "no more codes: [by_email]"), "paused", (VOID,)),
    ((*CHECK, "no more codes: [save]"), "paused", (VOID,)),
    ((*CODE, "no more codes: [resend]"), "paused", (VOID,)),
    ((*CODE, "no more codes: expired code"), "paused", (VOID,)),
    ((*PROOF, "last code"), "locked", (FAILED,)),
    ((*CODE, "last code"), "locked", (FAILED,)),
    ((*PROOF, "void code"), "void", ()),
    ((*CODE, "void code"), "void", ()),
    ((*PROOF, "just changed: right code"), "cooling", ()),
    ((*SIGN_IN, "just changed: page: proved"), "cooling", ()),
    ((*CODE, "just changed: right code"), "cooling", ()),
    (("[person]",), "person", (HandOver("consent"),)),
    ((*TYPO, "gặp cán bộ"), "person", (HandOver("typo"),)),
    ((*CODE, "gặp cán bộ"), "person", (HandOver("code"),)),
]

ANSWERS = [
    (NUMBER, "number", ("step.number",), (AGREED,)),
    (PROOF, "proof", ("step.proof",), (PROVE,)),
    ((*NUMBER, "01.2345-6789 ạ"), "proof", ("step.proof",), (PROVE,)),
    (CARD, "card", ("step.card",), ()),
    ((*CARD, "[yes]"), "proof", ("step.proof",), (replace(PROVE, account=OTHER),)),
    ((*CARD, "[no]"), "number", ("step.number",), ()),
    (MAIL, "proof_mail", ("step.proof_mail",), (BY_MAIL,)),
    (SIGN_IN, "sign_in", ("step.sign_in",), (OfferSignIn(ACCOUNT),)),
    ((*SIGN_IN, "[resend]"), "sign_in", ("step.sign_in",), (OfferSignIn(ACCOUNT),)),
    ((*SIGN_IN, "page: proved"), "email", ("step.email",), ()),
    ((*MAIL, "[password]"), "sign_in", ("step.sign_in",), (OfferSignIn(ACCOUNT),)),
    (ASKED, "email", ("step.email",), ()),
    ((*MAIL, "right code"), "email", ("step.email",), ()),
    (CHECK, "check", ("step.check",), ()),
    ((*ASKED, "mail của em là c@d.vn ạ"), "check", ("step.check",), ()),
    (CODE, "code", ("step.code",), (NEW,)),
    ((*CHECK, "ghi nhận"), "code", ("step.code",), (NEW,)),
    ((*CHECK, "2"), "code", ("step.code",), (NEW,)),
    ((*CHECK, "too soon: [save]"), "code", ("step.code",), ()),
    ((*CHECK, "sent elsewhere: [save]"), "check", ("error.wait",), ()),
    ((*CHECK, "page: proved"), "check", (), ()),
    ((*NUMBER, f"sent elsewhere: {ACCOUNT}"), "number", ("error.wait",), ()),
]

# At each of the three codes: the line, what is said, and whether that code goes once more.
CODES = [
    ("wrong code", ("error.code_wrong",), False),
    ("old code", ("error.code_old",), False),
    ("expired code", ("error.code_expired",), True),
    ("sent elsewhere: expired code", ("error.expired_wait",), False),
    ("[resend]", ("resent",), True),
    ("gửi lại mã", ("resent",), True),
    ("too soon: [resend]", ("error.soon",), False),
    ("sent elsewhere: [resend]", ("error.wait_resend",), False),
    ("(forwarded 123456)", ("error.code_forwarded",), False),
    ("12345", ("error.code_length",), False),
    ("chưa thấy", ("error.code_none",), False),
    ("123456 hay 654321", ("error.code_two",), False),
]

REFUSED_EMAILS = [
    ("không có", "error.email_at"),
    ("a@b.vn, c@d.vn", "error.email_two"),
    ("a@b.vn c@d.vn", "error.email_two"),
    ("Nguyen An <a@b.vn>", "error.email_brackets"),
    ("a@b.vn\nBcc: c@d.vn", "error.email_lines"),
    ("a\x07b@c.vn", "error.email_lines"),
    ("nguyen van an@gmail.com", "error.email_spaces"),
    ('"a b"@c.vn', "error.email_quoted"),
    ("a@@b.vn", "error.email_ats"),
    ("ân@gmail.com", "error.email_accents"),
    ("an@", "error.email_domain"),
    ("an@congty", "error.email_domain"),
    ("@gmail.com", "error.email_local"),
]


@pytest.mark.parametrize(("inputs", "end", "effects"), ENDS)
def test_ends(inputs: tuple[str, ...], end: str, effects: Effects) -> None:
    """Each end says its own text, does what it must, and leads back to the menu."""
    played = ask(inputs)
    assert (played.ended, played.effects) == (end, effects)
    assert played.keys[0] == f"step.{end}"
    left = ("tap:go_on", "tap:message") if end == "person" else ()
    assert played.talk.choices == (*left, "tap:menu")


@pytest.mark.parametrize(("inputs", "state", "keys", "effects"), ANSWERS)
def test_answers(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...], effects: Effects
) -> None:
    """An answer moves on to the next question, whatever form it was typed in."""
    played = ask(inputs)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


@pytest.mark.parametrize(("inputs", "sent"), [(PROOF, PROVE), (MAIL, BY_MAIL), (CODE, NEW)])
@pytest.mark.parametrize(("line", "keys", "again"), CODES)
def test_at_a_code(
    inputs: tuple[str, ...], sent: SendCode, line: str, keys: tuple[str, ...], *, again: bool
) -> None:
    """Whatever but the right code proves nothing; only the code that is waited for goes again."""
    before, played = ask(inputs), ask((*inputs, line))
    aside = (f"again.{before.at}",) if "forwarded" in line else ()
    assert (played.at, played.keys) == (before.at, keys + aside)
    assert played.effects == ((sent,) if again else ())
    assert played.talk.draft == before.talk.draft


@pytest.mark.parametrize(("line", "key"), REFUSED_EMAILS)
def test_refused_addresses(line: str, key: str) -> None:
    """What is not one plain address is named, never guessed, and nothing given is lost."""
    before, played = ask(ASKED), ask((*ASKED, line))
    assert (played.at, played.keys, played.effects) == ("email", (key,), ())
    assert played.talk.draft == before.talk.draft
    assert ask((*TYPO, "[back]", line)).talk.draft == ask(TYPO).talk.draft


def test_messages_of_a_happy_path() -> None:
    """From the menu's button to the saved address it takes so many messages, consent included."""
    assert ask(DONE).ended == "done"
    assert 1 + len(DONE) <= MOST_MESSAGES


# --- typos ----------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["[fix]", "1", "đúng", "phải", "đúng rồi"])
@pytest.mark.parametrize("typed", ["an@gmail.con", "an@gmail"])
def test_a_likely_slip_is_offered(typed: str, word: str) -> None:
    """The likely address is asked back, and taken only if the citizen says so."""
    offered = ask((*ASKED, typed))
    assert (offered.at, offered.keys, offered.effects) == ("typo", ("step.typo",), ())
    assert (offered.talk.draft.email, offered.talk.draft.suggestion) == (typed, "an@gmail.com")
    played = ask((*ASKED, typed, word))
    assert (played.at, played.talk.draft.email) == ("check", "an@gmail.com")


@pytest.mark.parametrize("word", ["[as_typed]", "2", "không", "giữ như đã gõ"])
def test_what_only_looks_like_a_slip_stays(word: str) -> None:
    """Whoever really has such an address keeps it."""
    played = ask((*TYPO, word))
    assert (played.at, played.talk.draft.email) == ("check", "an@gmail.con")
    sent = ask((*TYPO, word, "[save]")).effects
    assert sent == (replace(NEW, contact="an@gmail.con"),)


@pytest.mark.parametrize("lines", [("[as_typed]", "[keep]"), ("[back]", "[keep]")])
def test_no_mail_goes_to_half_an_address(lines: tuple[str, ...]) -> None:
    """An address without an ending cannot be kept by any button; the offer comes back."""
    kept = ask((*ASKED, "an@gmail", "[as_typed]"))
    assert (kept.at, kept.keys) == ("email", ("error.email_domain", "step.email"))
    assert ask((*ASKED, "an@gmail", *lines)).at == "typo"
    assert ask((*ASKED, "an@gmail", *lines, "[fix]")).talk.draft.email == "an@gmail.com"


def test_a_slip_in_a_correction_is_offered_too() -> None:
    """An address given anew from a later question is read as closely as the first."""
    played = ask((*CODE, "nhầm, email là an@gmail.con"))
    assert (played.at, played.keys) == ("typo", ("corrected", "step.typo"))
    assert played.effects == (VOID,)


# --- back, keep, correct --------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "states"),
    [
        ((*CODE, "[back]", "[back]"), ("check", "email")),
        ((*TYPO, "quay lại"), ("email",)),
        ((*PROOF, "[back]"), ("number",)),
        ((*MAIL, "[back]"), ("number",)),
        ((*SIGN_IN, "[back]"), ("number",)),
        ((*CARD, "[back]"), ("number",)),
    ],
)
def test_back_leads_to_the_question_before(
    inputs: tuple[str, ...], states: tuple[str, ...]
) -> None:
    """Back goes along the questions that were asked, and the old answer is a button there."""
    played = ask(inputs[: -len(states)])
    for line, state in zip(inputs[-len(states) :], states, strict=True):
        say_to(played, line)
        assert (played.at, played.effects) == (state, ())
    assert ("tap:keep" in played.talk.choices) == (played.at in ("number", "email"))


@pytest.mark.parametrize("inputs", [(), NUMBER, ASKED])
def test_back_where_nothing_lies_behind_asks_whether_to_leave(inputs: tuple[str, ...]) -> None:
    """Neither the consent nor the proof is gone back through."""
    assert ask((*inputs, "quay lại")).keys == ("leave",)


def test_the_earlier_answer_is_kept() -> None:
    """Keeping it is as good as typing it again, and sends nothing twice."""
    played = ask((*CODE, "[back]", "[back]", "[keep]", "too soon: [save]"))
    assert (played.at, played.effects) == ("code", ())
    assert played.talk.draft == ask(CODE).talk.draft
    assert ask((*PROOF, "[back]", "too soon: [keep]")).effects == ()


def test_a_line_of_the_summary_is_edited() -> None:
    """The number of the line asks for the address anew; another one voids the code."""
    assert ask((*CHECK, "1")).at == "email"
    assert ask((*CHECK, "sửa dòng 1")).at == "email"
    played = ask((*CODE, "[back]", "1", "x@y.vn"))
    assert (played.at, played.effects, played.talk.draft.email) == ("check", (VOID,), "x@y.vn")


@pytest.mark.parametrize("inputs", [CHECK, CODE])
def test_an_address_is_corrected_by_value(inputs: tuple[str, ...]) -> None:
    """A new address in one sentence: read back, and the code on its way is worth nothing."""
    played = ask((*inputs, "nhầm, email là x@y.vn"))
    assert (played.at, played.keys) == ("check", ("corrected", "step.check"))
    assert (played.effects, played.talk.draft.email) == ((VOID,), "x@y.vn")


@pytest.mark.parametrize("inputs", [ASKED, CHECK, CODE])
def test_another_number_is_proved_anew(inputs: tuple[str, ...]) -> None:
    """A corrected number belongs to another account: its proof starts from its own code."""
    played = ask((*inputs, "nhầm, mã số là 7912345678"))
    assert (played.at, played.talk.draft.account) == ("proof", OTHER)
    assert played.effects == (VOID, replace(PROVE, account=OTHER))


# --- the proof ------------------------------------------------------------------------


def test_a_proof_of_some_minutes_ago_is_not_enough() -> None:
    """A contact will change, so the account is proved anew, whatever the chat has proved."""
    proved = replace(USUAL, proof=ACCOUNT)
    played = ask(NUMBER, proved)
    assert played.talk.choices[0] == "tap:keep"
    say_to(played, "[keep]", proved)
    assert (played.at, played.effects) == ("proof", (PROVE,))


@pytest.mark.parametrize("inputs", [CODE, (*SIGN_IN, "page: proved", *CODE[3:])])
def test_a_proof_that_has_lapsed_is_given_anew(inputs: tuple[str, ...]) -> None:
    """The right code at the new address saves nothing then; what was typed is still there."""
    lapsed = ask((*inputs, "lapsed: right code"))
    assert (lapsed.at, lapsed.keys) == ("number", ("error.lapsed", "step.number"))
    assert not lapsed.effects
    for line in ("[keep]", "right code", "[keep]", "[save]"):
        say_to(lapsed, line)
    assert (lapsed.at, lapsed.talk.draft.email) == ("code", EMAIL)
    say_to(lapsed, "right code")
    assert lapsed.effects == (SAVED,)


def test_the_way_of_the_proof_decides_how_long_the_change_waits() -> None:
    """The last proof counts: by password alone it is one side, by a code both."""
    both = (*SIGN_IN, "page: proved", *CODE[3:], "lapsed: right code", "[keep]", "right code")
    assert ask((*both, "[keep]", "[save]", "right code")).effects == (SAVED,)


def test_nothing_is_saved_without_the_code_at_the_new_address() -> None:
    """One move changes the address, and it starts from the right code of this procedure."""
    saving = [move for move in flow.moves if move.to == "done"]
    assert [(move.at, move.on) for move in saving] == [("code", code("right"))]
    assert ask((*CHECK, "right code")).at == "check"
    assert ask((*CODE, "page: proved")).effects == ()
    assert web("proved") not in flow.answers("code")


def test_human_check_by_policy() -> None:
    """It is asked once, before the first code, and the code goes only after it."""
    human = ask(PROOF, ALWAYS)
    assert (human.at, human.effects) == ("human", (ShowPicture(in_words=False),))
    say_to(human, "wrong picture", ALWAYS)
    assert (human.at, human.keys) == ("human", ("error.human",))
    say_to(human, "right picture", ALWAYS)
    assert (human.at, human.effects) == ("proof", (PROVE,))
    for line in ("right code", "c@d.vn", "[save]"):
        say_to(human, line, ALWAYS)
    assert (human.at, human.effects) == ("code", (NEW,))
    assert ask((*PROOF, "[back]"), ALWAYS).at == "number"


def test_whoever_is_old_hears_short_texts_from_the_proof_on() -> None:
    """The registry knows the age of an account that has proved itself."""
    old = replace(USUAL, on_file=OnFile(phone=True, email=False, old=True))
    assert ask(ASKED, old).talk.plain
    assert not ask(ASKED).talk.plain


# --- leaving and coming back -----------------------------------------------------------


@pytest.mark.parametrize("inputs", [(), NUMBER, CARD, PROOF, MAIL, SIGN_IN, ASKED, TYPO, CHECK])
def test_asides_lose_nothing(inputs: tuple[str, ...]) -> None:
    """What is no answer gets a word of its own, then the open question exactly once."""
    before = ask(inputs)
    for line, key in (
        ("(sticker)", "not_text"),
        ("(old button)", "stale"),
        ("bao lâu thì xong?", "side_question"),
        ("MatKhau@2026x", "secret"),
        ("english", "language"),
    ):
        played = ask((*inputs, line))
        assert played.keys == (key, f"again.{before.at}")
        assert (played.at, played.talk.draft) == (before.at, before.talk.draft)
        assert played.effects == ((EraseMessage(),) if key == "secret" else ())


@pytest.mark.parametrize("inputs", [PROOF, TYPO, CHECK, CODE])
def test_cancel_is_asked_once(inputs: tuple[str, ...]) -> None:
    """Cancel says what is lost; "làm tiếp" goes on with the same question and answers."""
    before, asked = ask(inputs), ask((*inputs, "hủy"))
    assert (asked.keys, asked.talk.choices) == (("leave",), ("tap:go_on", "tap:stop"))
    went_on = ask((*inputs, "hủy", "làm tiếp"))
    assert (went_on.at, went_on.keys) == (before.at, (f"again.{before.at}",))
    assert went_on.talk.draft == before.talk.draft
    assert ask((*inputs, "hủy", "hủy")).ended == "cancelled"


def test_silence_and_return() -> None:
    """Whoever comes back after days goes on where they were; the code alone has expired."""
    asked = ask((*CODE, "after 3 days: (sticker)"))
    assert asked.keys == ("resumed", "not_text", "again.code")
    expired = ask((*CODE, "after 3 days: expired code"))
    assert (expired.keys, expired.effects) == (("resumed", "error.code_expired"), (NEW,))
    say_to(expired, "lapsed: right code")
    assert (expired.at, expired.talk.draft.email) == ("number", EMAIL)
    forgotten = ask((*CODE, "clock: forget"))
    assert (forgotten.keys, forgotten.effects, forgotten.talk.flow) == ((), (VOID,), "")


def test_left_for_another_procedure_and_taken_up_again() -> None:
    """The answers, the code on its way and the open question are as they were."""
    before = ask(CODE)
    left = ask((*CODE, "đổi số điện thoại"))
    assert (left.talk.flow, left.parked) == ("change_phone", [P2])
    back = ask((*CODE, "đổi số điện thoại", "[no]", "[go_on]"))
    assert back.keys == ("resumed", "again.code")
    assert (back.talk.draft, back.talk.run) == (before.talk.draft, before.talk.run)
    say_to(back, "right code")
    assert back.effects == (SAVED,)


def test_the_limits_are_asked_for_the_address_that_will_get_the_code() -> None:
    """What is looked up belongs to the answers as they will be."""
    talk, dialogue = ask(CHECK).talk, house()
    heard = dialogue.hear(talk, Event("tap:save"))
    assert dialogue.wants(talk, heard) == (MaySend("new", ACCOUNT, EMAIL),)
    assert dialogue.draft_after(talk, heard) == Draft(ACCOUNT, by="code", email=EMAIL)


@pytest.mark.parametrize(
    "words",
    ["thêm email", "đổi mail", "em muốn cập nhật email ạ", "add email", "/themmail"],
)
def test_words_that_begin_it(words: str) -> None:
    """It is found by what people call it."""
    assert play("", ["xin chào", words]).talk.flow == P2
