"""What was held when an account was frozen stays undone, also once it is opened again."""

import pytest

from storage.base import Contact
from tests.bot.dossiers.held import Walk, by_officers, by_password, claims, hour_comes, the_change
from tests.bot.dossiers.office import decides, member, newest
from tests.bot.procedures.walks import HOUR, MINUTE, changes_phone, undo_code
from tests.bot.town import HUNG, LAN, Town


async def _freezes(town: Town) -> None:
    owner = town.citizen("web:owner")
    await owner.says("khóa")
    await owner.taps("Khóa ngay")
    await owner.says(LAN.bhxh_number)
    await owner.says(town.code_for(LAN.phone))
    assert (await member(town)).state == "frozen"


@pytest.mark.parametrize("walk", [by_password, by_officers])
async def test_frozen_by_its_owner(office: Town, walk: Walk) -> None:
    """Whoever freezes instead of typing the undo code is as safe."""
    lan = office.citizen("telegram:1")
    await walk(lan)
    change = await the_change(office)
    office.clock.pass_(HOUR)
    await _freezes(office)
    row = await newest(office)
    await decides(office, row.ref, "receive")
    await decides(office, row.ref, "approve")
    assert (await member(office)).state == "active"
    await hour_comes(office, change.applies_at)
    office.clock.pass_(MINUTE)
    await claims(lan)
    assert (await member(office)).person == LAN
    assert (await the_change(office)).ended_as == "refused"


async def test_frozen_while_a_grant_waits(office: Town) -> None:
    """A granted number cannot be taken up after a freeze, either."""
    lan = office.citizen("telegram:1")
    await by_officers(lan)
    await hour_comes(office, (await the_change(office)).applies_at)
    await _freezes(office)
    row = await newest(office)
    await decides(office, row.ref, "receive")
    await decides(office, row.ref, "approve")
    office.clock.pass_(HOUR)
    await claims(lan)
    assert (await member(office)).person == LAN


async def test_undo_when_the_old_one_is_taken(office: Town) -> None:
    """A contact that somebody else has by now is not given back; the account is frozen."""
    await changes_phone(office.citizen("telegram:1"))
    other = (await member(office, HUNG)).account
    async with office.store.unit(now=office.clock.now()) as unit:
        await unit.set_contacts([Contact(other, "phone", LAN.phone)])
    await office.citizen("web:owner").says(f"KHÔNG {undo_code(office)}")
    assert (await member(office)).state == "frozen"
    async with office.store.unit(now=office.clock.now()) as unit:
        assert len((await unit.holders([LAN.phone]))[LAN.phone]) == 1
