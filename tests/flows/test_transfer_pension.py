"""A pension to another province, as people ask for it: what they send and where it leads.

What is asked about a bank account is the same as in `test_change_payment.py`.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from flows.effects import GiveConsent, HandOver, Notice, OpenDossier, SendCode, VoidCodes
from flows.model import ON_FILE, Facts, OnFile
from flows.table import AskLine
from flows.transfer_pension import flow
from tests.play import USUAL, Played, play, say_to

ME, KIND = "transfer_pension", "pension_place"
ACCOUNT, STK = "0123456789", "0071000123456"
ALL = replace(
    USUAL, on_file=OnFile(phone=True, email=True, name=True, birth_date=True, national_id=True)
)
NOTHING = replace(USUAL, on_file=OnFile(phone=True, email=True), owner="unnamed")
SUBMITTED = SendCode("submit", ME, ACCOUNT, ON_FILE)
VOID = VoidCodes()

PROVED = ("[pension]", "[yes]", ACCOUNT, "right code")
THERE = (*PROVED, "từ Hà Nội vào Huế", "phường Thuận Hóa")
READY = (*THERE, "[as_now]")
BANK = (*THERE, "[account]", "NGUYEN THI AN", "vcb", STK, STK)
CODE = (*READY, "[submit]")
PLACE = {"benefit": "pension", "province": "Huế", "agency": "phường Thuận Hóa"}

Effects = tuple[Any, ...]


def ask(lines: Sequence[str], facts: Facts = ALL) -> Played:
    """Have this conversation with somebody of whom everything is on file."""
    return play(ME, lines, facts)


ENDS = [
    (
        (*CODE, "right code"),
        "done",
        (OpenDossier(KIND, ACCOUNT, PLACE | {"method": "as_now"}),),
    ),
    (
        (*BANK, "[submit]", "right code"),
        "done",
        (
            OpenDossier(
                KIND,
                ACCOUNT,
                PLACE
                | {"method": "account", "holder": "NGUYEN THI AN", "bank": "Vietcombank"}
                | {"bank_account": STK},
            ),
        ),
    ),
    (("[stays]", "[back]", "[vneid]", "[enough]"), "not_needed", ()),
    (("[pension]", "[no]"), "refused", (GiveConsent(ME, granted=False),)),
    ((*READY, "hủy", "[stop]"), "cancelled", (VOID,)),
    ((*CODE, "no more codes: [resend]"), "paused", (VOID,)),
    ((*CODE, "last code"), "locked", (Notice("failed_tries", ACCOUNT),)),
    ((*CODE, "void code"), "void", ()),
    ((*PROVED, "gặp cán bộ"), "person", (HandOver("province"),)),
    ((*PROVED[:-1], "just changed: right code"), "cooling", ()),
]
ANSWERS = [
    (("lương hưu",), "consent", ("step.consent",), ()),
    (("trợ cấp tuất",), "consent", ("step.consent",), ()),
    (("[stays]",), "advice", ("advice.stays", "step.advice"), ()),
    (("[vneid]", "[anyway]", "[allowance]"), "consent", ("step.consent",), ()),
    (PROVED, "province", ("step.province",), ()),
    ((*PROVED, "về Nam Định"), "agency", ("step.agency",), ()),
    (THERE, "method", ("step.method",), ()),
    ((*THERE, "như cũ"), "check", ("step.check",), ()),
    ((*THERE, "tiền mặt"), "check", ("step.check",), ()),
    ((*THERE, "vào tài khoản"), "holder", ("step.holder",), ()),
    (BANK, "check", ("step.check",), ()),
    (CODE, "code", ("step.code",), (SUBMITTED,)),
    ((*READY, "nhầm, tỉnh là Cà Mau"), "check", ("corrected", "step.check"), (VOID,)),
]
REFUSALS = [
    (PROVED, "quê tôi", "error.province_none"),
    (PROVED, "Huế hay Cần Thơ", "error.province_two"),
    ((*PROVED, "Huế"), "x", "error.agency_short"),
    ((*PROVED, "Huế"), "http://a.vn", "error.agency_link"),
    ((*PROVED, "Huế"), "tôi không biết", "error.agency_short"),
    ((*PROVED, "Huế"), "I don't know", "error.agency_short"),
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


def test_who_stays_is_led_to_the_other_request() -> None:
    """Whoever only wants another account is one tap away from the shorter form."""
    played = ask(("[stays]", "[change_payment]"))
    assert (played.talk.flow, played.parked) == ("change_payment", [ME])


def test_the_account_there_is_the_beneficiarys_own() -> None:
    """The name is compared here as well."""
    played = ask((*THERE, "[account]"))
    say_to(played, "TRAN VAN BINH", replace(ALL, owner="other"))
    assert (played.at, played.keys, played.effects) == ("holder", ("error.holder_other",), ())


def shown(played: Played) -> list[str]:
    """The lines of the summary that is shown, by the states they lead to."""
    question = flow.question(played.talk.state)
    assert isinstance(question, AskLine)
    return [line.at.value for line in question.shown(played.talk.draft)]


def test_the_summary() -> None:
    """It has the lines that count, eight at the most, and a number leads to each."""
    assert shown(ask(READY)) == ["benefit", "province", "agency", "method"]
    lines = ["benefit", "province", "agency", "method", "holder", "bank", "bank_account"]
    assert shown(ask(BANK)) == lines
    for number, state in enumerate(lines, 1):
        assert ask((*BANK, str(number))).at == state
    typed = ("Nguyễn Thị An", "3/4/1948", "Huế", "phường Thuận Hóa", "[cash]")
    lacking = ["benefit", "province", "agency", "name", "birth", "method"]
    assert shown(ask((*PROVED, *typed), NOTHING)) == lacking


def test_back_leads_to_the_question_before() -> None:
    """Back goes along the questions that were asked, never through the consent or the proof."""
    played = ask(BANK)
    for state in ("bank_account", "bank", "holder", "method", "agency", "province", "benefit"):
        say_to(played, "[back]", ALL)
        assert played.at == state


def test_few_messages_are_enough() -> None:
    """From the menu's button to the receipt, consent included."""
    assert 1 + len((*CODE, "right code")) <= 10


@pytest.mark.parametrize(
    "words",
    [
        "chuyển lương hưu",
        "chuyen noi huong",
        "mẫu 14-HSB",
        "transfer my pension",
        "/chuyennoihuong",
    ],
)
def test_words_that_begin_it(words: str) -> None:
    """It is found by what people call it."""
    assert play("", ["xin chào", words]).talk.flow == ME
