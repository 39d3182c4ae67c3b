"""Erasing what one person said: when, what goes, what stays, and the certificate."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.due import raise_due
from bot.settings import Days
from bot.upkeep import retention
from storage.base import Right
from tests.bot.town import HUNG, LAN, Citizen, Town

LATER = 120  # seconds, so that a second code may leave
ACTS = ["data_shown", "data_erase_asked", "data_erased"]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with Town(tmp_path, on_disk=True) as town:
        yield town


async def proves(citizen: Citizen) -> None:
    """Go as far as the list of what can be done with one's data."""
    await citizen.says("dữ liệu của tôi", "đồng ý", LAN.bhxh_number)
    await citizen.says(citizen.town.code_for(LAN.phone))
    citizen.town.clock.pass_(LATER)


async def asks_to_be_erased(citizen: Citizen) -> str:
    """Go all the way; the reference that was told."""
    await proves(citizen)
    await citizen.says("xóa", "Xóa dữ liệu của tôi")
    told = await citizen.says(citizen.town.code_for(LAN.phone))
    found = re.search(r"DL-\d{6}-\w{6}", told.text)
    assert found
    return found[0]


async def its_time_comes(town: Town) -> int:
    done = await raise_due(town.engine.turns, town.store, now=town.clock.now())
    await town.deliver()
    return done


async def ended(town: Town) -> list[Right]:
    return await town.store.list_rights(ended=True, limit=9)


async def test_what_is_told(town: Town) -> None:
    """Each thing that is held, how many, and for how long; what is not held is not spoken of."""
    lan = town.citizen()
    await lan.recovers()
    told = (await lan.says("gặp cán bộ", "dữ liệu của tôi", "đồng ý")).text
    assert re.findall(r"^- (\d+)? ?(\w+)", told, re.MULTILINE) == [
        ("", "Hồ"),
        ("7", "lượt"),
        ("1", "lần"),
        ("1", "tài"),
        ("1", "câu"),
        ("", "Nhật"),
    ]
    assert "Giữ 90 ngày" in told


def test_how_long_things_are_kept() -> None:
    """As rule R63 says, unless the agency decides otherwise."""
    days = Days()
    assert (days.challenges, days.asides, days.photos) == (1, 7, 30)
    assert (days.transcript, days.evidence) == (90, 5 * 365 + 1)


async def test_the_whole_way(town: Town) -> None:
    """Everything said is gone at once, the certificate names what, and the chat can go on."""
    lan = town.citizen()
    ref = await asks_to_be_erased(lan)
    assert await its_time_comes(town) == 1
    assert await its_time_comes(town) == 0
    assert ref in lan.last.text
    assert "lúc 09:02 22/11/2026" in lan.last.text
    assert "7 lượt tin nhắn" in lan.last.text
    assert await town.store.transcript(lan.chat, limit=99) == []
    (row,) = await ended(town)
    assert (row.ref, row.kind, row.ended_as, row.counts) == (
        ref,
        "erase",
        "done",
        '{"messages":7,"photos":0,"proofs":0}',
    )
    assert await lan.recovers()
    assert len(await town.store.transcript(lan.chat, limit=99)) == 5
    assert await town.store.verify_audit()


async def test_what_is_on_record(town: Town) -> None:
    """The audit chain has each step by the reference, and nothing that was said."""
    ref = await asks_to_be_erased(town.citizen())
    await its_time_comes(town)
    rows = await town.rows("SELECT kind, detail FROM audit WHERE kind LIKE 'data%' ORDER BY seq")
    assert rows == [(ACTS[0], ""), (ACTS[1], ref), (ACTS[2], ref)]


async def test_others_and_the_account_stay(town: Town) -> None:
    """Only this conversation goes: the account works as before, others' talks are whole."""
    hung = town.citizen("telegram:8")
    await hung.recovers(HUNG)
    lines = await town.store.transcript(hung.chat, limit=99)
    await asks_to_be_erased(town.citizen())
    await its_time_comes(town)
    assert await town.store.transcript(hung.chat, limit=99) == lines
    async with town.store.unit(now=town.clock.now()) as unit:
        member = (await unit.members([LAN.bhxh_number]))[LAN.bhxh_number]
    assert (member.person, member.state) == (LAN, "active")


async def test_by_several_processes_at_once(town: Town) -> None:
    """It is done and certified once."""
    lan = town.citizen()
    await asks_to_be_erased(lan)
    told = len(lan.bubbles)
    async with AsyncExitStack() as stack:
        other = await town.second_process(stack)
        now = town.clock.now()
        both = [raise_due(each.turns, each.store, now=now) for each in (town.engine, other)]
        assert sum(await asyncio.gather(*both)) == 1
    await town.deliver()
    assert len(lan.bubbles) == told + 1


async def test_a_button_of_before_is_answered(town: Town) -> None:
    """Whoever presses an old button hears so, and nothing goes wrong."""
    lan = town.citizen()
    await asks_to_be_erased(lan)
    token = lan.token("Về đầu")
    await its_time_comes(town)
    assert (await lan.presses(token)).text
    assert await town.store.asides(limit=9) == []


async def test_no_file_holds_anything_of_it(tmp_path: Path) -> None:
    """After erasing and purging, neither words nor what they were sealed to are in any file."""
    async with Town(tmp_path, on_disk=True) as town:
        lan = town.citizen()
        await asks_to_be_erased(lan)
        sealed = [words for (words,) in await town.rows("SELECT words FROM transcript")]
        sealed += [memo for (memo,) in await town.rows("SELECT memo FROM conversations")]
        sealed += [half for (half,) in await town.rows("SELECT half FROM conversations")]
        assert _found(tmp_path, sealed) == len(sealed)
        await its_time_comes(town)
        town.clock.pass_(2 * 86_400)
        await town.store.purge(retention(Days()), now=town.clock.now())
        await town.store.scrub()
        assert _found(tmp_path, sealed) == 0
        plain = [text.encode() for text in (LAN.full_name, LAN.phone, LAN.bhxh_number, "xóa")]
        assert _found(tmp_path, plain) == 0
    assert _found(tmp_path, [*sealed, *plain]) == 0


def _found(folder: Path, looked_for: list[bytes]) -> int:
    """How many of these stand in any file."""
    files = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    return sum(any(each in raw for raw in files) for each in looked_for)


async def test_consents_are_withdrawn_for_the_next_time(town: Town) -> None:
    """What was withdrawn is not offered again; the answer is kept as evidence."""
    lan = town.citizen()
    await lan.recovers()
    town.clock.pass_(LATER)
    await proves(lan)
    assert "Quên mật khẩu" in (await lan.says("rút đồng ý")).text
    await lan.says("Rút đồng ý này")
    assert "Không có đồng ý" in (await lan.says("rút đồng ý")).text
    rows = await town.rows("SELECT purpose, granted FROM consents ORDER BY id")
    assert rows == [("forgot_password", 1), ("my_data", 1), ("forgot_password", 0)]
