"""A granted phone that is asked for before its time: told so, and nothing is in the way later."""

from tests.bot.dossiers.held import by_officers, claims, hour_comes, the_change
from tests.bot.dossiers.office import asks_for_review, member
from tests.bot.procedures.walks import HOUR, NEW, where
from tests.bot.town import LAN, Town


async def test_who_came_too_early_begins_anew_in_time(office: Town) -> None:
    """The run that waits for a code that never left gives way to the same words said again."""
    lan = office.citizen()
    await by_officers(lan)
    change = await the_change(office)
    await hour_comes(office, change.applies_at - HOUR)
    await claims(lan)
    assert await where(lan) == "code"
    assert office.codes_for(NEW) == []
    await hour_comes(office, change.applies_at)
    await lan.says("nhận số mới")
    assert await where(lan) == "consent"
    await lan.says("đồng ý", LAN.bhxh_number, NEW)
    await lan.says(office.code_for(NEW))
    assert (await member(office)).person.phone == NEW


async def test_who_comes_before_the_officers_is_told(office: Town) -> None:
    """Where this very chat handed the request in, it is told how things stand, and may go on."""
    lan = office.citizen()
    await asks_for_review(lan)
    said = await lan.says("nhận số mới")
    assert said.text.startswith("Hồ sơ chưa duyệt")
    assert any("Hồ sơ của tôi" in button.label for button in said.buttons)
    await lan.says("đồng ý")
    assert await where(lan) == "number"
    stranger = await office.citizen("telegram:8").says("nhận số mới")
    assert "Hồ sơ" not in stranger.text
