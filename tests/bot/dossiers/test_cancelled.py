"""A closed account: 72 hours in which every address can stop it, and what is left of it then."""

import re

import pytest

from bot.changes import opened_by_staff
from storage.base import Change, Standing
from tests.bot.dossiers.held import DAY, hour_comes
from tests.bot.dossiers.office import acts, member, newest
from tests.bot.procedures.walks import HOUR, changes_phone
from tests.bot.town import LAN, Citizen, Town

HOLD = 72 * HOUR
LABEL = re.compile(r"\bmã [A-Z]\d\b")


async def cancels(citizen: Citizen) -> None:
    """Ask for the account to be closed, all the way."""
    await asks(citizen)
    await citizen.says(citizen.town.code_for(LAN.phone))


async def asks(citizen: Citizen) -> None:
    """As far as the last code."""
    await citizen.says("hủy tài khoản")
    await citizen.taps("Không dùng nữa")
    await citizen.says("đồng ý", LAN.bhxh_number)
    await citizen.taps("Hủy tài khoản này")


async def cancel(town: Town) -> Change:
    """The only one there is."""
    account = town.store.index("bhxh", LAN.bhxh_number)
    async with town.store.unit(now=town.clock.now()) as unit:
        (row,) = [row for row in await unit.changes_of([account], 0) if row.after == "cancelled"]
    return row


def undo_code(town: Town) -> str:
    """The one in the letter to the phone."""
    text = next(text for text in reversed(town.sms_to(LAN.phone)) if "KHONG " in text)
    return text.partition("KHONG ")[2].split()[0]


async def test_it_is_held_and_told_everywhere(office: Town) -> None:
    """Nothing changes for 72 hours; every address has an undo code; why is kept with it."""
    await cancels(office.citizen("telegram:1"))
    decided = await cancel(office)
    assert (decided.field, decided.before, decided.after) == ("state", "unused", "cancelled")
    assert decided.applies_at == decided.decided_at + HOLD
    assert (await member(office)).state == "active"
    for to in (LAN.phone, LAN.email):
        assert any(undo_code(office) in text for text in office.post_for(to))
    await hour_comes(office, decided.applies_at - 1)
    assert (await member(office)).state == "active"
    assert len(await acts(office, "account_cancel_decided")) == 1


async def test_then_it_is_closed(office: Town) -> None:
    """In its hour it takes force: no code leaves any more, and nobody is told why."""
    citizen = office.citizen("telegram:1")
    await cancels(citizen)
    assert await hour_comes(office, (await cancel(office)).applies_at) == 1
    account = await member(office)
    assert (account.state, account.person) == ("cancelled", LAN)
    assert len(await acts(office, "account_cancelled")) == 1
    codes = len(office.codes_for(LAN.phone))
    lines = "quên mật khẩu", "đồng ý", LAN.bhxh_number, LAN.phone
    here = await office.citizen("telegram:2").says(*lines)
    assert len(office.codes_for(LAN.phone)) == codes
    nobody = ("7900000999", "0900000101")
    there = await office.citizen("telegram:3").says(*lines[:2], *nobody)
    assert LABEL.sub("", here.text) == LABEL.sub("", there.text)


@pytest.mark.parametrize("after", [0, HOLD, 2 * HOLD - 1])
async def test_undone(office: Town, after: float) -> None:
    """Any address can take it back, before and after its hour; an office opens it then."""
    await cancels(office.citizen("telegram:1"))
    decided, code = await cancel(office), undo_code(office)
    if after >= HOLD:
        await hour_comes(office, decided.applies_at)
        assert (await member(office)).state == "cancelled"
    office.clock.reach(decided.decided_at + after)
    said = await office.citizen("web:owner").says(f"KHÔNG {code}")
    assert "khóa" in said.text
    account = await member(office)
    assert (account.state, account.person) == ("frozen", LAN)
    assert (await cancel(office)).ended_as == "undone"
    assert (await newest(office)).kind == "unfreeze"
    await hour_comes(office, decided.applies_at + DAY)
    assert (await member(office)).state == "frozen"


async def test_a_frozen_account_is_not_closed(office: Town) -> None:
    """What happened to the account meanwhile has the last word; everybody is told."""
    citizen = office.citizen("telegram:1")
    await cancels(citizen)
    decided = await cancel(office)
    account = await member(office)
    async with office.store.unit(now=office.clock.now()) as unit:
        await unit.set_standings([Standing(account.account, "frozen", office.clock.now())])
    await hour_comes(office, decided.applies_at)
    assert (await member(office)).state == "frozen"
    assert (await cancel(office)).ended_as == "refused"
    assert "KHONG bi huy" in office.sms_to(LAN.phone)[-1]


async def test_a_frozen_account_gets_no_code(office: Town) -> None:
    """It walks the same path as one that nobody has."""
    account = await member(office)
    async with office.store.unit(now=office.clock.now()) as unit:
        await unit.set_standings([Standing(account.account, "frozen", office.clock.now())])
    citizen = office.citizen("telegram:1")
    await citizen.says("hủy tài khoản")
    await citizen.taps("Không dùng nữa")
    await citizen.says("đồng ý", LAN.bhxh_number)
    await citizen.taps("Hủy tài khoản này")
    assert not office.codes_for(LAN.phone)


async def test_not_after_a_change(office: Town) -> None:
    """Whoever has just come to hold the phone cannot close the account with it (R19)."""
    await changes_phone(office.citizen("telegram:1"))
    citizen = office.citizen("telegram:1")
    await citizen.says("hủy tài khoản")
    await citizen.taps("Không dùng nữa")
    await citizen.says("đồng ý")
    codes = len(office.post_for(LAN.phone))
    await citizen.says(LAN.bhxh_number)
    await citizen.taps("Hủy tài khoản này")
    assert len(office.post_for(LAN.phone)) == codes
    assert not await acts(office, "account_cancel_decided")


async def test_twice(office: Town) -> None:
    """A second request while one is held comes to nothing."""
    citizen = office.citizen("telegram:1")
    await cancels(citizen)
    office.clock.reach(office.clock.now() + HOUR)
    await cancels(citizen)
    assert "yêu cầu hủy" in citizen.last.text
    assert len(await acts(office, "account_cancel_decided")) == 1
    await cancel(office)


async def test_opened_by_an_office(office: Town) -> None:
    """What `registry reopen` writes opens it again, with the contacts it had."""
    await cancels(office.citizen("telegram:1"))
    await hour_comes(office, (await cancel(office)).applies_at)
    account, now = await member(office), office.clock.now()
    mark = office.store.index("undo", "x")
    async with office.store.unit(now=now) as unit:
        await unit.set_standings([Standing(account.account, "active", now)])
        await unit.save_changes([opened_by_staff(account, "x", mark, now)])
    codes = len(office.codes_for(LAN.phone))
    await office.citizen("telegram:1").says("quên mật khẩu", "đồng ý", LAN.bhxh_number, LAN.phone)
    assert len(office.codes_for(LAN.phone)) == codes + 1
