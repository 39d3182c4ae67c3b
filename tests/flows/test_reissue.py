"""A new book or card, as people ask for one: what they send, where it leads, what is said.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says).
"""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from flows.effects import (
    EraseMessage,
    GiveConsent,
    HandOver,
    KeepPhoto,
    Notice,
    OfferSignIn,
    OpenDossier,
    SendCode,
    VoidCodes,
)
from flows.machine import Flow
from flows.model import ON_FILE, ON_FILE_EMAIL, Event, Facts, OnFile, code
from flows.path import MOST_PHOTOS, REFUSALS
from flows.reissue import Draft, flow
from flows.table import AskLine
from tests.play import USUAL, Played, house, play, procedures, say_to, wording

P4 = "reissue"
ACCOUNT = "0123456789"
ALL = replace(
    USUAL, on_file=OnFile(phone=True, email=True, name=True, birth_date=True, national_id=True)
)
NOTHING = replace(USUAL, on_file=OnFile(phone=True, email=True))
VOID = VoidCodes()
FAILED = Notice("failed_tries", ACCOUNT)
PROVE, SUBMIT = ("proof", "prove_account"), ("submit", P4)
AGREED, REFUSED = GiveConsent(P4, granted=True), GiveConsent(P4, granted=False)
CARD_HOLE = {"account": ""}  # every turn has it
MOST_LINES = 8
MOST_MESSAGES = 11

BOOK = ("[book]", "[lost]", "[same]")
CARD = ("[card]", "[none]", "[lost]")
STILL = ("[card]", "[vneid]", "[paper]", "[lost]")
PROVED = ("[yes]", ACCOUNT, "right code")
REST = ("[kinh]", "[office]")
READY = (*BOOK, *PROVED, *REST)
READY_CARD = (*CARD, *PROVED, *REST)
CODE = (*READY, "[submit_book]")
DAMAGED = ("[book]", "[damaged]", "[same]", *PROVED, "[kinh]")
UNKNOWN = (*BOOK, *PROVED, "Nguyễn Thị An", "03/04/1948", "079 091 234 567", *REST)

Effects = tuple[Any, ...]


def sent(slot: tuple[str, str], contact: str = ON_FILE) -> SendCode:
    """The code of this slot on its way."""
    return SendCode(slot[0], slot[1], ACCOUNT, contact)


def ask(lines: Sequence[str], facts: Facts = ALL) -> Played:
    """Have this conversation with somebody of whom everything is on file."""
    return play(P4, lines, facts)


def go_on(played: Played, line: str, facts: Facts = ALL) -> None:
    """One more thing that happens."""
    say_to(played, line, facts)


def form_of(played: Played) -> dict[str, str]:
    """The form of the request that was just handed in."""
    (opened,) = (each for each in played.effects if isinstance(each, OpenDossier))
    return opened.form


ENDS = [
    (
        (*CODE, "right code"),
        "done",
        (
            OpenDossier(
                "reissue_book",
                ACCOUNT,
                {
                    "thing": "book",
                    "cause": "lost",
                    "data": "same",
                    "ethnic_group": "Kinh",
                    "delivery": "office",
                },
            ),
        ),
    ),
    (
        (*READY_CARD, "[submit_card]", "right code"),
        "done",
        (
            OpenDossier(
                "reissue_card",
                ACCOUNT,
                {
                    "thing": "card",
                    "screen": "none",
                    "cause": "lost",
                    "ethnic_group": "Kinh",
                    "delivery": "office",
                },
            ),
        ),
    ),
    (("[card]", "[vssid]", "[enough]"), "not_needed", ()),
    (("[card]", "[chip]", "không cần"), "not_needed", ()),
    ((*BOOK, "[no]"), "refused", (REFUSED,)),
    ((*BOOK, "hủy", "[stop]"), "cancelled", (VOID,)),
    ((*BOOK, "[yes]", f"no more codes: {ACCOUNT}"), "paused", (VOID,)),
    ((*READY, "no more codes: [submit_book]"), "paused", (VOID,)),
    ((*CODE, "no more codes: [resend]"), "paused", (VOID,)),
    ((*CODE, "last code"), "locked", (FAILED,)),
    ((*CODE, "void code"), "void", ()),
    (("[person]",), "person", (HandOver("thing"),)),
    ((*CODE, "gặp cán bộ"), "person", (HandOver("code"),)),
]

ANSWERS = [
    (("[book]",), "cause", ("step.cause",), ()),
    (("sổ",), "cause", ("step.cause",), ()),
    (("2",), "screen", ("step.screen",), ()),
    (("[card]", "[vssid]"), "advice", ("advice.vssid", "step.advice"), ()),
    (("[card]", "[vneid]"), "advice", ("advice.vneid", "step.advice"), ()),
    (("[card]", "[chip]"), "advice", ("advice.chip", "step.advice"), ()),
    (("[card]", "không dùng được"), "cause", ("step.cause",), ()),
    (("[card]", "[vssid]", "vẫn muốn"), "cause", ("step.cause",), ()),
    (CARD, "consent", ("step.consent",), ()),
    (("[book]", "mất rồi"), "data", ("step.data",), ()),
    (("[book]", "[lost]", "[changed]"), "changes", ("step.changes",), ()),
    (
        ("[book]", "[lost]", "[changed]", "ngày sinh đúng là 03/04/1968"),
        "consent",
        ("step.consent",),
        (),
    ),
    ((*BOOK, "[yes]"), "number", ("step.number",), (AGREED,)),
    ((*BOOK, "[yes]", ACCOUNT), "proof", ("step.proof",), (sent(PROVE),)),
    ((*BOOK, *PROVED), "people", ("step.people",), ()),
    ((*BOOK, *PROVED, "Kinh"), "delivery", ("step.delivery",), ()),
    ((*BOOK, *PROVED, "người Tày ạ"), "delivery", ("step.delivery",), ()),
    ((*BOOK, *PROVED, "[foreign]"), "nation", ("step.nation",), ()),
    ((*BOOK, *PROVED, "[foreign]", "Lào"), "delivery", ("step.delivery",), ()),
    ((*BOOK, *PROVED, "[kinh]", "[post]"), "address", ("step.address",), ()),
    (
        (*BOOK, *PROVED, "[kinh]", "[post]", "12 Lê Lợi, phường Bến Thành, TP.HCM"),
        "check_book",
        ("step.check_book",),
        (),
    ),
    (READY, "check_book", ("step.check_book",), ()),
    (READY_CARD, "check_card", ("step.check_card",), ()),
    (CODE, "code", ("step.code",), (sent(SUBMIT),)),
    ((*READY, "gửi đi"), "code", ("step.code",), (sent(SUBMIT),)),
    ((*READY, "sent elsewhere: [submit_book]"), "check_book", ("error.wait_resend",), ()),
    (DAMAGED, "photo", ("step.photo",), ()),
    ((*DAMAGED, "[skip]"), "delivery", ("step.delivery",), ()),
]

LACKING = [
    ((*BOOK, *PROVED), "name", ("step.name",)),
    ((*BOOK, *PROVED, "tên tôi là Nguyễn Thị An ạ"), "birth", ("step.birth",)),
    ((*BOOK, *PROVED, "An", "1948"), "birth_year", ("step.birth_year",)),
    ((*BOOK, *PROVED, "An", "1948", "[only_year]"), "id", ("step.id",)),
    ((*BOOK, *PROVED, "An", "1948", "[whole_date]"), "birth", ("step.birth",)),
    ((*BOOK, *PROVED, "An", "3-4-1948"), "id", ("step.id",)),
    ((*BOOK, *PROVED, "An", "3-4-1948", "012345678"), "id", ("error.id_old",)),
    ((*BOOK, *PROVED, "An", "3-4-1948", "079091234567"), "people", ("step.people",)),
    ((*BOOK, *PROVED, "An", "3-4-1948", "[no_id]"), "sex", ("step.sex",)),
    ((*BOOK, *PROVED, "An", "3-4-1948", "[no_id]", "[female]"), "people", ("step.people",)),
    (UNKNOWN, "check_book", ("step.check_book",)),
]

CODES = [
    ("wrong code", "code", ("error.code_wrong",), ()),
    ("old code", "code", ("error.code_old",), ()),
    ("expired code", "code", ("error.code_expired",), (sent(SUBMIT),)),
    ("[resend]", "code", ("resent",), (sent(SUBMIT),)),
    ("too soon: [resend]", "code", ("error.soon",), ()),
    ("sent elsewhere: [resend]", "code", ("error.wait_resend",), ()),
    ("(forwarded 123456)", "code", ("error.code_forwarded", "again.code"), ()),
    ("12345", "code", ("error.code_length",), ()),
    ("[back]", "check_book", ("step.check_book",), ()),
]

REFUSED_ANSWERS = [
    ((*BOOK, *PROVED), "An 123", "error.name_digits"),
    ((*BOOK, *PROVED, "An"), "31/02/1948", "error.date_impossible"),
    ((*BOOK, *PROVED, "An"), "hồi xưa", "error.date_none"),
    ((*BOOK, *PROVED, "An", "3/4/1948"), "12345", "error.id_length"),
    ((*BOOK, *PROVED, "An", "3/4/1948", "079091234567"), "Tày 2", "error.words_letters"),
    ((*UNKNOWN[:-1], "[post]"), "nhà tôi", "error.address_short"),
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
    """An answer moves on to the next question that is needed, whatever form it was typed in."""
    played = ask(inputs)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


@pytest.mark.parametrize(("inputs", "state", "keys"), LACKING)
def test_what_is_not_on_file_is_asked(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...]
) -> None:
    """Of the form only those fields are asked that the registry does not hold."""
    played = ask(inputs, NOTHING)
    assert (played.at, played.keys) == (state, keys)


@pytest.mark.parametrize(("line", "state", "keys", "effects"), CODES)
def test_at_the_code(line: str, state: str, keys: tuple[str, ...], effects: Effects) -> None:
    """Whatever but the right code leaves the request unsent and says how to go on."""
    played = ask((*CODE, line))
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


@pytest.mark.parametrize(("inputs", "line", "key"), REFUSED_ANSWERS)
def test_refused_answers(inputs: tuple[str, ...], line: str, key: str) -> None:
    """A wrong form is named, and nothing given before is lost."""
    before, played = ask(inputs, NOTHING), ask((*inputs, line), NOTHING)
    assert (played.keys, played.effects) == ((key,), ())
    assert (played.at, played.talk.draft) == (before.at, before.talk.draft)


@pytest.mark.parametrize("inputs", [("[book]", "[lost]", "[changed]"), (*DAMAGED,)])
def test_a_password_is_no_answer(inputs: tuple[str, ...]) -> None:
    """Where nearly anything is an answer, a password is still erased and not kept."""
    before, played = ask(inputs), ask((*inputs, "mật khẩu là: hoa123"))
    assert (played.keys, played.effects) == (("secret", f"again.{before.at}"), (EraseMessage(),))
    assert played.talk.draft == before.talk.draft


@pytest.mark.parametrize(
    ("inputs", "most"),
    [
        ((*CODE, "right code"), MOST_MESSAGES),
        ((*READY_CARD, "[submit_card]", "right code"), MOST_MESSAGES),
        # One more for whoever could use an electronic card and wants paper all the same.
        ((*STILL, *PROVED, *REST, "[submit_card]", "right code"), MOST_MESSAGES + 1),
    ],
)
def test_messages_of_a_happy_path(inputs: tuple[str, ...], most: int) -> None:
    """From the menu's button to the receipt it takes so many messages, consent included."""
    assert ask(inputs).ended == "done"
    assert 1 + len(inputs) <= most


def test_the_reason_for_paper_goes_along() -> None:
    """Who can use an electronic card and wants paper all the same tells the officer so."""
    played = ask((*STILL, *PROVED, *REST, "[submit_card]", "right code"))
    assert (form_of(played)["screen"], form_of(played)["wish"]) == ("vneid", "paper")


def test_the_form_holds_what_was_asked_and_nothing_else() -> None:
    """Typed answers, changes, photos and the address reach the officer; notes do not."""
    answers = ("Nguyễn Thị An", "1948", "[only_year]", "[no_id]", "[female]", "Tày")
    photos = ("(photo)", "file: kept", "[done]")
    inputs = ("[book]", "[damaged]", "[changed]", "sửa tên đệm", *PROVED, *answers, *photos)
    post = ("[post]", "12 Lê Lợi, phường Bến Thành, TP.HCM", "[submit_book]", "right code")
    assert form_of(ask((*inputs, *post), NOTHING)) == {
        "thing": "book",
        "cause": "damaged",
        "data": "changed",
        "changes": "sửa tên đệm",
        "full_name": "Nguyễn Thị An",
        "birth_date": "1948",
        "sex": "female",
        "ethnic_group": "Tày",
        "delivery": "post",
        "address": "12 Lê Lợi, phường Bến Thành, TP.HCM",
        "photos": "1",
    }


def test_an_answer_that_no_longer_fits_does_not_go_along() -> None:
    """Whoever first wanted the post and then the office sends no address."""
    inputs = (*READY[:-1], "[post]", "12 Lê Lợi, phường Bến Thành, TP.HCM", "4", "[back]")
    form = form_of(ask((*inputs, "[office]", "[submit_book]", "right code")))
    assert "address" not in form
    assert form["delivery"] == "office"


# --- the summary ----------------------------------------------------------------------


def shown(played: Played) -> list[str]:
    """The lines of the summary that is shown, by the states they lead to."""
    question = flow.question(played.talk.state)
    assert isinstance(question, AskLine)
    return [line.at.value for line in question.shown(played.talk.draft)]


def test_a_summary_fits_the_eye() -> None:
    """It never has more than eight lines, even where nothing is on file."""
    start = ("[book]", "[damaged]", "[changed]", "tên đệm", *PROVED, "An", "3/4/1948", "[no_id]")
    most = ask((*start, "[male]", "[foreign]", "Lào", "[skip]", "[office]"), NOTHING)
    assert shown(most) == [
        "cause", "changes", "name", "birth", "sex", "nation", "photo", "delivery"
    ]  # fmt: skip
    assert len(shown(most)) <= MOST_LINES
    assert most.talk.first == len(shown(most)) + 1
    assert shown(ask(READY)) == ["cause", "data", "people", "delivery"]
    assert shown(ask(READY_CARD)) == ["cause", "people", "delivery"]


@pytest.mark.parametrize(
    ("number", "state", "answer", "field", "value"),
    [
        ("1", "cause", "[lost]", "cause", "lost"),
        ("sửa dòng 2", "data", "[same]", "data", "same"),
        ("3", "name", "Nguyễn Thị Ba", "full_name", "Nguyễn Thị Ba"),
        ("4", "birth", "5/6/1950", "birth_date", "05/06/1950"),
        ("dòng năm", "id", "001091234567", "national_id", "001091234567"),
        ("6", "people", "Tày", "ethnic_group", "Tày"),
        ("7", "delivery", "[office]", "delivery", "office"),
    ],
)
def test_a_number_edits_one_line(
    number: str, state: str, answer: str, field: str, value: str
) -> None:
    """One line is asked again, all others stay, and the talk is back at the summary."""
    before = ask(UNKNOWN, NOTHING)
    played = ask((*UNKNOWN, number), NOTHING)
    assert (played.at, played.keys) == (state, (f"step.{state}",))
    go_on(played, answer, NOTHING)
    assert (played.at, played.keys) == ("check_book", ("step.check_book",))
    assert getattr(played.talk.draft, field) == value
    for name in Draft.__struct_fields__:
        if name != field:
            assert getattr(played.talk.draft, name) == getattr(before.talk.draft, name)


def test_an_edit_that_needs_more_asks_only_that() -> None:
    """Damaged after all: the photo is asked, then the summary is back; changes likewise."""
    assert ask((*READY, "1", "[damaged]")).at == "photo"
    assert ask((*READY, "1", "[damaged]", "[skip]")).at == "check_book"
    assert ask((*READY, "2", "[changed]", "tên đệm")).at == "check_book"
    assert ask((*READY, "4", "[post]", "12 Lê Lợi, phường Bến Thành, TP.HCM")).at == "check_book"


def test_a_line_that_is_not_there_changes_nothing() -> None:
    """A number beyond the lines is a button's or none, never somebody else's line."""
    assert ask((*READY, "5")).at == "code"
    assert ask((*READY, "44")).at == "check_book"
    assert ask((*READY, "1 và 2")).keys == ("error.line_two",)


def test_an_edit_after_the_code_voids_it() -> None:
    """Back from the code to another answer: the code on its way is worth nothing."""
    played = ask((*CODE, "[back]", "1", "[damaged]"))
    assert VOID in played.effects


# --- back, keep, correct --------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "states"),
    [
        ((*STILL, "quay lại", "quay lại", "quay lại"), ("cause", "advice", "screen")),
        ((*BOOK, "[back]", "[back]", "[back]"), ("data", "cause", "thing")),
        ((*BOOK, "[yes]", "[back]"), ("data",)),
        ((*BOOK, *PROVED, "[back]"), ("data",)),
        ((*BOOK, "[yes]", ACCOUNT, "[back]", "[back]"), ("number", "data")),
        ((*UNKNOWN, "[back]", "[back]", "[back]"), ("delivery", "people", "id")),
        ((*BOOK, *PROVED, "An", "1948", "[back]", "[back]"), ("birth", "name")),
        ((*BOOK, *PROVED, "An", "1948", "[only_year]", "[no_id]", "[back]"), ("id",)),
        (
            (*BOOK, *PROVED, "An", "3/4/1948", "079091234567", "[foreign]", "[back]"),
            ("people",),
        ),
        ((*DAMAGED, "[skip]", "[back]"), ("photo",)),
        ((*READY_CARD, "[submit_card]", "[back]", "[back]"), ("check_card", "delivery")),
    ],
)
def test_back_leads_to_the_question_before(
    inputs: tuple[str, ...], states: tuple[str, ...]
) -> None:
    """Back goes along the questions that were asked, never through the consent or the proof."""
    facts = ALL if inputs[: len(READY_CARD)] == READY_CARD or "[skip]" in inputs else NOTHING
    played = ask(inputs[: -len(states)], facts)
    for line, state in zip(inputs[-len(states) :], states, strict=True):
        go_on(played, line, facts)
        assert played.at == state


def test_back_at_the_beginning_asks_whether_to_leave() -> None:
    """Where nothing lies behind, "back" means away."""
    assert ask(("quay lại",)).keys == ("leave",)


def test_an_earlier_answer_can_be_kept() -> None:
    """Back offers what was typed; keeping it is as good as typing it again."""
    played = ask((*UNKNOWN, "3"), NOTHING)
    assert played.talk.choices[0] == "tap:keep"
    go_on(played, "[keep]", NOTHING)
    assert played.at == "check_book"
    assert ask((*UNKNOWN, "4", "giữ nguyên"), NOTHING).at == "check_book"


def test_what_was_proved_is_not_proved_twice() -> None:
    """Back behind the proof and forward again: neither consent nor code is asked anew."""
    played = ask((*BOOK, *PROVED, "[back]", "[same]"))
    assert (played.at, played.effects) == ("people", ())


def test_another_number_is_proved_anew() -> None:
    """A corrected number belongs to another account: its proof starts from its own code."""
    played = ask((*BOOK, *PROVED, "nhầm, số là 0987654321"))
    assert (played.at, played.talk.draft.account) == ("proof", "0987654321")
    back = ask((*BOOK, *PROVED, "nhầm, số là 0987654321", "[back]", "[back]", "[same]"))
    assert back.at == "number"


def test_a_proof_of_some_minutes_ago_is_enough() -> None:
    """Who has just proved the account in this chat gets no first code, only the last one."""
    proved = replace(ALL, proof=ACCOUNT)
    played = ask((*BOOK, "[yes]"), proved)
    assert played.talk.choices[0] == "tap:keep"
    go_on(played, "[keep]", proved)
    assert (played.at, played.effects) == ("people", ())
    assert ask((*BOOK, "[yes]", "[keep]", *REST, "[submit_book]"), proved).effects == (
        sent(SUBMIT),
    )


def test_whoever_reads_the_mail_alone_gets_the_last_code_there() -> None:
    """The code that sends the request goes where the proof came from."""
    by_mail = (*BOOK, "[yes]", ACCOUNT, "[by_email]", "right code", *REST, "[submit_book]")
    assert ask(by_mail).effects == (sent(SUBMIT, ON_FILE_EMAIL),)


def test_the_password_proves_as_well() -> None:
    """Who lost the phone opens the page; the request still needs the last code."""
    page = ask((*BOOK, "[yes]", ACCOUNT, "[password]"))
    assert (page.at, page.effects) == ("sign_in", (OfferSignIn(ACCOUNT),))
    go_on(page, "page: proved")
    assert page.at == "people"


def test_nothing_is_sent_without_the_last_code() -> None:
    """One move opens a dossier, and it starts from the right code of this procedure."""
    opening = [move for move in flow.moves if move.to == "done"]
    assert [(move.at, move.on) for move in opening] == [("code", code("right"))]


def test_born_tomorrow() -> None:
    """A birth date that is still to come, or 120 years old, is told at once and not kept."""
    now = replace(NOTHING, at=1_795_000_000.0)
    for line, key in (("1/1/2090", "date_future"), ("2/3/1901", "date_too_old")):
        played = ask((*BOOK, *PROVED, "An", line), now)
        assert (played.at, played.keys) == ("birth", (f"error.{key}",))
        assert played.talk.draft.birth_date == ""
    assert ask((*BOOK, *PROVED, "An", "3/4/1948"), now).at == "id"


# --- photos ---------------------------------------------------------------------------


def test_a_photo_is_fetched_without_a_word() -> None:
    """The bubble waits until it is known what became of the photo."""
    played = ask((*DAMAGED, "(photo)"))
    assert (played.at, played.keys, played.effects) == ("photo", (), (KeepPhoto("file-id"),))
    assert played.talk.draft.file == ""
    go_on(played, "file: kept")
    assert (played.at, played.keys) == ("photo", ("photo_kept", "again.photo"))
    assert (played.talk.draft.photos, played.talk.draft.file) == (1, "")
    go_on(played, "[done]")
    assert played.at == "delivery"


@pytest.mark.parametrize("word", REFUSALS)
def test_a_photo_that_is_not_kept(word: str) -> None:
    """It is said why, nothing is counted, and the next one may come."""
    played = ask((*DAMAGED, "(photo)", f"file: {word}"))
    assert (played.at, played.keys) == ("photo", (f"error.photo_{word}", "again.photo"))
    assert (played.talk.draft.sent, played.talk.draft.photos) == (0, 0)


def test_so_many_photos_at_the_most() -> None:
    """A fifth one is not even fetched; a refused one does not count."""
    played = ask((*DAMAGED, *["(photo)"] * MOST_PHOTOS, "(photo)"))
    assert (played.keys, played.effects) == (("error.photo_enough",), ())
    go_on(played, "file: too_big")
    go_on(played, "(photo)")
    assert played.effects == (KeepPhoto("file-id"),)


@pytest.mark.parametrize("later", [("[done]",), ("[done]", "[office]")])
def test_a_photo_that_arrives_late_still_counts(later: tuple[str, ...]) -> None:
    """Who goes on before the word on a photo has come hears it at the next question."""
    played = ask((*DAMAGED, "(photo)", *later))
    state = played.at
    go_on(played, "file: kept")
    assert (played.at, played.keys) == (state, ("photo_kept", f"again.{state}"))
    assert played.talk.draft.photos == 1


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("nó rách hết rồi", ("error.photo_words",)),
        ("(sticker)", ("not_text", "again.photo")),
        ("xong rồi", ("step.delivery",)),
        ("không có", ("step.delivery",)),
    ],
)
def test_words_instead_of_a_photo(line: str, keys: tuple[str, ...]) -> None:
    """Words are told that a photo is wanted, unless they are those of a button."""
    assert ask((*DAMAGED, line)).keys == keys


def test_a_photo_elsewhere_is_no_answer() -> None:
    """Where no photo is asked for, none is fetched."""
    played = ask((*BOOK, "(photo)"))
    assert (played.keys, played.effects) == (("not_text", "again.consent"), ())


# --- words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "cấp lại sổ BHXH",
        "xin cap lai so bhxh",
        "mất thẻ bhyt rồi",
        "thẻ BHYT bị rách, làm lại thẻ ở đâu",
        "lost my social insurance book",
        "my health insurance card is missing",
        "/caplai",
    ],
)
def test_words_that_begin_it(words: str) -> None:
    """It is found by what people call it."""
    assert play("", ["xin chào", words]).talk.flow == P4


@pytest.mark.parametrize("name", ["reissue", "lost_phone", "my_dossiers", "freeze_account"])
def test_no_word_means_two_buttons(name: str) -> None:
    """Of the buttons that one bubble can show, each has words of its own."""
    phrases, each = wording().phrases(), procedures()[name]
    for state in each.states:
        meant: dict[str, str] = {}
        for event in _buttons(each, state.value):
            own = phrases.get((name, event), frozenset()) | phrases.get(("", event), frozenset())
            for word in own:
                assert word not in meant, f"{state}: {word!r} is {meant[word]} and {event}"
                meant[word] = event


@pytest.mark.parametrize("name", ["reissue", "lost_phone", "my_dossiers", "freeze_account"])
def test_a_question_taken_up_again_names_no_answer(name: str) -> None:
    """The answers of a procedure that was left are not at hand when it is asked again."""
    for lang in ("vi", "en"):
        for state in set(procedures()[name].states) - procedures()[name].ends:
            text = wording().text(
                name, lang, f"again.{state}", {"label": "", "until": ""} | CARD_HOLE
            )
            assert text


def _buttons(each: Flow, state: str) -> tuple[str, ...]:
    taps = (on for on in each.answers(state) if on.startswith("tap:"))
    return tuple(on for on in taps if on not in each.hidden)


def test_every_button_says_what_it_does_in_few_letters() -> None:
    """Labels are short enough for a keyboard; the one that sends names the act."""
    for state in flow.states:
        for event in _buttons(flow, state.value):
            label = wording().label(P4, "vi", event, {"kept": ""})
            assert len(label) <= 32, label
    assert wording().label(P4, "vi", "tap:submit_book", {}) == "Gửi đề nghị cấp lại sổ BHXH"


def test_the_dossiers_are_looked_up_before_one_is_opened() -> None:
    """A second request of the same kind is known for one (one open dossier per kind)."""
    talk = ask(CODE).talk
    heard = house().hear(talk, Event("text", "123456"))
    wants = house().wants(talk, heard, house().draft_after(talk, heard))
    assert "dossiers" in [getattr(want, "what", "") for want in wants]
