"""The plain mode: few words, whole words, and a person one tap away, for whoever was born in 1948.

What is measured is what the citizen reads: the whole bubble with its holes filled.
"""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.wording_checks import HOLES, LANGS, OUTSIDE_THE_CHAT, answers_of
from flows import common
from flows.model import Facts, OnFile
from tests.play import USUAL, Played, play, procedures, say_to, wording

MOST_WORDS = 25
OLD = replace(USUAL, on_file=OnFile(phone=True, email=True, name=True, birth_date=True, old=True))
ACCOUNT, PHONE, NEW = "0123456789", "0912 345 678", "0987 654 321"
# What an old reader may stumble over; the labels of apps are quoted as they are written there.
# "SIM" and "SMS" are words in English.
STRANGE = r"BHXH|BHYT|CCCD|CMND|TK1-TS|OTP|QR|PDF|TP\.|GB|MB"
ABBREVIATED = {
    "vi": re.compile(rf"\b({STRANGE}|SMS|SIM)\b|[✔☎✉]"),
    "en": re.compile(rf"\b({STRANGE})\b|[✔☎✉]"),
}
QUOTED = re.compile("“[^”]*”")
# Lists of what was answered or handed in are as long as they are.
LISTS = ("summary", "why", "changes", "address", "office", "full_name")
LETTERS = ("kind.", "state.", "reason.", "on_file.")


def shorts(lang: str) -> Iterator[tuple[str, str, str]]:
    """Every text of a bubble as the plain mode says it: file, key, text."""
    for (name, of), texts in wording()._texts.items():
        for key, text in texts.items():
            if of == lang and not key.startswith((*OUTSIDE_THE_CHAT, *LETTERS)):
                yield name, key, texts.get(f"short.{key}", text)


ALL = [(lang, *it) for lang in LANGS for it in shorts(lang)]


def known(name: str) -> dict[str, str]:
    """The holes of a file's texts."""
    return dict(HOLES) | answers_of(procedures().get(name))


@given(st.data())
def test_no_filling_makes_a_text_long(data: st.DataObject) -> None:
    """With the shortest and the longest of what the product itself fills in: 25 words at most."""
    _, name, key, text = data.draw(st.sampled_from(ALL))
    longest = known(name) | dict.fromkeys(LISTS, "")
    one = st.from_regex(r"[0-9A-Za-z@.:/-]{1,30}", fullmatch=True)
    holes = {hole: data.draw(st.just(value) | one) for hole, value in longest.items()}
    said = text.format_map(holes | dict.fromkeys(LISTS, ""))
    assert len(said.split()) <= MOST_WORDS, f"{name}.toml: {key}"


@pytest.mark.parametrize(("lang", "name", "key", "text"), ALL)
def test_the_longest_filling_fits(lang: str, name: str, key: str, text: str) -> None:
    """The longest values at once."""
    said = text.format_map(known(name) | dict.fromkeys(LISTS, ""))
    assert len(said.split()) <= MOST_WORDS, f"{name}.toml: [{lang}] {key}"


@pytest.mark.parametrize("lang", LANGS)
def test_whole_words_and_no_signs(lang: str) -> None:
    """No abbreviation, no emoji, no sign that stands for a word."""
    for name, key, text in shorts(lang):
        found = ABBREVIATED[lang].search(QUOTED.sub("", text))
        assert not found, f"{name}.toml: [{lang}] short.{key} says {found and found[0]!r}"


# --- one conversation of somebody born in 1948 in each procedure ----------------------------

PROVED = ("[yes]", ACCOUNT, "right code")
STK = "0071000123456"
DIALOGUES = {
    "forgot_password": ("[yes]", ACCOUNT, PHONE, "wrong code", "right code"),
    "add_email": (*PROVED, "an@gmail.con", "[fix]", "[save]", "right code"),
    "change_phone": ("[yes]", ACCOUNT, PHONE, NEW, "right old code", "right new code"),
    "reissue": (
        *("[card]", "[vneid]", "[paper]", "[lost]", *PROVED, "079091234567", "[kinh]"),
        *("[office]", "[submit_card]", "right code"),
    ),
    "lost_phone": (
        *("[sim_gone]", "[remembers]", "[reads]", *PROVED, "page: proved", NEW),
        "[ask_review]",
    ),
    "freeze_account": ("[freeze]", ACCOUNT, "right code"),
    "claim_phone": ("[yes]", ACCOUNT, PHONE, "right code"),
    "my_dossiers": (),
    "scam_check": ("đọc mã otp cho cán bộ qua zalo nhé", "[acted]", "[back]", "[done]"),
    "cancel_account": (
        *("[lost]", "[anyway]", "[yes]", ACCOUNT, "[close_account]", "wrong code", "right code"),
    ),
    "register_account": (
        *("[child]", *PROVED, "7912345678", "Trần Minh Anh", "03/04/2015", "[mother]", PHONE),
        *("BHXH Ba Đình", "[send_registration]", "right code"),
    ),
    **dict.fromkeys(("lookup_card", "lookup_history", "my_agency"), PROVED),
    "transfer_pension": (
        *("[pension]", *PROVED, "Huế", "phường Thuận Hóa", "[account]", "NGUYEN THI AN"),
        *("quỹ tín dụng Yên Mỹ", "[bank_right]", STK, STK, "[submit]", "right code"),
    ),
    "change_payment": (
        *("[account]", *PROVED, "NGUYEN THI AN", "Agribank", STK, STK),
        *("[submit]", "right code"),
    ),
}
# Leaving is not asked about.
NOTHING_LOST = ("my_dossiers", "scam_check")
TWO_MISSES = ("cháu ơi", "bà không hiểu")


def words_of(played: Played) -> int:
    """How many words the last bubble has, in the plain mode."""
    assert played.outcome
    flow, lang = played.outcome.flow, played.talk.lang
    holes = {**known(flow), "summary": "", "contact": "09xx", "to": "09xx", "procedure": ""}
    text = " ".join(
        wording().text(flow, lang, say.key, holes | say.holes, plain=True) for say in played.says
    )
    return len(text.split())


def is_plain(played: Played) -> bool:
    """Whether few words are said now."""
    return played.talk.plain


def begun(procedure: str, facts: Facts = OLD) -> Played:
    """Begin it by name, asking for few words."""
    name = wording().label(procedure, "vi", f"start:{procedure}", {})
    return play("", ("xin chào", "chữ ngắn thôi", name), facts)


@pytest.mark.parametrize("procedure", DIALOGUES)
def test_a_whole_procedure_in_few_words(procedure: str) -> None:
    """Every bubble on the way has 25 words at the most, and a person one tap away."""
    played = begun(procedure)
    assert is_plain(played)
    for line in DIALOGUES[procedure]:
        assert words_of(played) <= MOST_WORDS, played.keys
        assert common.PERSON in played.talk.choices
        say_to(played, line, OLD)
    assert words_of(played) <= MOST_WORDS, played.keys
    assert played.ended or procedure == "my_dossiers"
    assert is_plain(played)


@pytest.mark.parametrize("procedure", ["add_email", "reissue", "lost_phone"])
def test_it_begins_with_the_proof(procedure: str) -> None:
    """Once the account is proved, whoever was born in 1960 or before hears few words."""
    lines, played = DIALOGUES[procedure], play(procedure, (), OLD)
    assert not is_plain(played)
    for line in lines[: lines.index("right code") + 1]:
        say_to(played, line, OLD)
    assert is_plain(played)
    assert not play(procedure, lines[: lines.index("right code") + 1], USUAL).talk.plain


def test_it_begins_with_any_proof() -> None:
    """By the page for a password as well, and where the proof is the end of the procedure."""
    by_page = ("[yes]", ACCOUNT, "[password]", "page: proved")
    assert play("add_email", by_page, OLD).talk.plain
    assert play("freeze_account", DIALOGUES["freeze_account"], OLD).talk.plain
    assert play("forgot_password", DIALOGUES["forgot_password"], OLD).talk.plain


@pytest.mark.parametrize("procedure", DIALOGUES)
def test_a_person_is_one_tap_away_at_the_end_too(procedure: str) -> None:
    """At the end, and where it is asked whether to stop."""
    played = begun(procedure)
    if procedure not in NOTHING_LOST:
        say_to(played, "hủy", OLD)
        assert common.PERSON in played.talk.choices
        say_to(played, "[go_on]", OLD)
    if procedure != "my_dossiers":
        for line in DIALOGUES[procedure]:
            say_to(played, line, OLD)
    assert common.PERSON in played.talk.choices
    say_to(played, "[person]", OLD)
    assert played.keys[-1] == "person_at_menu" or played.ended == "person"


@pytest.mark.parametrize("procedure", [name for name in DIALOGUES if name != "my_dossiers"])
def test_say_it_again(procedure: str) -> None:
    """The open question once more, in few words, and nothing else happens."""
    played = begun(procedure)
    for line in DIALOGUES[procedure]:
        before = played.talk
        say_to(played, "nói lại", OLD)
        assert (played.keys, played.effects) == ((f"again.{before.state}",), ())
        assert (played.talk.state, played.talk.draft) == (before.state, before.draft)
        say_to(played, line, OLD)


def test_say_it_again_at_the_menu() -> None:
    """The menu once more."""
    assert play("", ("xin chào", "nói lại")).keys == ("menu",)


@pytest.mark.parametrize("line", ["nhầm, số cũ là 0977 777 777", "Số cũ là 0977777777 mới đúng"])
def test_an_earlier_number_is_corrected_by_its_name(line: str) -> None:
    """At the question for the new phone the old one can be mended, and is not taken for it."""
    played = play("change_phone", ("[yes]", ACCOUNT, PHONE, line))
    draft = played.talk.draft
    assert (played.at, draft.contact, draft.phone) == ("phone", "+84977777777", "")
    assert played.keys == ("corrected", "step.phone")


@pytest.mark.parametrize("procedure", [name for name in DIALOGUES if name != "my_dossiers"])
def test_it_begins_after_two_answers_that_were_none(procedure: str) -> None:
    """Twice not understood: from then on in few words, and to the end."""
    name = wording().label(procedure, "vi", f"start:{procedure}", {})
    played = play("", ("xin chào", name, TWO_MISSES[0]))
    assert not is_plain(played)
    say_to(played, TWO_MISSES[1])
    assert is_plain(played)
    say_to(played, "đầy đủ")
    assert not is_plain(played)
