"""Forgot password, as people do it: what they send, where it leads, what is said.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says).
"""

from typing import Any

import pytest
from msgspec.structs import replace

from flows.effects import (
    EraseMessage,
    GiveConsent,
    HandOver,
    IssuePassword,
    Notice,
    SendCode,
    SendPasswordLink,
    SetPassword,
    ShowPicture,
    VoidCodes,
)
from flows.forgot_password import Draft
from flows.model import Event, Facts, MaySend, OnFile, Talk
from tests.play import USUAL, house, play, say_to

P1 = "forgot_password"
ACCOUNT, PHONE, EMAIL = "0123456789", "+84912345678", "a@b.vn"
PURPOSE, NAME = "recover_password", "forgot_password"
NUMBER = ("[yes]",)
CARD = ("[yes]", "DN4790123456789")
CONTACT = (*NUMBER, "0123456789")
CODE = (*CONTACT, "0912 345 678")
MAIL = (*CONTACT, "A@B.vn")
LINK = replace(USUAL, password_by="link")
ALWAYS = replace(USUAL, human_policy="always")
NEAR = replace(USUAL, human_policy="near")
HUMAN = CODE
SENT = SendCode("code", PURPOSE, ACCOUNT, PHONE)
AGREED, REFUSED = GiveConsent(NAME, granted=True), GiveConsent(NAME, granted=False)
RECOVERED, FAILED = Notice("password_recovered", ACCOUNT), Notice("failed_tries", ACCOUNT)
PICTURE, WORDS = ShowPicture(in_words=False), ShowPicture(in_words=True)
VOID = VoidCodes()

Effects = tuple[Any, ...]

ENDS = [
    ((*CODE, "right code"), "done", (IssuePassword(ACCOUNT, PHONE), RECOVERED)),
    ((*MAIL, "right code"), "done", (IssuePassword(ACCOUNT, EMAIL), RECOVERED)),
    (("[no]",), "refused", (REFUSED,)),
    (("hủy", "[stop]"), "cancelled", (VOID,)),
    ((*CONTACT, "[none]"), "nothing_on_file", ()),
    ((*CONTACT, "mất sim rồi", "mất sim"), "nothing_on_file", ()),
    ((*CONTACT, "no more codes: 0912345678"), "paused", (VOID,)),
    ((*CODE, "no more codes: [resend]"), "paused", (VOID,)),
    ((*CODE, "no more codes: expired code"), "paused", (VOID,)),
    ((*CODE, "last code"), "locked", (FAILED,)),
    ((*CODE, "void code"), "void", ()),
    (("[person]",), "person", (HandOver("consent"),)),
    ((*CODE, "gặp cán bộ"), "person", (HandOver("code"),)),
]

ANSWERS = [
    (("[yes]",), "number", ("step.number",), (AGREED,)),
    ((*NUMBER, "0123456789"), "contact", ("step.contact",), ()),
    ((*NUMBER, "01.2345-6789 ạ"), "contact", ("step.contact",), ()),
    ((*NUMBER, "079 091 234 567"), "contact", ("step.contact",), ()),
    (CARD, "card", ("step.card",), ()),
    ((*NUMBER, "GB-4-48-4812345678"), "card", ("step.card",), ()),
    ((*CARD, "[yes]"), "contact", ("step.contact",), ()),
    ((*CARD, "đúng rồi"), "contact", ("step.contact",), ()),
    ((*CARD, "[no]"), "number", ("step.number",), ()),
    ((*CARD, "[back]"), "number", ("step.number",), ()),
    (CODE, "code", ("step.code",), (SENT,)),
    (MAIL, "code", ("step.code",), (replace(SENT, contact=EMAIL),)),
    ((*CONTACT, "(own phone +84912345678)"), "code", ("step.code",), (SENT,)),
]

CODES = [
    ("wrong code", "code", ("error.code_wrong",), ()),
    ("old code", "code", ("error.code_old",), ()),
    ("expired code", "code", ("error.code_expired",), (SENT,)),
    ("[resend]", "code", ("resent",), (SENT,)),
    ("gửi lại mã", "code", ("resent",), (SENT,)),
    ("chưa nhận được mã", "code", ("resent",), (SENT,)),
    ("1", "code", ("resent",), (SENT,)),
    ("too soon: [resend]", "code", ("error.soon",), ()),
    ("sent elsewhere: [resend]", "code", ("error.wait_resend",), ()),
    ("sent elsewhere: expired code", "code", ("error.expired_wait",), ()),
    (
        "sent elsewhere: right code",
        "done",
        ("step.done",),
        (IssuePassword(ACCOUNT, PHONE), RECOVERED),
    ),
    ("(forwarded 123456)", "code", ("error.code_forwarded", "again.code"), ()),
    ("12345", "code", ("error.code_length",), ()),
    ("mã đâu", "code", ("error.code_none",), ()),
    ("123456 hay 654321", "code", ("error.code_two",), ()),
    ("Hoang123456", "code", ("secret", "again.code"), (EraseMessage(),)),
    ("\uff11\uff12\uff13\uff14\uff15\uff16", "code", ("error.code_script",), ()),
]

REFUSALS = [
    (NUMBER, "chưa nhớ", "error.number_none"),
    (NUMBER, "12345", "error.number_length"),
    (NUMBER, "012345678901234", "error.number_length"),
    (NUMBER, "\u0660\u0661\u0662", "error.digits_script"),
    (NUMBER, "x" * 301, "error.too_long"),
    (NUMBER, "\u200b", "error.empty"),
    (CONTACT, "số cũ", "error.contact_none"),
    (CONTACT, "091234567", "error.phone_length"),
    (CONTACT, "01234567890", "error.phone_renumbered"),
    (CONTACT, "024 3789 9999", "error.phone_landline"),
    (CONTACT, "1900 9068", "error.phone_hotline"),
    (CONTACT, "+1 415 555 0132", "error.phone_foreign"),
    (CONTACT, "0912345678 hoặc 0987654321", "error.phone_two"),
    (CONTACT, "(own phone +14155550132)", "error.phone_foreign"),
    (CONTACT, "a@b", "error.email"),
    (CONTACT, "a@b.vn c@d.vn", "error.email_two"),
]

ASIDES = [
    ("(sticker)", "not_text"),
    ("(old button)", "stale"),
    ("bao lâu thì xong?", "side_question"),
    ("MatKhau@2026x", "secret"),
    ("mk: hoahong", "secret"),
    ("english", "language"),
    ("/tiengviet", "language"),
]

SHOWN_IN = [(), NUMBER, CARD, CONTACT, CODE]


@pytest.mark.parametrize(("inputs", "end", "effects"), ENDS)
def test_ends(inputs: tuple[str, ...], end: str, effects: Effects) -> None:
    """Each end says its own text, does what it must, and leads back to the menu."""
    played = play(P1, inputs)
    assert (played.ended, played.effects) == (end, effects)
    assert played.keys[0] == f"step.{end}"
    left = ("tap:go_on", "tap:message") if end == "person" else ()
    assert played.talk.choices == (*left, "tap:menu")
    say_to(played, str(len(left) + 1))
    assert played.keys == ("welcome",)


@pytest.mark.parametrize(("inputs", "state", "keys", "effects"), ANSWERS)
def test_answers(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...], effects: Effects
) -> None:
    """An answer moves on to the next question, whatever form it was typed in."""
    played = play(P1, inputs)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


@pytest.mark.parametrize(("line", "state", "keys", "effects"), CODES)
def test_at_the_code(line: str, state: str, keys: tuple[str, ...], effects: Effects) -> None:
    """Whatever but the right code leaves the question open and says how to go on."""
    played = play(P1, (*CODE, line))
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


@pytest.mark.parametrize(("inputs", "line", "key"), REFUSALS)
def test_refused_answers(inputs: tuple[str, ...], line: str, key: str) -> None:
    """A wrong form is named, nothing is looked up, and nothing given before is lost."""
    before, played = play(P1, inputs), play(P1, (*inputs, line))
    assert (played.keys, played.effects) == ((key,), ())
    assert (played.at, played.talk.draft) == (before.at, before.talk.draft)


@pytest.mark.parametrize("inputs", SHOWN_IN)
@pytest.mark.parametrize(("line", "key"), ASIDES)
def test_asides(inputs: tuple[str, ...], line: str, key: str) -> None:
    """What is no answer gets a word of its own, then the open question exactly once."""
    before, played = play(P1, inputs), play(P1, (*inputs, line))
    assert played.keys == (key, f"again.{before.at}")
    assert (played.at, played.talk.draft) == (before.at, before.talk.draft)
    assert played.talk.choices == before.talk.choices
    assert played.effects == ((EraseMessage(),) if key == "secret" else ())


@pytest.mark.parametrize("inputs", SHOWN_IN)
def test_cancel_is_asked_once(inputs: tuple[str, ...]) -> None:
    """Cancel asks; "làm tiếp" goes on with the same question; "hủy" again stops."""
    before = play(P1, inputs)
    for word in ("hủy", "/huy", "Dừng!", "dừng?", "thôi"):
        asked = play(P1, (*inputs, word))
        assert asked.keys == ("leave",), word
        assert asked.talk.choices == ("tap:go_on", "tap:stop")
        assert asked.talk.draft == before.talk.draft
    for word in ("[go_on]", "1", "làm tiếp", "không"):
        went_on = play(P1, (*inputs, "hủy", word))
        assert (went_on.at, went_on.keys) == (before.at, (f"again.{before.at}",)), word
    for word in ("[stop]", "2", "dừng", "có", "hủy", "/huy", "menu"):
        assert play(P1, (*inputs, "hủy", word)).ended == "cancelled", word


def test_an_answer_to_the_question_is_worth_more_than_the_wish_to_leave() -> None:
    """Asked "stop?", people who simply type the answer have gone on."""
    assert play(P1, (*NUMBER, "hủy", "0123456789")).at == "contact"


def test_menu_and_another_start_ask_before_they_leave() -> None:
    """No word throws away what was typed without asking; the same procedure just goes on."""
    assert play(P1, (*CODE, "menu")).keys == ("leave",)
    assert play(P1, (*CODE, "/start")).keys == ("leave",)
    assert play(P1, (*CODE, "/quenmatkhau")).keys == ("again.code",)


@pytest.mark.parametrize("word", ["đúng", "ĐÚNG RỒI", "co", "Đồng ý", "ok", "1", "vâng ạ", "dạ"])
def test_words_stand_for_a_button(word: str) -> None:
    """The number, the label and the usual words do what the button does."""
    assert play(P1, (word,)).at == "number"


@pytest.mark.parametrize("word", ["dừng", "Dừng.", "dừng?", "du\u031b\u0300ng", "dừng lại"])
def test_stop_is_not_taken_for_right(word: str) -> None:
    """The words "dừng" and "đúng" differ only in their marks, and mean the opposite."""
    assert play(P1, (word,)).keys == ("leave",)


def test_human_check_by_policy() -> None:
    """Always, near the limits, or never; the code leaves only after it."""
    assert play(P1, CODE, ALWAYS).at == "human"
    assert play(P1, CODE, ALWAYS).effects == (PICTURE,)
    assert play(P1, CODE, NEAR).at == "code"
    assert play(P1, (*CONTACT, "limits near: 0912345678"), NEAR).at == "human"
    assert play(P1, (*CONTACT, "limits near: 0912345678")).at == "code"
    assert play(P1, (*CONTACT, "no more codes: 0912345678"), ALWAYS).ended == "paused"


@pytest.mark.parametrize(
    ("line", "state", "keys", "effects"),
    [
        ("right picture", "code", ("step.code",), (SENT,)),
        ("wrong picture", "human", ("error.human",), (PICTURE,)),
        ("12", "human", ("error.human_length",), (PICTURE,)),
        ("[words]", "human", (), (WORDS,)),
        ("không thấy hình", "human", (), (WORDS,)),
        ("(sticker)", "human", ("not_text", "again.human"), (PICTURE,)),
        ("[back]", "contact", ("step.contact",), ()),
        ("no more codes: right picture", "paused", ("step.paused",), (VOID,)),
        ("too soon: right picture", "code", ("step.code",), ()),
        ("sent elsewhere: right picture", "human", ("error.wait_human",), (PICTURE,)),
    ],
)
def test_human_check(line: str, state: str, keys: tuple[str, ...], effects: Effects) -> None:
    """The picture is shown anew, or told in words, until it is answered."""
    played = play(P1, (*HUMAN, line), ALWAYS)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)
    assert played.outcome is not None
    assert played.outcome.speaks


LINKED = (*CODE, "right code")
PAGE = SendPasswordLink(ACCOUNT, PHONE)


@pytest.mark.parametrize(
    ("inputs", "state", "keys", "effects"),
    [
        (LINKED, "page", ("step.page",), (PAGE,)),
        ((*LINKED, "123456"), "page", ("lost", "again.page"), ()),
        ((*LINKED, "sent elsewhere: [resend]"), "page", ("error.wait_resend",), ()),
        ((*LINKED, "[resend]"), "page", ("resent_link",), (PAGE,)),
        ((*LINKED, "page: chosen"), "chosen", ("step.chosen",), (SetPassword(ACCOUNT), RECOVERED)),
        ((*LINKED, "nhầm, email là a@b.vn"), "page", ("lost", "again.page"), ()),
        ((*CODE, "page: chosen"), "code", (), ()),
    ],
)
def test_link_mode(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...], effects: Effects
) -> None:
    """The right code opens a page; the page, and nothing else, sets the password."""
    played = play(P1, inputs, LINK)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


def test_link_mode_out_of_codes() -> None:
    """A link costs what a code costs, and has the same limits."""
    assert play(P1, (*CODE, "right code", "no more codes: [resend]"), LINK).ended == "paused"


@pytest.mark.parametrize("facts", [USUAL, LINK])
def test_the_end_offers_an_e_mail_where_there_is_none(facts: Facts) -> None:
    """Who has no e-mail on file hears how to add one; who has one does not."""
    inputs = (*CODE, "right code", *(("page: chosen",) if facts is LINK else ()))
    none = replace(facts, on_file=OnFile(phone=True, email=False))
    assert set(play(P1, inputs, none).keys) == {play(P1, inputs, facts).keys[0], "add_email"}


def test_back_keeps_the_earlier_answer() -> None:
    """Going back offers the earlier answer; keeping it sends nothing twice."""
    played = play(P1, (*CODE, "[back]"))
    assert (played.at, played.keys, played.effects) == ("contact", ("step.contact",), ())
    assert played.talk.choices[0] == "tap:keep"
    kept = play(P1, (*CODE, "[back]", "too soon: giữ nguyên"))
    assert (kept.at, kept.effects) == ("code", ())
    again = play(P1, (*CODE, "[back]", "quay lại", "[keep]", "[keep]"))
    assert (again.at, again.effects) == ("code", (SENT,))
    assert again.talk.draft == Draft(ACCOUNT, PHONE)


@pytest.mark.parametrize("policy", ["always", "near", "never"])
def test_a_contact_that_has_just_got_a_code(policy: Any) -> None:  # noqa: ANN401
    """Who names it stays at that question and may repeat the answer or keep it."""
    facts = replace(USUAL, human_policy=policy)
    played = play(P1, (*CONTACT, "sent elsewhere: 0912345678"), facts)
    assert (played.at, played.keys, played.effects) == ("contact", ("error.wait",), ())
    assert played.talk.draft == Draft(ACCOUNT, PHONE)
    assert played.talk.choices[0] == "tap:keep"
    for line in ("sent elsewhere: [keep]", "sent elsewhere: 0912345678", "sent elsewhere: 1"):
        say_to(played, line, facts)
        assert (played.at, played.keys, played.effects) == ("contact", ("error.wait",), ())
    say_to(played, "[keep]", USUAL)
    assert (played.at, played.effects) == ("code", (SENT,))


def test_corrected_to_a_contact_that_has_just_got_a_code() -> None:
    """The code on its way is void, the new contact is kept, its question asked again."""
    played = play(P1, (*CODE, "sent elsewhere: nhầm, email là a@b.vn"))
    assert (played.at, played.effects) == ("contact", (VOID,))
    assert played.keys == ("corrected", "error.wait", "step.contact")
    assert played.talk.draft == Draft(ACCOUNT, EMAIL)


def test_back_at_the_beginning_asks_whether_to_leave() -> None:
    """Where nothing lies behind, "back" means away."""
    assert play(P1, ("quay lại",)).keys == ("leave",)
    assert play(P1, (*NUMBER, "back")).keys == ("leave",)


@pytest.mark.parametrize("line", ["7912345678", "[keep]"])
def test_a_code_dies_with_the_answer_it_was_asked_with(line: str) -> None:
    """Another account makes the code on its way worthless, even within the minute."""
    played = play(P1, (*CODE, "[back]", "[back]", line))
    assert played.effects == ((VOID,) if line != "[keep]" else ())


def test_another_contact_gets_its_own_code() -> None:
    """After going back, a new address voids the code on its way and gets one of its own."""
    played = play(P1, (*CODE, "[back]", "a@b.vn"))
    assert played.effects == (VOID, replace(SENT, contact=EMAIL))


@pytest.mark.parametrize(
    ("inputs", "line", "state", "keys", "draft"),
    [
        (CODE, "nhầm, email là a@b.vn", "code", "step.code", Draft(ACCOUNT, EMAIL)),
        (CODE, "A nhầm 0987654321", "code", "step.code", Draft(ACCOUNT, "+84987654321")),
        (
            CODE,
            "nhầm, căn cước 079091234567",
            "contact",
            "step.contact",
            Draft("079091234567", PHONE),
        ),
        (CONTACT, "nhầm, mã số là 7912345678", "contact", "step.contact", Draft("7912345678")),
        (CONTACT, "nhầm, thẻ DN4790123456780", "card", "step.card", Draft("0123456780")),
    ],
)
def test_correction_by_value(
    inputs: tuple[str, ...], line: str, state: str, keys: str, draft: Draft
) -> None:
    """An earlier answer may be given anew from a later step, in one sentence."""
    played = play(P1, (*inputs, line))
    assert (played.at, played.keys) == (state, ("corrected", keys))
    assert played.talk.draft == draft
    assert VOID in played.effects


def test_a_correction_that_corrects_nothing_keeps_the_code() -> None:
    """The same address once more, a moment later: the code on its way stays good."""
    played = play(P1, (*CODE, "too soon: nhầm, số là 0912345678"))
    assert (played.keys, played.effects) == (("corrected", "step.code"), ())
    assert play(P1, (*CODE, "nhầm rồi")).keys == ("error.code_none",)


def test_not_understood_three_times_offers_a_person() -> None:
    """Three misses in a row get three answers: what is wrong, where to look, who helps."""
    bad = (*NUMBER, "gì", "12", "hả")
    assert play(P1, bad[:-2]).keys == ("error.number_none",)
    assert play(P1, bad[:-1]).keys == ("second.number",)
    assert play(P1, bad).keys == ("third_miss", "again.number")
    assert "tap:later" in play(P1, bad).talk.choices
    assert play(P1, (*bad, "12")).keys == ("error.number_length",)
    assert play(P1, ("abc", "abc")).keys == ("use_buttons", "again.consent")
    assert play(P1, ("abc", "abc", "abc")).keys == ("third_miss", "again.consent")
    assert play(P1, (*NUMBER, "12", "12", "0123456789", "12")).keys == ("error.phone_length",)


def test_silence_and_return() -> None:
    """Whoever comes back after days goes on where they were."""
    assert play(P1, (*CONTACT, "after 3 days: 0912345678")).keys == ("resumed", "step.code")
    asked = play(P1, (*CODE, "after 3 days: (sticker)"))
    assert asked.keys == ("resumed", "not_text", "again.code")
    expired = play(P1, (*CODE, "after 3 days: expired code"))
    assert (expired.keys, expired.effects) == (("resumed", "error.code_expired"), (SENT,))
    assert play(P1, (*CODE, "after 3 days: hủy")).keys == ("leave",)
    assert play(P1, (*CODE, "after 3 days: gặp cán bộ")).keys == ("step.person",)


def test_forgetting_says_nothing() -> None:
    """An abandoned run is dropped in silence; its code is worthless, its buttons are old."""
    played = play(P1, (*CODE, "clock: forget"))
    assert (played.keys, played.effects, played.talk.flow) == ((), (VOID,), "")
    assert played.talk.choices == ()
    assert play(P1, (*CODE, "clock: forget", "123456")).keys == ("no_code_wanted", "menu")


@pytest.mark.parametrize("changes", [{"version": 99}, {"state": "gone"}, {"flow": "gone"}])
@pytest.mark.parametrize("line", ["123456", "0123456789", "(sticker)", "[yes]", "english"])
def test_a_changed_procedure_begins_again(changes: dict[str, Any], line: str) -> None:
    """A chat in the middle of a table that is no more is told so, whatever it sends."""
    talk = replace(play(P1, ()).talk, **changes)
    dialogue = house()
    heard = dialogue.hear(talk, Event("tap:yes") if line == "[yes]" else Event("text", line))
    assert dialogue.wants(talk, heard) == ()
    assert dialogue.draft_after(talk, heard) is None
    outcome = dialogue.step(talk, heard, Facts())
    again = () if changes.get("flow") else ("start:forgot_password",)
    assert outcome.talk.choices == (*again, "tap:menu")
    assert (outcome.talk.flow, outcome.talk.draft) == ("", None)
    silent = dialogue.step(talk, dialogue.hear(talk, Event("clock:forget")), USUAL)
    assert not silent.speaks


def test_double_tap() -> None:
    """The second of two taps belongs to a bubble that is answered already."""
    played = play(P1, ("[yes]", "(old button)"))
    assert played.keys == ("stale", "again.number")
    assert play(P1, ("[no]", "(old button)")).keys == ("stale", "menu")


def test_shared_contact_elsewhere_is_no_answer() -> None:
    """A shared number answers the question for the contact and no other."""
    for inputs in ((), NUMBER, CODE):
        assert play(P1, (*inputs, "(own phone +84912345678)")).keys[0] == "not_text"


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("quên mật khẩu", ("hello", "step.consent")),
        ("Em QUÊN MẬT KHẨU vssid rồi ạ", ("hello", "step.consent")),
        ("quen mk", ("hello", "step.consent")),
        ("/start quenmatkhau", ("hello", "step.consent")),
        ("/start", ("welcome",)),
        ("xin chào", ("welcome",)),
        ("(sticker)", ("welcome",)),
        ("(old button)", ("welcome",)),
        ("123 456", ("welcome",)),
        ("english", ("welcome",)),
        ("MatKhau@2026x", ("secret", "welcome")),
        ("gặp cán bộ", ("hello", "person_at_menu")),
        ("tôi không quên mật khẩu", ("welcome",)),
    ],
)
def test_first_contact(line: str, keys: tuple[str, ...]) -> None:
    """The first bubble always says who speaks, and goes straight to what was asked for."""
    assert play("", (line,)).keys == keys


@pytest.mark.parametrize(
    ("line", "keys", "effects"),
    [
        ("1", ("step.consent",), ()),
        ("10", ("person_at_menu",), (HandOver("menu"),)),
        ("quên mật khẩu", ("step.consent",), ()),
        ("123 456", ("no_code_wanted", "menu"), ()),
        ("123456", ("no_code_wanted", "menu"), ()),
        ("MatKhau@2026x", ("secret", "menu"), (EraseMessage(),)),
        ("(sticker)", ("not_text", "menu"), ()),
        ("(old button)", ("stale", "menu"), ()),
        ("asdf", ("lost_at_menu", "menu"), ()),
        ("english", ("language", "menu"), ()),
        ("/menu", ("welcome",), ()),
        ("hủy", ("lost_at_menu", "menu"), ()),
    ],
)
def test_at_the_menu(line: str, keys: tuple[str, ...], effects: Effects) -> None:
    """The menu understands numbers, words and commands, and keeps no code and no password."""
    played = play("", ("xin chào", line))
    assert (played.keys, played.effects) == (keys, effects)


def test_language() -> None:
    """The language stays through the procedure and after it."""
    played = play(P1, (*NUMBER, "speak english"))
    assert (played.talk.lang, played.at) == ("en", "number")
    for line in ("0123456789", "0912345678", "right code"):
        say_to(played, line)
    assert (played.talk.lang, played.ended) == ("en", "done")


@pytest.mark.parametrize(
    ("line", "contact"), [("nhầm, email là a@b.vn", EMAIL), ("[resend]", PHONE)]
)
def test_the_limits_are_asked_for_the_contact_that_will_get_the_code(
    line: str, contact: str
) -> None:
    """What is looked up belongs to the answers as they will be."""
    talk, dialogue = play(P1, CODE).talk, house()
    event = Event("tap:resend") if line == "[resend]" else Event("text", line)
    heard = dialogue.hear(talk, event)
    assert dialogue.wants(talk, heard) == (MaySend("code", ACCOUNT, contact),)
    assert dialogue.draft_after(talk, heard) == Draft(ACCOUNT, contact)


def test_turns_name_bubbles_and_runs_name_codes() -> None:
    """Each bubble has its own number; a run keeps the number of its first."""
    played = play(P1, CODE)
    first = played.talk
    assert (first.turn, first.run) == (1 + 1 + len(CODE), 2)
    say_to(played, "hủy")
    say_to(played, "[stop]")
    say_to(played, "quên mật khẩu")
    assert played.talk.run == played.talk.turn > first.run
    assert played.talk.draft == Draft()
    assert Talk(turn=played.talk.turn).choices == ()


def test_a_reply_keyboard_sends_whole_labels() -> None:
    """A label with its number, as a reply keyboard sends it, is the press it stands for."""
    played = play(P1, ("1. Đồng ý", "0123456789", "1. Không còn số, email đó"))
    assert played.ended == "nothing_on_file"
