"""Whose account, and who gets to see its number: the requests that settle how money is paid."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.requests import read_form
from storage.base import Person
from tests.bot.procedures.walks import ROOMY, adds_email, where
from tests.bot.town import HUNG, LAN, Citizen, Town, letter_text

STK = "0071000654321"
NAMELESS = Person("7900000004", "", "", "", "+84900000104")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town in which one member has no name on file; its database is a file."""
    people = (LAN, HUNG, NAMELESS)
    async with Town(tmp_path, settings=ROOMY, people=people, on_disk=True) as town:
        yield town


async def comes_to_the_holder(citizen: Citizen, person: Person = LAN) -> None:
    """Choose an account and prove who one is."""
    await citizen.says("đổi cách nhận lương hưu", "vào tài khoản", "đồng ý", person.bhxh_number)
    await citizen.says(citizen.town.code_for(person.phone))


async def asks(citizen: Citizen, person: Person = LAN, name: str = "NGUYEN THI LAN") -> str:
    """Go all the way; the reference."""
    await comes_to_the_holder(citizen, person)
    await citizen.says(name, "Agribank", f"stk {STK}", STK)
    citizen.town.clock.pass_(61)
    await citizen.says("gửi", citizen.town.code_for(person.phone))
    await citizen.says(citizen.town.code_for(person.phone))
    return citizen.last.text


async def requests(town: Town) -> list[str]:
    """The kinds of all requests there are."""
    return [kind for (kind,) in await town.rows("SELECT kind FROM dossiers ORDER BY opened_at")]


async def transcript(town: Town) -> str:
    """Everything that the transcripts hold, opened."""
    chats = [chat for (chat,) in await town.rows("SELECT DISTINCT chat FROM transcript")]
    lines = [line for chat in chats for line in await town.store.transcript(chat, limit=1000)]
    return "\n".join(f"{line.heard}\n{line.said}" for line in lines)


async def test_its_number_is_nowhere_but_in_the_request(town: Town) -> None:
    """The officer's form has it; no bubble, letter, transcript or file has more than its end."""
    lan = town.citizen()
    await lan.says(f"đổi số tài khoản nhận lương hưu sang stk {STK}", "menu")
    assert "Mã hồ sơ" in await asks(lan)
    told = [letter_text(letter) for each in (town.telegram, town.sms, town.email)
            for letter in each.letters]  # fmt: skip
    assert any("Số tài khoản: ..4321" in text for text in told)
    kept = await transcript(town)
    assert kept.count("..4321") >= 4
    for text in (*told, kept):
        assert STK not in text
        assert STK[-6:] not in text
    for file in town.folder.rglob("*.db*"):
        assert STK.encode() not in file.read_bytes()
    ref = await town.value("SELECT ref FROM dossiers")
    async with town.store.unit(now=town.clock.now()) as unit:
        form = read_form((await unit.dossiers([ref]))[ref].form)
    assert form.answers == {
        "method": "account", "holder": "NGUYEN THI LAN", "bank": "Agribank", "bank_account": STK,
    }  # fmt: skip
    assert form.lines[-1] == "4. Số tài khoản: ..4321"


@pytest.mark.parametrize("name", ["nguyễn thị lan", "Nguyen  Thi Lan", "NGUYỄN THỊ LAN."])
async def test_as_a_bank_writes_it(town: Town, name: str) -> None:
    """Accents, capitals and blanks make no other name."""
    lan = town.citizen()
    await comes_to_the_holder(lan)
    await lan.says(name)
    assert await where(lan) == "bank"


@pytest.mark.parametrize("name", ["Nguyễn Thị Lam", "Nguyễn Lan", "Trần Văn Hùng", "con gái tôi"])
async def test_somebody_else_costs_nothing(town: Town, name: str) -> None:
    """It is said why, no code leaves, no try is counted, and the next name is taken."""
    lan = town.citizen()
    await comes_to_the_holder(lan)
    codes, failed = len(town.codes_for(LAN.phone)), await town.rows("SELECT * FROM tallies")
    for _ in range(12):
        await lan.says(name)
        assert "của chính người hưởng" in lan.last.text
    assert await where(lan) == "holder"
    assert len(town.codes_for(LAN.phone)) == codes
    assert await town.rows("SELECT * FROM tallies") == failed
    await lan.says("NGUYEN THI LAN")
    assert await where(lan) == "bank"


async def test_without_a_name_on_file(town: Town) -> None:
    """There is nothing to compare with: an office has to, and nothing is sent."""
    chat = town.citizen()
    await comes_to_the_holder(chat, NAMELESS)
    await chat.says("12/03/1950", "NGUYEN THI LAN")
    assert (await where(chat), await requests(town)) == ("", [])
    assert "so với chủ tài khoản" in chat.last.text


async def test_two_parents_from_one_chat(town: Town) -> None:
    """The father's open request does not stand in the mother's way; her own second one does."""
    child = town.citizen()
    assert "Mã hồ sơ" in await asks(child)
    assert "Mã hồ sơ" in await asks(child, HUNG, "TRAN VAN HUNG")
    await child.says("menu")
    town.clock.pass_(7200)
    await comes_to_the_holder(child)
    assert "đang có một đề nghị như vậy" in child.last.text
    assert await requests(town) == ["pension_payment"] * 2


async def test_not_after_a_changed_contact(town: Town) -> None:
    """Whoever has just got hold of the contacts does not get the money as well (R19)."""
    lan = town.citizen()
    await adds_email(lan)
    town.clock.pass_(3600)
    await comes_to_the_holder(lan)
    assert (await where(lan), await requests(town)) == ("", [])
    assert "72 giờ" in lan.last.text


async def test_another_account_after_the_name(town: Town) -> None:
    """A name that was right for one member does not carry over to the next one."""
    lan = town.citizen()
    await comes_to_the_holder(lan)
    await lan.says("NGUYEN THI LAN", "Agribank", f"nhầm, mã số BHXH là {HUNG.bhxh_number}")
    await lan.says(town.code_for(HUNG.phone), STK, STK)
    town.clock.pass_(61)
    await lan.says("gửi")
    await lan.says(town.code_for(HUNG.phone))
    assert (await where(lan), await requests(town)) == ("holder", [])
    assert "của chính người hưởng" in lan.last.text
