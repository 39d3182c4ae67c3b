"""Another way of payment, as people ask for one: what they send, where it leads, what is said.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says).
"""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from flows.change_payment import flow
from flows.effects import GiveConsent, HandOver, Notice, OpenDossier, SendCode, VoidCodes
from flows.model import ON_FILE, ON_FILE_EMAIL, DossierView, Facts, OnFile, code
from flows.table import AskLine
from tests.play import USUAL, Played, play, say_to, wording

ME, KIND = "change_payment", "pension_payment"
ACCOUNT, STK, OTHER_STK = "0123456789", "0071000123456", "1500205123456"
ALL = replace(
    USUAL, on_file=OnFile(phone=True, email=True, name=True, birth_date=True, national_id=True)
)
NOTHING = replace(USUAL, on_file=OnFile(phone=True, email=True), owner="unnamed")
VOID = VoidCodes()
AGREED, REFUSED = GiveConsent(ME, granted=True), GiveConsent(ME, granted=False)

PROVED = ("[yes]", ACCOUNT, "right code")
BANK = ("[account]", *PROVED)
NAMED = (*BANK, "NGUYEN THI AN")
READY = (*NAMED, "Agribank", STK, STK)
CASH = ("[cash]", *PROVED)
CODE = (*READY, "[submit]")
FORM = {"method": "account", "holder": "NGUYEN THI AN", "bank": "Agribank", "bank_account": STK}

Effects = tuple[Any, ...]


def ask(lines: Sequence[str], facts: Facts = ALL) -> Played:
    """Have this conversation with somebody of whom everything is on file."""
    return play(ME, lines, facts)


def of(owner: Any, facts: Facts = ALL) -> Facts:  # noqa: ANN401 - one of a few words
    """The same, with this to be known of the name that was typed."""
    return replace(facts, owner=owner)


def submitted(contact: str = ON_FILE) -> SendCode:
    """The last code on its way."""
    return SendCode("submit", ME, ACCOUNT, contact)


ENDS = [
    ((*CODE, "right code"), "done", (OpenDossier(KIND, ACCOUNT, FORM),)),
    (
        (*CASH, "[submit]", "right code"),
        "done",
        (OpenDossier(KIND, ACCOUNT, {"method": "cash"}),),
    ),
    (("[others]", "[enough]"), "not_needed", ()),
    (("[vneid]", "không cần"), "not_needed", ()),
    (("[account]", "[no]"), "refused", (REFUSED,)),
    ((*READY, "hủy", "[stop]"), "cancelled", (VOID,)),
    ((*READY, "no more codes: [submit]"), "paused", (VOID,)),
    ((*CODE, "last code"), "locked", (Notice("failed_tries", ACCOUNT),)),
    ((*CODE, "void code"), "void", ()),
    (("[person]",), "person", (HandOver("method"),)),
    ((*BANK[:-1], "just changed: right code"), "cooling", ()),
    ((*CODE, "just changed: right code"), "cooling", ()),
]
ANSWERS = [
    (("[account]",), "consent", ("step.consent",), ()),
    (("chuyển khoản",), "consent", ("step.consent",), ()),
    (("tiền mặt",), "consent", ("step.consent",), ()),
    (("tài khoản của con",), "advice", ("advice.others", "step.advice"), ()),
    (("vào tài khoản của con trai tôi",), "advice", ("advice.others", "step.advice"), ()),
    (("cho vào tài khoản của tôi nhé",), "consent", ("step.consent",), ()),
    (("[vneid]",), "advice", ("advice.vneid", "step.advice"), ()),
    (("[others]", "[anyway]", "[account]"), "consent", ("step.consent",), ()),
    (("[account]", "[yes]"), "number", ("step.number",), (AGREED,)),
    (BANK, "holder", ("step.holder",), ()),
    (CASH, "check", ("step.check",), ()),
    (NAMED, "bank", ("step.bank",), ()),
    ((*NAMED, "ngân hàng công thương"), "bank_account", ("step.bank_account",), ()),
    ((*NAMED, "quỹ tín dụng Yên Mỹ"), "bank_sure", ("step.bank_sure",), ()),
    ((*NAMED, "quỹ Yên Mỹ", "đúng"), "bank_account", ("step.bank_account",), ()),
    ((*NAMED, "quỹ Yên Mỹ", "[bank_wrong]"), "bank", ("step.bank",), ()),
    (READY[:-1], "again", ("step.again",), ()),
    (READY, "check", ("step.check",), ()),
    (
        (*READY[:-1], OTHER_STK),
        "bank_account",
        ("error.bank_differ", "step.bank_account"),
        (),
    ),
    (CODE, "code", ("step.code",), (submitted(),)),
    ((*READY, "gửi đi"), "code", ("step.code",), (submitted(),)),
    ((*READY, "sent elsewhere: [submit]"), "check", ("error.wait_resend",), ()),
    ((*CODE, "wrong code"), "code", ("error.code_wrong",), ()),
    ((*CODE, "[back]"), "check", ("step.check",), ()),
]
REFUSALS = [
    (BANK, "tôi", "error.holder_self"),
    (BANK, "Nguyễn 2", "error.name_digits"),
    (NAMED, "momo", "error.bank_wallet"),
    (NAMED, "vcb hay bidv", "error.bank_names"),
    (NAMED, "0071000123456", "error.bank_name"),
    (READY[:-2], "12345", "error.bank_length"),
    (READY[:-2], "9704366812345678", "error.bank_card"),
    (READY[:-2], f"{STK} hoặc {OTHER_STK}", "error.bank_two"),
    (READY[:-2], "không có", "error.bank_none"),
    (READY[:-2], "mã số BHXH 0123456789", "error.bank_other"),
]


@pytest.mark.parametrize(("inputs", "end", "effects"), ENDS)
def test_ends(inputs: tuple[str, ...], end: str, effects: Effects) -> None:
    """Each end says its own text and does what it must."""
    played = ask(inputs)
    assert (played.ended, played.effects) == (end, effects)
    assert played.keys[0] == f"step.{end}"


@pytest.mark.parametrize(("inputs", "state", "keys", "effects"), ANSWERS)
def test_answers(
    inputs: tuple[str, ...], state: str, keys: tuple[str, ...], effects: Effects
) -> None:
    """An answer moves on to the next question that is needed, whatever form it was typed in."""
    played = ask(inputs)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


@pytest.mark.parametrize(("inputs", "line", "key"), REFUSALS)
def test_refused_answers(inputs: tuple[str, ...], line: str, key: str) -> None:
    """A wrong form is named, and nothing given before is lost."""
    before, played = ask(inputs), ask((*inputs, line))
    assert (played.keys, played.effects) == ((key,), ())
    assert (played.at, played.talk.draft) == (before.at, before.talk.draft)


# --- whose account it is ----------------------------------------------------------------


def test_somebody_elses_name_costs_nothing() -> None:
    """The refusal says why and stays; no code, no request, and the name is not kept."""
    played = ask(BANK)
    say_to(played, "TRAN VAN BINH", of("other"))
    assert (played.at, played.keys, played.effects) == ("holder", ("error.holder_other",), ())
    assert played.talk.draft.holder == ""
    say_to(played, "NGUYEN THI AN", of("same"))
    assert played.at == "bank"


def test_cash_instead_of_somebody_elses_account() -> None:
    """From the refused name "back" leads to the choice, and cash needs no name."""
    played = ask(BANK)
    say_to(played, "TRAN VAN BINH", of("other"))
    for line in ("[back]", "[cash]"):
        say_to(played, line, ALL)
    assert (played.at, played.keys) == ("check", ("step.check",))


def test_no_name_on_file() -> None:
    """There is nothing to compare with: an office has to."""
    played = ask(BANK[:-1])
    say_to(played, "right code", ALL)
    say_to(played, "NGUYEN THI AN", of("unnamed"))
    assert (played.ended, played.keys, played.effects) == ("at_office", ("step.at_office",), ())


@pytest.mark.parametrize(
    ("owner", "at"), [("other", "holder"), ("", "holder"), ("unnamed", "at_office")]
)
def test_the_name_is_compared_again_at_the_end(owner: str, at: str) -> None:
    """Whatever was known before: nothing opens unless it is the beneficiary's own now."""
    played = ask(CODE)
    say_to(played, "right code", of(owner))
    assert (played.at, played.effects) == (at, ())


def test_one_open_request() -> None:
    """Of the same account: told as soon as it is proved. Of another one: no matter."""
    view = DossierView("HS-1", KIND, "in_review")
    mine, closed = replace(view, mine=True), replace(view, mine=True, state="resolved")
    for seen, end in ((mine, "already"), (closed, ""), (view, "")):
        assert ask(BANK, replace(ALL, dossiers=(seen,))).ended == end
    played = ask(CODE)
    say_to(played, "right code", replace(ALL, dossiers=(mine,)))
    assert (played.ended, played.effects) == ("already", ())


# --- the number, twice ------------------------------------------------------------------


def test_another_number_is_typed_twice_as_well() -> None:
    """However one comes back to the account: the new number counts only after the second time."""
    for back in (("4",), ("[back]",)):
        played = ask((*READY, *back, OTHER_STK))
        assert played.at == "again"
        assert ask((*READY, *back, OTHER_STK, OTHER_STK)).at == "check"
        assert ask((*READY, *back, OTHER_STK, STK)).keys[0] == "error.bank_differ"
    assert ask((*READY, f"nhầm, stk là {OTHER_STK}")).at == "again"


def test_the_earlier_number_can_be_kept() -> None:
    """What was typed twice need not be typed again; the button shows only its end."""
    played = ask((*READY, "4"))
    assert played.talk.choices[0] == "tap:keep"
    say_to(played, "[keep]", ALL)
    assert played.at == "check"


def test_the_form_is_what_was_typed_last() -> None:
    """The request holds the number that was confirmed, and no trace of the earlier one."""
    played = ask((*READY, "4", OTHER_STK, OTHER_STK, "[submit]", "right code"))
    (opened,) = played.effects
    assert isinstance(opened, OpenDossier)
    assert opened.form == FORM | {"bank_account": OTHER_STK}


def test_cash_after_all_sends_no_account() -> None:
    """Whoever first wanted an account and then cash sends neither bank nor number."""
    played = ask((*READY, "1", "[cash]", "[submit]", "right code"))
    assert played.effects == (OpenDossier(KIND, ACCOUNT, {"method": "cash"}),)


# --- the summary, the proof, the words ---------------------------------------------------


def shown(played: Played) -> list[str]:
    """The lines of the summary that is shown, by the states they lead to."""
    question = flow.question(played.talk.state)
    assert isinstance(question, AskLine)
    return [line.at.value for line in question.shown(played.talk.draft)]


def test_the_summary() -> None:
    """It has the lines that count, and a number leads to each."""
    assert shown(ask(READY)) == ["method", "holder", "bank", "bank_account"]
    assert shown(ask(CASH)) == ["method"]
    for number, state in enumerate(("method", "holder", "bank", "bank_account"), 1):
        assert ask((*READY, str(number))).at == state


def test_what_is_not_on_file_is_asked() -> None:
    """For cash the form needs a name and a birth date; for an account the bank's name does."""
    assert ask(CASH, NOTHING).at == "name"
    assert ask((*CASH, "Nguyễn Thị An"), NOTHING).at == "birth"
    assert ask((*CASH, "Nguyễn Thị An", "1948"), NOTHING).at == "birth_year"
    full = ask((*CASH, "Nguyễn Thị An", "3/4/1948"), NOTHING)
    assert shown(full) == ["name", "birth", "method"]
    assert ask(BANK, NOTHING).at == "birth"


def test_whoever_reads_the_mail_alone_gets_the_last_code_there() -> None:
    """The code that sends the request goes where the proof came from."""
    by_mail = ("[cash]", "[yes]", ACCOUNT, "[by_email]", "right code", "[submit]")
    assert ask(by_mail).effects == (submitted(ON_FILE_EMAIL),)


def test_nothing_is_sent_without_the_last_code() -> None:
    """One move opens a dossier, and it starts from the right code of this procedure."""
    opening = [move for move in flow.moves if move.to == "done"]
    assert [(move.at, move.on) for move in opening] == [("code", code("right"))]


def test_few_messages_are_enough() -> None:
    """From the menu's button to the receipt, consent included."""
    assert ask((*CODE, "right code")).ended == "done"
    assert 1 + len((*CODE, "right code")) <= 11


@pytest.mark.parametrize(
    "words",
    [
        "đổi cách nhận lương hưu",
        "doi tai khoan nhan luong",
        "nhận lương hưu qua thẻ",
        "mẫu 2-CBH",
        "change payment",
        "/doihinhthuc",
    ],
)
def test_words_that_begin_it(words: str) -> None:
    """It is found by what people call it."""
    assert play("", ["xin chào", words]).talk.flow == ME


def test_it_stands_on_the_second_page() -> None:
    """The first page of the menu stays short."""
    assert play("", ["xin chào", "dịch vụ khác", "[change_payment]"]).talk.flow == ME
    assert (flow.listed, flow.on_second_page) == (False, True)


def test_every_button_says_what_it_does_in_few_letters() -> None:
    """Labels are short enough for a keyboard; the one that sends names the act."""
    for state in flow.states:
        for event in flow.answers(state.value):
            if event.startswith("tap:") and event not in flow.hidden:
                assert len(wording().label(ME, "vi", event, {"kept": ""})) <= 32
