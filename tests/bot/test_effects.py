"""Effects through the turn: buttons, pictures, erasing, consent, people."""

from pathlib import Path

import pytest

from bot import codes
from bot.channels.base import Incoming
from bot.settings import HumanCheck, Settings
from flows.model import Event
from tests.bot.town import LAN, Citizen, Town


async def test_replayed_button(town: Town, lan: Citizen) -> None:
    """A button of an older bubble is stale and has no effect (R37)."""
    await lan.says("quên mật khẩu")
    yes = lan.token("Đồng ý")
    await lan.presses(yes)
    await lan.presses(yes)
    assert "Nút này đã cũ" in lan.last.text
    assert await town.value("SELECT count(*) FROM consents") == 1


@pytest.mark.parametrize("spoil", ["", "A" * 22, "đ", "\ud800", "x" * 5000, "tap:yes", "\0"])
async def test_odd_tokens(town: Town, lan: Citizen, spoil: str) -> None:
    """A token that was never issued is stale, whatever it holds (R37)."""
    await lan.says("quên mật khẩu")
    await lan.presses(spoil)
    assert "Nút này đã cũ" in lan.last.text
    assert await town.value("SELECT count(*) FROM consents") == 0


async def test_mutated_token(town: Town, lan: Citizen) -> None:
    """One changed letter makes a button stale (R37)."""
    await lan.says("quên mật khẩu")
    yes = lan.token("Đồng ý")
    for at in range(0, 21, 4):
        letter = "A" if yes[at] != "A" else "B"
        await lan.presses(yes[:at] + letter + yes[at + 1 :])
        yes = lan.token("Đồng ý")
    assert await town.value("SELECT count(*) FROM consents") == 0


async def test_button_of_another_chat(town: Town) -> None:
    """A button works in its own chat only (R37)."""
    one, other = town.citizen("telegram:1"), town.citizen("telegram:2")
    await one.says("quên mật khẩu")
    await other.says("quên mật khẩu")
    await other.presses(one.token("Đồng ý"))
    assert "Nút này đã cũ" in other.last.text


@pytest.mark.parametrize(("after", "stale"), [(900, False), (901, True)])
async def test_button_for_a_quarter_of_an_hour(
    town: Town, lan: Citizen, after: float, *, stale: bool
) -> None:
    """A button holds for 15 minutes (R37)."""
    await lan.says("quên mật khẩu")
    town.clock.reach(await town.value("SELECT said_at FROM conversations") + after)
    await lan.taps("Đồng ý")
    assert ("Nút này đã cũ" in lan.last.text) is stale


async def test_double_tap(town: Town, lan: Citizen) -> None:
    """Resend pressed twice at once sends one code."""
    await lan.asks_for_a_code()
    town.clock.pass_(61)
    token = lan.token("Gửi lại mã")
    for _ in range(2):
        await lan.puts(Event("stale"), token=token)
    await town.deliver()
    assert len(town.codes_for(LAN.phone)) == 2
    assert "Nút này đã cũ" in lan.last.text


# --- the rest ------------------------------------------------------------------------


async def test_human_check(tmp_path: Path) -> None:
    """The picture's digits, and nothing else, lead on to the code; words show the same ones."""
    settings = Settings(human_check=HumanCheck(policy="always"))
    async with Town(tmp_path, settings=settings) as town:
        lan = town.citizen()
        await lan.asks_for_a_code()
        assert not town.sms.tried
        assert town.telegram.letters[-1].picture.startswith(b"\x89PNG")
        await lan.taps("Không thấy hình")
        assert "Gõ bằng số" in lan.last.text
        await lan.says("0000" if await _digits(town, lan) != "0000" else "1111")
        assert "Chưa đúng số trong hình" in lan.last.text
        await lan.says(await _digits(town, lan))
        assert len(town.codes_for(LAN.phone)) == 1


async def _digits(town: Town, citizen: Citizen) -> str:
    ((run, turn),) = await town.rows("SELECT run, turn FROM conversations")
    return codes.picture_digits(town.engine.desk.keys.human, citizen.chat, run, turn)


async def test_typed_password_is_erased(town: Town, lan: Citizen) -> None:
    """A password typed into the chat is deleted there and warned of (R23)."""
    await lan.says("quên mật khẩu")
    said = Incoming(lan.chat, "a secret", Event("text", "Matkhau123!"), message="77")
    await town.engine.batches.put(said)
    await town.deliver()
    assert lan.last.erase == "77"
    assert "giống mật khẩu" in lan.last.text


async def test_asking_for_a_person(town: Town, lan: Citizen) -> None:
    """The wish for a person is kept with its step; the code is of use once the bot goes on."""
    await lan.asks_for_a_code()
    code = town.code_for(LAN.phone)
    await lan.taps("Gặp cán bộ")
    assert await town.rows("SELECT flow, state, reason FROM hand_overs") == [
        ("forgot_password", "code", "code")
    ]
    await lan.says(code)
    assert not town.passwords_for(LAN.phone)
    await lan.says("làm tiếp", code)
    assert town.passwords_for(LAN.phone)


async def test_consent_names_its_wording(town: Town, lan: Citizen) -> None:
    """Consent is kept with the exact wording it was given to, refusal too."""
    await lan.says("quên mật khẩu", "không")
    other = town.citizen("telegram:8")
    await other.says("quên mật khẩu", "đồng ý")
    rows = await town.rows("SELECT granted, wording FROM consents ORDER BY id")
    assert [granted for granted, _ in rows] == [0, 1]
    assert len({wording for _, wording in rows}) == 1


async def test_english(town: Town) -> None:
    """A chat whose platform says English is spoken to in English, SMS included."""
    event = Incoming("telegram:9", "hello", Event("text", "forgot password"), lang="en")
    await town.engine.batches.put(event)
    guest = town.citizen("telegram:9")
    await guest.says("I agree", LAN.bhxh_number, LAN.phone)
    assert "Step 3/3" in guest.last.text
    assert "is code" in town.sms_to(LAN.phone)[0]
