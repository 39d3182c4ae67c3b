"""The phone changed with two codes, as people do it: what they send, where it leads.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says). Which
digits are right for what is the business of `tests/bot/procedures/test_both_codes.py`.
"""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from flows.change_phone import Draft, flow
from flows.effects import (
    ChangeContact,
    EraseMessage,
    GiveConsent,
    HandOver,
    Notice,
    SendCode,
    ShowPicture,
    VoidCodes,
)
from flows.model import CheckCode, Event, Facts, MaySend, code
from tests.play import USUAL, Played, house, play, say_to

P3 = "change_phone"
ACCOUNT, OTHER = "0123456789", "7912345678"
OLD, NEW, NEWER = "+84912345678", "+84987654321", "+84977777777"
MOST_MESSAGES = 7
ALWAYS = replace(USUAL, human_policy="always")
VOID, FAILED = VoidCodes(), Notice("failed_tries", ACCOUNT)
AGREED, REFUSED = GiveConsent(P3, granted=True), GiveConsent(P3, granted=False)
TO_OLD = SendCode("old", P3, ACCOUNT, OLD)
TO_NEW = SendCode("new", "new_phone", ACCOUNT, NEW)
TO_NEWER = replace(TO_NEW, contact=NEWER)
CHANGED = ChangeContact(ACCOUNT, "phone", NEW, ("old", "new"), "both_sides")

NUMBER = ("[yes]",)
CARD = (*NUMBER, "DN4797912345678")
ASK_OLD = (*NUMBER, ACCOUNT)
ASK_NEW = (*ASK_OLD, "0912 345 678")
BOTH = (*ASK_NEW, "0987.654.321")
NEED_NEW = (*BOTH, "right old code")
NEED_OLD = (*BOTH, "right new code")
DONE = (*NEED_NEW, "right new code")

Effects = tuple[Any, ...]


def ask(lines: Sequence[str], facts: Facts = USUAL) -> Played:
    """Have this conversation."""
    return play(P3, lines, facts)


ENDS = [
    (DONE, "done", (CHANGED,)),
    ((*NEED_OLD, "right old code"), "done", (CHANGED,)),
    (("[no]",), "refused", (REFUSED,)),
    (("hủy", "[stop]"), "cancelled", (VOID,)),
    ((*BOTH, "hủy", "[stop]"), "cancelled", (VOID,)),
    ((*NEED_NEW, "hủy", "hủy"), "cancelled", (VOID,)),
    ((*ASK_NEW, "no more codes: 0987654321"), "paused", (VOID,)),
    ((*BOTH, "no more codes: [resend_old]"), "paused", (VOID,)),
    ((*BOTH, "no more codes: [resend_new]"), "paused", (VOID,)),
    ((*BOTH, "no more codes: expired code"), "paused", (VOID,)),
    ((*NEED_NEW, "no more codes: [resend]"), "paused", (VOID,)),
    ((*NEED_OLD, "no more codes: expired code"), "paused", (VOID,)),
    ((*BOTH, "last code"), "locked", (FAILED,)),
    ((*NEED_NEW, "last code"), "locked", (FAILED,)),
    ((*NEED_OLD, "last code"), "locked", (FAILED,)),
    ((*BOTH, "void code"), "void", ()),
    ((*NEED_NEW, "void code"), "void", ()),
    ((*NEED_NEW, "just changed: right code"), "cooling", ()),
    ((*NEED_OLD, "just changed: right code"), "cooling", ()),
    (("[person]",), "person", (HandOver("consent"),)),
    ((*NEED_OLD, "gặp cán bộ"), "person", (HandOver("need_old"),)),
]

ANSWERS = [
    (NUMBER, "number", ("step.number",), (AGREED,)),
    (ASK_OLD, "old", ("step.old",), ()),
    (CARD, "card", ("step.card",), ()),
    ((*CARD, "[yes]"), "old", ("step.old",), ()),
    ((*CARD, "[no]"), "number", ("step.number",), ()),
    (ASK_NEW, "phone", ("step.phone",), ()),
    ((*ASK_OLD, f"(own phone {OLD})"), "phone", ("step.phone",), ()),
    (BOTH, "both", ("step.both",), (TO_OLD, TO_NEW)),
    ((*ASK_NEW, f"(own phone {NEW})"), "both", ("step.both",), (TO_OLD, TO_NEW)),
    ((*ASK_NEW, "số mới là 0987654321 ạ"), "both", ("step.both",), (TO_OLD, TO_NEW)),
    ((*ASK_NEW, "0912345678"), "phone", ("error.same_phone",), ()),
    ((*ASK_NEW, f"(own phone {OLD})"), "phone", ("error.same_phone",), ()),
    ((*ASK_NEW, "sent elsewhere: 0987654321"), "phone", ("error.wait",), ()),
    (NEED_NEW, "need_new", ("step.need_new",), ()),
    (NEED_OLD, "need_old", ("step.need_old",), ()),
    ((*ASK_OLD, "[lost]"), "sim", ("step.sim",), ()),
    ((*ASK_OLD, "mất sim"), "sim", ("step.sim",), ()),
    ((*BOTH, "page: proved"), "both", (), ()),
]

REFUSED_NUMBERS = [
    ("quên rồi ạ", "error.mobile_none"),
    ("091234567", "error.phone_length"),
    ("01234567890", "error.phone_renumbered"),
    ("024 3789 9999", "error.phone_landline"),
    ("1900 9068", "error.phone_hotline"),
    ("+1 415 555 0132", "error.mobile_foreign"),
    ("0912345678 hoặc 0987654321", "error.phone_two"),
    ("(own phone +14155550132)", "error.mobile_foreign"),
]

# While a code is missing: the line, what is said, and whether the missing ones go once more.
CODES = [
    ("wrong code", ("error.code_wrong",), False),
    ("old code", ("error.code_old",), False),
    ("expired code", ("error.code_expired",), True),
    ("sent elsewhere: expired code", ("error.expired_wait",), False),
    ("gửi lại", ("resent",), True),
    ("too soon: gửi lại", ("error.soon",), False),
    ("sent elsewhere: gửi lại", ("error.wait_resend",), False),
    ("(forwarded 123456)", ("error.code_forwarded",), False),
    ("12345", ("error.code_length",), False),
    ("chưa thấy", ("error.code_none",), False),
    ("123456 hay 654321", ("error.code_two",), False),
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


@pytest.mark.parametrize("inputs", [ASK_OLD, ASK_NEW])
@pytest.mark.parametrize(("line", "key"), REFUSED_NUMBERS)
def test_refused_numbers(inputs: tuple[str, ...], line: str, key: str) -> None:
    """Only a Vietnamese mobile is taken; what is wrong is named, and nothing given is lost."""
    before, played = ask(inputs), ask((*inputs, line))
    assert (played.at, played.keys, played.effects) == (before.at, (key,), ())
    assert played.talk.draft == before.talk.draft


@pytest.mark.parametrize(
    ("inputs", "sent"), [(BOTH, (TO_OLD, TO_NEW)), (NEED_NEW, (TO_NEW,)), (NEED_OLD, (TO_OLD,))]
)
@pytest.mark.parametrize(("line", "keys", "again"), CODES)
def test_while_a_code_is_missing(
    inputs: tuple[str, ...], sent: Effects, line: str, keys: tuple[str, ...], *, again: bool
) -> None:
    """Whatever but a right code changes nothing; what was right is not sent or asked again."""
    before, played = ask(inputs), ask((*inputs, line))
    aside = (f"again.{before.at}",) if "forwarded" in line else ()
    assert (played.at, played.keys) == (before.at, keys + aside)
    assert played.effects == (sent if again else ())
    assert played.talk.draft == before.talk.draft


def test_messages_of_a_happy_path() -> None:
    """From the menu's button to the change it takes so many messages, consent included."""
    assert ask(DONE).ended == "done"
    assert 1 + len(DONE) <= MOST_MESSAGES


# --- two codes ------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["{}", "gửi lại số {}", "gửi lại cho số {}"])
@pytest.mark.parametrize(("slot", "side", "sent"), [("old", "cũ", TO_OLD), ("new", "mới", TO_NEW)])
def test_each_code_is_sent_again_alone(words: str, slot: str, side: str, sent: SendCode) -> None:
    """The button or its words name the side; the other side's code stays good."""
    line = f"[resend_{slot}]" if words == "{}" else words.format(side)
    played = ask((*BOTH, line))
    assert (played.at, played.keys, played.effects) == ("both", ("resent",), (sent,))
    assert ask((*BOTH, f"too soon: {line}")).keys == ("error.soon",)
    assert ask((*BOTH, f"sent elsewhere: {line}")).keys == ("error.wait_resend",)
    for first, last in permutations(("old", "new")):
        assert ask((*BOTH, line, f"right {first} code", f"right {last} code")).ended == "done"


@pytest.mark.parametrize("start", [NEED_NEW, NEED_OLD])
def test_sending_the_missing_one_again_keeps_the_right_one(start: tuple[str, ...]) -> None:
    """Whoever has one code right gets only the other anew, and needs no more than that."""
    assert ask((*start, "[resend]", "right code")).effects == (CHANGED,)
    assert ask((*start, "expired code", "right code")).effects == (CHANGED,)
    assert ask((*start, "wrong code", "old code", "right code")).effects == (CHANGED,)


@pytest.mark.parametrize(
    ("start", "kept", "key", "resent"),
    [
        (NEED_NEW, "need_old", "error.old_lapsed", TO_OLD),
        (NEED_OLD, "need_new", "error.new_lapsed", TO_NEW),
    ],
)
def test_a_code_that_lapsed_is_got_anew_and_the_other_is_kept(
    start: tuple[str, ...], kept: str, key: str, resent: SendCode
) -> None:
    """Right in time, but too old when the second one comes: nothing changes until both hold."""
    played = ask((*start, "lapsed: right code"))
    assert (played.at, played.effects) == (kept, ())
    assert played.keys == (key, f"step.{kept}")
    say_to(played, "[resend]")
    assert (played.at, played.effects) == (kept, (resent,))
    say_to(played, "right code")
    assert played.effects == (CHANGED,)


def test_codes_can_lapse_by_turns() -> None:
    """However often one lapses while the other is typed, one alone never changes the phone."""
    played = ask(NEED_NEW)
    for at in ("need_old", "need_new", "need_old"):
        say_to(played, "lapsed: right code")
        assert (played.at, played.effects) == (at, ())
    say_to(played, "right code")
    assert played.effects == (CHANGED,)


def test_swapped_codes_are_two_wrong_ones() -> None:
    """Digits typed for the side that did not get them are right for none: both are still open."""
    played = ask((*BOTH, "wrong code", "wrong code"))
    assert (played.at, played.effects) == ("both", ())
    assert ask((*NEED_NEW, "wrong code")).at == "need_new"
    talk = ask(BOTH).talk
    heard = house().hear(talk, Event("text", "123456"))
    wants = house().wants(talk, heard)
    assert CheckCode(("old", "new"), "123456") in wants, "either may be typed first"
    assert {want.slots for want in _checks(NEED_NEW)} == {("new",)}
    assert {want.slots for want in _checks(NEED_OLD)} == {("old",)}


def _checks(inputs: tuple[str, ...]) -> list[CheckCode]:
    talk = ask(inputs).talk
    wants = house().wants(talk, house().hear(talk, Event("text", "123456")))
    return [want for want in wants if isinstance(want, CheckCode)]


def test_nothing_changes_before_both_hold() -> None:
    """Two moves change the phone: the missing code of either side is right, and both hold."""
    changing = [move for move in flow.moves if move.to == "done"]
    assert {move.at for move in changing} == {"need_old", "need_new"}
    assert {move.on for move in changing} == {code("right")}
    assert {getattr(move.when, "__name__", "") for move in changing} == {"both_hold"}
    assert flow.codes["old"].binds == "phone"
    assert flow.codes["new"].binds == "contact"


def test_both_sides_are_asked_for_before_both_are_sent() -> None:
    """The limits of the old and of the new number must both allow it."""
    talk, dialogue = ask(ASK_NEW).talk, house()
    heard = dialogue.hear(talk, Event("text", "0987654321"))
    asked = (MaySend("old", ACCOUNT, OLD), MaySend("new", ACCOUNT, NEW))
    assert dialogue.wants(talk, heard) == asked
    assert dialogue.draft_after(talk, heard) == Draft(ACCOUNT, OLD, NEW)


def test_human_check_by_policy() -> None:
    """It comes before the codes, which go only after it."""
    human = ask(BOTH, ALWAYS)
    assert (human.at, human.effects) == ("human", (ShowPicture(in_words=False),))
    assert ask((*BOTH, "[back]"), ALWAYS).at == "phone"
    wait = ask((*BOTH, "sent elsewhere: right picture"), ALWAYS)
    assert (wait.at, wait.keys) == ("human", ("error.wait_human",))
    say_to(human, "wrong picture", ALWAYS)
    assert (human.at, human.keys) == ("human", ("error.human",))
    say_to(human, "right picture", ALWAYS)
    assert (human.at, human.effects) == ("both", (TO_OLD, TO_NEW))


# --- back, keep, correct --------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "states"),
    [
        ((*BOTH, "[back]", "[back]", "[back]"), ("phone", "old", "number")),
        ((*NEED_NEW, "quay lại"), ("phone",)),
        ((*NEED_OLD, "quay lại"), ("phone",)),
        ((*ASK_NEW, "[back]"), ("old",)),
        ((*ASK_OLD, "[back]"), ("number",)),
        ((*CARD, "[back]"), ("number",)),
    ],
)
def test_back_leads_to_a_question_before(inputs: tuple[str, ...], states: tuple[str, ...]) -> None:
    """Back sends nothing, and the old answer is a button there."""
    played = ask(inputs[: -len(states)])
    for line, state in zip(inputs[-len(states) :], states, strict=True):
        say_to(played, line)
        assert (played.at, played.effects) == (state, ())
    assert (played.talk.choices[0] == "tap:keep") == bool(_kept(played))


def _kept(played: Played) -> str:
    draft = played.talk.draft
    kept = {"number": draft.account, "old": draft.contact, "phone": draft.phone}
    return str(kept[played.at])


def test_the_earlier_answers_are_kept() -> None:
    """Keeping them all is as good as typing them again; within the minute nothing goes twice."""
    back = (*BOTH, *["[back]"] * 3, "[keep]", "[keep]")
    played = ask((*back, "too soon: [keep]"))
    assert (played.at, played.effects) == ("both", ())
    assert played.talk.draft == Draft(ACCOUNT, OLD, NEW)
    assert ask((*back, "[keep]")).effects == (TO_OLD, TO_NEW)


@pytest.mark.parametrize("start", [BOTH, NEED_NEW, NEED_OLD])
@pytest.mark.parametrize("how", [("nhầm, số mới là 0977777777",), ("[back]", "0977777777")])
def test_another_new_number_makes_both_codes_worthless(
    start: tuple[str, ...], how: tuple[str, ...]
) -> None:
    """A code that was right for one number is worth nothing for another: both go anew."""
    played = ask((*start, *how))
    assert (played.at, played.effects) == ("both", (VOID, TO_OLD, TO_NEWER))
    assert played.talk.draft == Draft(ACCOUNT, OLD, NEWER)
    say_to(played, "right new code")
    assert (played.at, played.effects) == ("need_old", ())


@pytest.mark.parametrize("start", [BOTH, NEED_NEW, NEED_OLD])
def test_another_account_or_old_number_begins_before_the_codes(start: tuple[str, ...]) -> None:
    """Whatever a code is bound to voids it when it changes; what was typed stays at hand."""
    played = ask((*start, "nhầm, mã số là 7912345678"))
    assert (played.at, played.keys) == ("old", ("corrected", "step.old"))
    assert (played.effects, played.talk.choices[0]) == ((VOID,), "tap:keep")
    assert played.talk.draft == Draft(OTHER, OLD, NEW)
    other = ask((*start, "[back]", "[back]", "0977777777"))
    assert (other.at, other.effects) == ("phone", (VOID,))
    assert other.talk.draft == Draft(ACCOUNT, NEWER, NEW)


def test_the_new_number_is_never_the_old_one() -> None:
    """Neither typed, nor kept after the old one was corrected to it."""
    played = ask((*BOTH, "nhầm, số là 0912345678"))
    assert (played.at, played.effects) == ("phone", (VOID,))
    assert "error.same_phone" in played.keys
    kept = ask((*BOTH, "[back]", "[back]", "0987654321", "[keep]"))
    assert (kept.at, kept.keys) == ("phone", ("error.same_phone",))
    assert "tap:keep" not in kept.talk.choices


# --- leaving and coming back -----------------------------------------------------------


@pytest.mark.parametrize("inputs", [(), NUMBER, CARD, ASK_OLD, ASK_NEW, BOTH, NEED_NEW, NEED_OLD])
def test_asides_lose_nothing(inputs: tuple[str, ...]) -> None:
    """What is no answer gets a word of its own, then the open question exactly once."""
    before = ask(inputs)
    for line, key in (
        ("(sticker)", "not_text"),
        ("(old button)", "stale"),
        ("mất phí không?", "side_question"),
        ("MatKhau@2026x", "secret"),
        ("english", "language"),
    ):
        played = ask((*inputs, line))
        assert played.keys == (key, f"again.{before.at}")
        assert (played.at, played.talk.draft) == (before.at, before.talk.draft)
        assert played.effects == ((EraseMessage(),) if key == "secret" else ())


@pytest.mark.parametrize("inputs", [ASK_NEW, BOTH, NEED_NEW, NEED_OLD])
def test_cancel_is_asked_once(inputs: tuple[str, ...]) -> None:
    """Cancel says that nothing has changed; "làm tiếp" goes on with the same question."""
    before, asked = ask(inputs), ask((*inputs, "hủy"))
    assert (asked.keys, asked.talk.choices) == (("leave",), ("tap:go_on", "tap:stop"))
    went_on = ask((*inputs, "hủy", "làm tiếp"))
    assert (went_on.at, went_on.keys) == (before.at, (f"again.{before.at}",))
    assert went_on.talk.draft == before.talk.draft


def test_silence_and_return() -> None:
    """After days the codes have expired and the answers have not; both codes go anew."""
    asked = ask((*NEED_NEW, "after 3 days: (sticker)"))
    assert asked.keys == ("resumed", "not_text", "again.need_new")
    expired = ask((*BOTH, "after 3 days: expired code"))
    assert (expired.keys, expired.effects) == (("resumed", "error.code_expired"), (TO_OLD, TO_NEW))
    one = ask((*NEED_NEW, "after 3 days: expired code", "lapsed: right code"))
    assert (one.at, one.effects) == ("need_old", ())
    forgotten = ask((*NEED_NEW, "clock: forget"))
    assert (forgotten.keys, forgotten.effects, forgotten.talk.flow) == ((), (VOID,), "")


def test_left_for_another_procedure_and_taken_up_again() -> None:
    """The side that was right stays right, and the other one is still waited for."""
    before = ask(NEED_NEW)
    back = ask((*NEED_NEW, "thêm email", "[no]", "[go_on]"))
    assert back.keys == ("resumed", "again.need_new")
    assert (back.talk.draft, back.talk.run) == (before.talk.draft, before.talk.run)
    say_to(back, "right code")
    assert back.effects == (CHANGED,)


@pytest.mark.parametrize(
    "words",
    ["đổi số điện thoại", "doi sdt", "dt moi", "em muốn cập nhật số điện thoại ạ", "/doisdt"],
)
def test_words_that_begin_it(words: str) -> None:
    """It is found by what people call it."""
    assert play("", ["xin chào", words]).talk.flow == P3
