"""A phone that two officers granted: when it can be taken up, by whom, and until when."""

from tests.bot.dossiers.held import DAY, by_officers, claims, hour_comes, the_change
from tests.bot.dossiers.office import member
from tests.bot.procedures.walks import HOUR, NEW, NEWER, undo_code
from tests.bot.town import LAN, Town


async def test_a_granted_phone_is_taken_up(office: Town) -> None:
    """After 72 hours the new number's owner types its code; before that no code leaves."""
    lan = office.citizen()
    await by_officers(lan)
    change = await the_change(office)
    assert await hour_comes(office, change.applies_at - HOUR) == 0
    await claims(office.citizen("web:early"))
    assert office.codes_for(NEW) == []
    assert await hour_comes(office, change.applies_at) == 1
    assert "nhận số mới" in lan.last.text
    assert (await member(office)).person.phone == LAN.phone
    office.clock.pass_(DAY)
    told = len(office.sms_to(LAN.phone))
    await claims(lan)
    assert (await member(office)).person.phone == NEW
    assert len(office.sms_to(LAN.phone)) == told + 1


async def test_another_number_than_the_granted_one(office: Town) -> None:
    """Officers granted one number; no other one gets a code."""
    lan = office.citizen()
    await by_officers(lan)
    await hour_comes(office, (await the_change(office)).applies_at)
    await claims(lan, NEWER)
    assert office.codes_for(NEWER) == []
    assert (await member(office)).person.phone == LAN.phone


async def test_a_granted_phone_that_nobody_takes_up(office: Town) -> None:
    """Fourteen days later the grant is over."""
    lan = office.citizen()
    await by_officers(lan)
    await hour_comes(office, (await the_change(office)).applies_at)
    again, told = (await the_change(office)).applies_at, len(office.sms_to(LAN.phone))
    assert await hour_comes(office, again) == 1
    assert len(office.sms_to(LAN.phone)) == told + 1
    assert "không đổi sang" in lan.last.text
    assert (await the_change(office)).ended_as == "refused"
    await claims(lan)
    assert office.codes_for(NEW) == []


async def test_a_grant_is_undone_until_it_is_taken_up(office: Town) -> None:
    """As long as the granted number waits for its owner, the old address can still say no."""
    lan = office.citizen()
    await by_officers(lan)
    change = await the_change(office)
    code = undo_code(office)
    await hour_comes(office, change.applies_at)
    office.clock.pass_(10 * DAY)
    await office.citizen("web:owner").says(f"KHÔNG {code}")
    assert (await the_change(office)).ended_as == "undone"
    await claims(lan)
    assert office.codes_for(NEW) == []
