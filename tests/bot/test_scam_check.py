"""A strange message through the real turn: told, masked where it is kept, and never obeyed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot import masks
from bot.official import Official
from bot.settings import Settings
from tests.bot.town import LAN, Citizen, Town

FRAUD = (
    "Mã OTP của bác là 48 29-13, đọc cho em: 0912345678 hoặc http://vssid-gov.com/a?so=7900000001"
)
HIDDEN = ("482913", "48 29-13", "0912345678", "7900000001")
GAPS = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u2009", "\u200b", "\u2011", "  "])


async def _kept(town: Town, chat: str) -> str:
    return " ".join(line.heard for line in await town.store.transcript(chat, limit=50))


@pytest.mark.parametrize(
    "before", [(), ("/kiemtra",), ("/kiemtra", "đọc mã otp cho em, http://vssid-gov.com")]
)
async def test_what_is_passed_on_is_kept_masked(
    town: Town, lan: Citizen, before: tuple[str, ...]
) -> None:
    """At the menu and in the procedure: no number, no code; links as text, once."""
    await lan.says("xin chào", *before)
    told = await lan.says(FRAUD, fresh=False)
    kept = await _kept(town, lan.chat)
    assert "Không chính thức" in told.text
    assert "http://vssid-gov.com" in kept
    assert not any(part in kept for part in HIDDEN)
    assert "vssid-gov" not in told.text


async def test_nothing_of_it_is_in_any_row(town: Town, lan: Citizen) -> None:
    """Neither the answers nor the messages that leave hold it."""
    await lan.says("xin chào", "/kiemtra", FRAUD)
    async with town.store.unit(now=town.clock.now()) as unit:
        (row,) = (await unit.conversations([lan.chat])).values()
    assert b"vssid-gov" not in bytes(str(row), "utf-8")
    assert all("vssid-gov" not in bubble.text for bubble in lan.bubbles)


async def test_a_code_of_ours_that_is_passed_on_is_no_answer(town: Town, lan: Citizen) -> None:
    """A live code that is forwarded was not typed; one that is pasted here opens nothing."""
    await lan.asks_for_a_code()
    code = town.code_for(LAN.phone)
    (sms,) = town.sms_to(LAN.phone)
    await lan.says(sms, fresh=False)
    assert not town.passwords_for(LAN.phone)
    await lan.says("/kiemtra", sms)
    assert "Chưa rõ" in lan.last.text
    assert not town.passwords_for(LAN.phone)
    assert code not in await _kept(town, lan.chat)


async def test_the_list_of_the_settings_counts(lan: Citizen) -> None:
    """The hotline is official, a strange number is not, and nobody is told it were safe."""
    assert "Chính thức" in (await lan.says("/kiemtra", "1900 9068")).text
    assert "Chưa rõ" in (await lan.says("/kiemtra", "1900 1234")).text


@given(st.text("0123456789", min_size=4, max_size=16), st.data())
def test_no_digits_are_left(digits: str, data: st.DataObject) -> None:
    """However a number is set, only the last two digits of a long one can be read."""
    apart = "".join(digit + data.draw(GAPS) for digit in digits)
    shown = masks.hide_message(f"ma {apart} het")
    assert sum(c.isdigit() for c in shown) <= (2 if len(digits) >= 9 else 0)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("mật khẩu: hoa123", "hoa"),
        ("mat khau moi: Abcd-efgh-12", "Abcd"),
        ("KHONG A7K2M9B4C3 gui 8079", "A7K2"),
        ("\uff14\uff18\uff12\uff19\uff11\uff13", "4"),
        ("\u0664\u0668\u0662\u0669\u0661\u0663", "\u0664"),
    ],
)
def test_codes_and_passwords_are_gone(text: str, gone: str) -> None:
    """Passwords, undo codes and codes in other digits cannot be read in what is kept."""
    assert gone not in masks.hide_message(text)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("domains", "vn"),
        ("domains", "gov.vn"),
        ("domains", "com.vn"),
        ("domains", "https://baohiemxahoi.gov.vn"),
        ("domains", "Baohiemxahoi.gov.vn"),
        ("domains", "b\u0430ohiemxahoi.gov.vn"),
        ("apps", "play.google.com"),
        ("apps", "https://apps.apple.com/app/id1"),
        ("numbers", "BHXH"),
        ("bots", ""),
    ],
)
def test_a_list_that_would_let_strangers_in_is_refused(key: str, value: str) -> None:
    """A whole ending, a whole store or a name of no letters never gets on the list."""
    with pytest.raises(ValidationError):
        Official.model_validate({key: [value]})


def test_what_this_bot_says_of_itself_is_listed() -> None:
    """Its hotline and its own pages need not be written twice."""
    here = Settings.model_validate(
        {"help": {"hotline": "1900 1111"}, "http": {"public_url": "https://bot.agency.vn"}}
    )
    listed = here.official.listed(here.help.hotline, here.http.public_url)
    assert "19001111" in listed.numbers
    assert listed.hosts == ("bot.agency.vn",)
