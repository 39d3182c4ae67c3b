"""The phone is lost: e-mail and password, two officers, 72 hours, the new number's own code."""

import pytest
from msgspec import json

from bot import passwords
from bot.channels.base import Incoming
from bot.decision import Decision
from bot.due import raise_due
from bot.web.sign_in import attempt
from flows.heard import DECIDE
from flows.model import Event
from storage.base import Dossier, Password
from tests.bot.procedures.walks import (
    HOUR,
    NEW,
    NEWER,
    OFFICERS,
    notices,
    undo_code,
    where,
    written,
)
from tests.bot.town import LAN, LINK, Citizen, Town

SECRET = "trau-vang-uong-nuoc"
HOLD = 72 * HOUR
DAY = 24 * HOUR


async def _asks_for_review(town: Town) -> Citizen:
    """By the e-mail's code and the password on the page; nothing goes to the lost phone."""
    hashed = passwords.hash_temporary(town.engine.desk.keys.password, SECRET)
    account = town.store.index("bhxh", LAN.bhxh_number)
    async with town.store.unit(now=town.clock.now()) as unit:
        await unit.set_passwords([Password(account, hashed, None, must_change=False)])
    lan = town.citizen("telegram:1")
    await lan.says("mất sim")
    for label in ("Không cấp lại được", "Còn nhớ"):
        await lan.taps(label)
    await lan.says("1", "đồng ý", LAN.bhxh_number)
    assert await where(lan) == "proof_mail"
    await lan.says(town.code_for(LAN.email))
    await _types_password(town, lan)
    await lan.says(NEW, "2")
    assert await where(lan) == ""
    assert town.sms.letters == []
    return lan


async def _types_password(town: Town, lan: Citizen) -> None:
    found = LINK.search(lan.last.text)
    assert found
    token = passwords.token_hash(found[1])
    async with town.store.unit(now=town.clock.now()) as unit:
        page = (await unit.pages([token]))[token]
    assert await attempt(town.engine, page, SECRET) == "signed_in"
    await town.deliver()
    assert await where(lan) == "phone"


async def _dossier(town: Town) -> Dossier:
    account = town.store.index("bhxh", LAN.bhxh_number)
    async with town.store.unit(now=town.clock.now()) as unit:
        rows = await unit.dossiers_of([account])
    (found,) = (row for row in rows if row.kind == "phone_review")
    return found


async def _decide(town: Town, event: str, officer: str) -> str:
    """One officer's step on the dossier as it stands; the state it is in then."""
    seen = await _dossier(town)
    decision = Decision(seen.ref, event, officer, seen.version, "đã xem giấy tờ")
    text = json.encode(decision).decode()
    incoming = Incoming(seen.chat, f"{event} {officer} {seen.version}", Event(DECIDE, text))
    await town.engine.turns.take([incoming])
    await town.deliver()
    return (await _dossier(town)).state


async def _granted(town: Town) -> float:
    """Two officers have approved; when they did."""
    one, other = OFFICERS
    assert await _decide(town, "staff:review", one) == "in_review"
    assert await _decide(town, "staff:approve", one) == "approved"
    assert await _decide(town, "staff:approve", one) == "approved"
    at = town.clock.now()
    assert await _decide(town, "staff:approve", other) == "resolved"
    return at


async def _look(town: Town, at: float) -> None:
    """Time goes on, and whoever looks for changes that are due looks."""
    town.clock.reach(at)
    await raise_due(town.engine.turns, town.store, now=town.clock.now())
    await town.deliver()


async def _claims(town: Town, phone: str = NEW, chat: str = "telegram:1") -> Citizen:
    lan = town.citizen(chat)
    await lan.says("nhận số mới", "đồng ý", LAN.bhxh_number, phone)
    assert await where(lan) == "code"
    return lan


async def test_the_whole_way(either: Town) -> None:
    """Review, two officers, the hold, a word in the chat, the code to the new number: changed."""
    lan = await _asks_for_review(either)
    granted = await _granted(either)
    assert (await written(either)).phone == LAN.phone
    assert undo_code(either, LAN.phone) == undo_code(either, LAN.email)
    await _look(either, granted + HOLD - 60)
    await _claims(either)
    assert either.codes_for(NEW) == []
    await lan.says("hủy", "dừng hẳn")
    await _look(either, granted + HOLD + 60)
    assert "nhận số mới" in lan.last.text
    await _claims(either)
    done = await lan.says(either.code_for(NEW))
    assert done.text.startswith("Xong.")
    now = await written(either)
    assert now.phone == NEW
    assert now.changes == [("phone", LAN.phone, NEW, True)]
    assert await either.store.asides(limit=1) == []


async def test_only_the_number_that_was_granted(either: Town) -> None:
    """Another number gets no code, nor does this one once somebody has undone the grant."""
    await _asks_for_review(either)
    granted = await _granted(either)
    await _look(either, granted + HOLD + 60)
    await _claims(either, NEWER, "web:other")
    assert either.codes_for(NEWER) == []
    owner = either.citizen("web:owner")
    await owner.says(f"KHÔNG {undo_code(either)}")
    either.clock.pass_(61)
    await _claims(either, NEW, "web:late")
    assert either.codes_for(NEW) == []
    assert (await written(either)).phone == LAN.phone


@pytest.mark.parametrize(("days", "still"), [(13, True), (15, False)])
async def test_a_grant_waits_two_weeks(either: Town, days: int, *, still: bool) -> None:
    """Nobody came within fourteen days: the number is no longer to be had."""
    await _asks_for_review(either)
    granted = await _granted(either)
    await _look(either, granted + HOLD + 60)
    await _look(either, granted + HOLD + days * DAY)
    await _claims(either)
    assert bool(either.codes_for(NEW)) is still


async def test_undone_while_it_is_held(either: Town) -> None:
    """Whoever reads the old e-mail stops it: nothing changes, and the account is frozen."""
    await _asks_for_review(either)
    granted = await _granted(either)
    told = await either.citizen("web:owner").says(f"KHÔNG {undo_code(either, LAN.email)}")
    assert "hủy thay đổi" in told.text
    await _look(either, granted + HOLD + 60)
    async with either.store.unit(now=either.clock.now()) as unit:
        member = (await unit.members([LAN.bhxh_number]))[LAN.bhxh_number]
    assert (member.state, member.person.phone) == ("frozen", LAN.phone)
    assert len(notices(either, LAN.email)) == 1
