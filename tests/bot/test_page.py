"""Passwords chosen on a one-time page: once, soon, in the right chat, by whoever came first."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.passwords import token_hash
from bot.settings import Http, HumanCheck, Recovery, Settings
from flows.model import Event, web
from tests.bot.town import HUNG, LAN, LINK, Citizen, Town, incoming

LINKS = Settings(
    human_check=HumanCheck(policy="never"),
    recovery=Recovery(password="link"),
    http=Http(public_url="https://vssid.example.vn"),
)
CHOSEN = "$argon2id$v=19$chosen"


@pytest.fixture
async def linked(tmp_path: Path) -> AsyncIterator[Town]:
    """A town where passwords are chosen on a page."""
    async with Town(tmp_path, settings=LINKS) as town:
        yield town


def tokens(town: Town, contact: str = LAN.phone) -> list[str]:
    """The tokens of every link that arrived there."""
    return [found[1] for text in town.post_for(contact) if (found := LINK.search(text))]


async def chooses(town: Town, citizen: Citizen, token: str, hashed: str = CHOSEN) -> bool:
    """Choose a password on the page with this token; whether it was taken."""
    event = incoming(citizen.chat, Event(web("chosen"), hashed))
    taken = await town.engine.batches.ask(replace(event, page=token_hash(token).hex()))
    await town.deliver()
    return taken


async def _password(town: Town, number: str = LAN.bhxh_number) -> tuple[str, bool]:
    async with town.store.unit(now=town.clock.now()) as unit:
        member = (await unit.members([number]))[number]
    return member.password_hash, member.must_change


async def test_page(linked: Town) -> None:
    """The right code brings a link to the contact; the page's choice is stored and told."""
    lan = linked.citizen()
    await lan.recovers()
    assert lan.last.text.startswith("Đúng mã")
    (token,) = tokens(linked)
    assert token not in "".join(bubble.text for bubble in lan.bubbles)
    assert await chooses(linked, lan, token)
    assert await _password(linked) == (CHOSEN, False)
    assert lan.last.text.startswith("Xong. Mật khẩu mới")
    assert any("vua duoc lay lai" in text for text in linked.sms_to(LAN.phone))
    assert await linked.rows("SELECT chat FROM links") == [(lan.chat,)]


async def test_page_once(linked: Town) -> None:
    """A page is used once; a second try changes nothing."""
    lan = linked.citizen()
    await lan.recovers()
    (token,) = tokens(linked)
    assert await chooses(linked, lan, token)
    assert not await chooses(linked, lan, token, "another")
    assert (await _password(linked))[0] == CHOSEN


@pytest.mark.parametrize(("late", "taken"), [(-1, True), (1, False)])
async def test_page_for_a_quarter_of_an_hour(linked: Town, late: float, *, taken: bool) -> None:
    """A page holds until a second before its end and not a second after."""
    lan = linked.citizen()
    await lan.recovers()
    linked.clock.reach(await linked.value("SELECT expires_at FROM pages") + late)
    assert await chooses(linked, lan, tokens(linked)[0]) is taken


async def test_pages_of_others(linked: Town) -> None:
    """A page works only in its own chat and run; a made-up token nowhere."""
    lan, hung = linked.citizen("telegram:1"), linked.citizen("telegram:2")
    await lan.recovers()
    await hung.recovers(HUNG)
    assert not await chooses(linked, hung, tokens(linked)[0])
    assert not await chooses(linked, lan, "A" * 22)
    assert (await _password(linked), await _password(linked, HUNG.bhxh_number)) == (
        ("", False),
        ("", False),
    )
    assert await chooses(linked, lan, tokens(linked)[0])


async def test_page_after_cancelling(linked: Town) -> None:
    """Whoever stops, stops the page too."""
    lan = linked.citizen()
    await lan.recovers()
    await lan.says("dừng lại", "dừng hẳn")
    assert not await chooses(linked, lan, tokens(linked)[0])
    assert (await _password(linked))[0] == ""


async def test_page_overtaken(linked: Town) -> None:
    """Once one chat has set the password, the pages of the others are void (R22)."""
    first, second = linked.citizen("telegram:1"), linked.citizen("telegram:2")
    await first.recovers()
    await second.recovers(LAN, LAN.email)
    (early,), (late,) = tokens(linked), tokens(linked, LAN.email)
    assert await chooses(linked, second, late)
    assert not await chooses(linked, first, early, "stolen")
    linked.clock.pass_(120)
    await first.taps("Gửi lại mã")
    assert len(tokens(linked)) == 1
    assert (await _password(linked))[0] == CHOSEN


async def test_resent_links_are_counted(linked: Town) -> None:
    """A link can be sent again, but not without end: it counts like a code (R06)."""
    lan = linked.citizen()
    await lan.recovers()
    for _ in range(6):
        linked.clock.pass_(30)
        if "Gửi lại mã" in " ".join(button.label for button in lan.last.buttons):
            await lan.taps("Gửi lại mã")
    assert 2 <= len(tokens(linked)) <= 3
    assert len(linked.sms_to(LAN.phone)) <= 4


async def test_page_after_a_new_account(linked: Town) -> None:
    """A page of one account sets no other account's password."""
    lan = linked.citizen()
    await lan.recovers()
    await lan.says(f"nhầm, số BHXH là {HUNG.bhxh_number}")
    await chooses(linked, lan, tokens(linked)[0])
    assert (await _password(linked, HUNG.bhxh_number))[0] == ""
