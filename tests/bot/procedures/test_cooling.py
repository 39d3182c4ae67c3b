"""For 72 hours after a change neither another one nor a reset by the new contact alone (R19)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from storage.base import Change, Contact
from tests.bot.dossiers.office import decides, newest, signs_in
from tests.bot.procedures.walks import (
    HOUR,
    MINUTE,
    NEW,
    NEW_MAIL,
    NEWER,
    NEWER_MAIL,
    OFFICERS,
    adds_email,
    changes_phone,
    where,
    written,
)
from tests.bot.town import LAN, Citizen, Town

COOLING, DAY = 72 * HOUR, 24 * HOUR
# 71:59 after the change, and 72:01 after it.
TIMES = pytest.mark.parametrize(("after", "free"), [(COOLING - 60, False), (COOLING + 60, True)])
Walk = Callable[[Citizen], Awaitable[object]]


async def _changes_phone(lan: Citizen) -> object:
    """From whatever is registered now, with both codes."""
    (old,) = {(await written(lan.town)).phone}
    await lan.says("đổi số điện thoại", "đồng ý", LAN.bhxh_number, old, NEWER)
    return await lan.says(_newest(lan.town, old), _newest(lan.town, NEWER))


def _newest(town: Town, contact: str) -> str:
    return town.code_for(contact) if town.codes_for(contact) else "000000"


async def _adds_email(lan: Citizen) -> object:
    (phone,) = {(await written(lan.town)).phone}
    told = await lan.says("thêm email", "đồng ý", LAN.bhxh_number)
    told = await lan.says(lan.town.code_for(phone))
    if await where(lan) != "email":
        return told
    await lan.says(NEWER_MAIL, "ghi nhận")
    return await lan.says(lan.town.code_for(NEWER_MAIL))


async def _ready(town: Town, walk: Walk, after: float) -> float:
    """When the change was, and let the next thing end so long after it."""
    await walk(town.citizen("telegram:1"))
    ((decided,),) = await town.rows("SELECT decided_at FROM changes")
    town.clock.reach(decided + after)
    return float(decided)


FIRST: dict[str, Walk] = {"phone": changes_phone, "email": adds_email}


@TIMES
@pytest.mark.parametrize("first", FIRST)
async def test_a_second_phone(either: Town, first: str, after: float, *, free: bool) -> None:
    """After a change of phone or e-mail the phone changes again at 72:01, not at 71:59."""
    await _ready(either, FIRST[first], after)
    before = await written(either)
    lan = either.citizen("telegram:2")
    await _changes_phone(lan)
    now = await written(either)
    assert (now.phone == NEWER) is free
    assert len(now.changes) == (2 if free else 1)
    if not free:
        assert now == before
    if not free and first == "email":  # a new phone gets no code at all, so no word on it, either
        assert "72 giờ" in lan.last.text
        assert await where(lan) == ""


@TIMES
@pytest.mark.parametrize("first", FIRST)
async def test_a_second_email(either: Town, first: str, after: float, *, free: bool) -> None:
    """After a change of phone or e-mail an e-mail is taken at 72:01, not at 71:59."""
    await _ready(either, FIRST[first], after)
    before = await written(either)
    lan = either.citizen("telegram:2")
    # Where the phone is new its code goes nowhere, so the account is proved by the other contact.
    if first == "phone" and not free:
        await lan.says("thêm email", "đồng ý", LAN.bhxh_number)
        await lan.taps("Gửi tới email")
        await lan.says(either.code_for(LAN.email))
    else:
        await _adds_email(lan)
    now = await written(either)
    assert (now.email == NEWER_MAIL) is free
    assert len(now.changes) == (2 if free else 1)
    if not free:
        assert now == before
        assert "72 giờ" in lan.last.text
        assert not either.codes_for(NEWER_MAIL)


@TIMES
@pytest.mark.parametrize(
    ("first", "new", "kept"), [("phone", NEW, LAN.email), ("email", NEW_MAIL, LAN.phone)]
)
async def test_a_password_by_the_new_contact_alone(
    either: Town, first: str, new: str, kept: str, after: float, *, free: bool
) -> None:
    """A code to the new contact recovers a password at 72:01, not at 71:59; the other one may."""
    await _ready(either, FIRST[first], after)
    had = len(either.codes_for(new))
    lan = either.citizen("telegram:2")
    told = await lan.asks_for_a_code(LAN, new)
    assert len(either.codes_for(new)) - had == (1 if free else 0)
    assert "Bước 3/3" in told.text
    if free:
        await lan.says(either.code_for(new))
    assert len(either.passwords_for(new)) == (1 if free else 0)
    await either.citizen("telegram:3").recovers(LAN, kept)
    assert len(either.passwords_for(kept)) == 1


@TIMES
async def test_proof_by_the_new_phone_alone(either: Town, after: float, *, free: bool) -> None:
    """The new phone does not prove the account, either: no code leaves before 72:01."""
    await _ready(either, changes_phone, after)
    had = len(either.codes_for(NEW))
    await either.citizen("telegram:2").says("thêm email", "đồng ý", LAN.bhxh_number)
    assert len(either.codes_for(NEW)) - had == (1 if free else 0)


def _change(town: Town, field: str, after: str, **others: Any) -> Change:  # noqa: ANN401
    """A change of Lan's that stands, decided ten days ago unless told otherwise."""
    now = town.clock.now()
    change = Change(
        ref="a change",
        account=town.store.index("bhxh", LAN.bhxh_number),
        field=field,
        before=getattr(LAN, field),
        after=after,
        chat="telegram:1",
        cause="claim_phone",
        decided_at=now - 10 * DAY,
        applies_at=now + DAY,
        applied_at=None,
        undo_until=now + DAY,
        undo_mark=b"m" * 16,
        ended_at=None,
        ended_as="",
    )
    return replace(change, **others)


async def _claims(town: Town) -> None:
    """A phone that officers granted, taken up ten days after they did."""
    async with town.store.unit(now=town.clock.now()) as unit:
        await unit.save_changes([_change(town, "phone", NEW)])
    lan = town.citizen("telegram:1")
    await lan.says("nhận số mới", "đồng ý", LAN.bhxh_number, NEW)
    await lan.says(town.code_for(NEW))


@TIMES
async def test_a_claimed_phone_cools_from_its_claim(
    either: Town, after: float, *, free: bool
) -> None:
    """A phone granted long ago and taken up now is as fresh as any other new one."""
    await _claims(either)
    assert (await written(either)).phone == NEW
    ((applied,),) = await either.rows("SELECT applied_at FROM changes")
    either.clock.reach(applied + after)
    had = len(either.codes_for(NEW))
    await either.citizen("telegram:2").asks_for_a_code(LAN, NEW)
    assert len(either.codes_for(NEW)) - had == (1 if free else 0)
    either.clock.pass_(MINUTE + 1)
    if free:
        await _changes_phone(either.citizen("telegram:3"))
    assert ((await written(either)).phone == NEWER) is free


@TIMES
async def test_a_held_change_cools_from_its_effect(
    either: Town, after: float, *, free: bool
) -> None:
    """While a change can be undone there is no second one that its undoing would bring back."""
    now = either.clock.now()
    times = {"decided_at": now - DAY, "applies_at": now, "applied_at": now}
    row = _change(either, "email", NEW_MAIL, cause="add_email", **times)
    async with either.store.unit(now=now) as unit:
        await unit.save_changes([row])
        await unit.set_contacts([Contact(row.account, "email", NEW_MAIL)])
    either.clock.reach(now + after)
    await _adds_email(either.citizen("telegram:2"))
    assert ((await written(either)).email == NEWER_MAIL) is free


async def _unlocks(town: Town) -> None:
    """Lan freezes her account; an officer opens it again."""
    lan = town.citizen("telegram:1")
    await lan.says("khóa")
    await lan.taps("Khóa ngay")
    await lan.says(LAN.bhxh_number)
    await lan.says(town.code_for(LAN.phone))
    row = await newest(town)
    await decides(town, row.ref, "review", OFFICERS[0])
    await decides(town, row.ref, "approve", OFFICERS[1])


SECOND = pytest.mark.parametrize("second", [_changes_phone, _adds_email])


@TIMES
@SECOND
async def test_after_an_officer_opened_the_account(
    either: Town, second: Walk, after: float, *, free: bool
) -> None:
    """A contact changes 72:01 after staff lifted a freeze, not 71:59 after it; and says so."""
    await _unlocks(either)
    ((opened,),) = await either.rows("SELECT max(state_at) FROM members")
    either.clock.reach(opened + after)
    lan = either.citizen("telegram:2")
    await second(lan)
    now = await written(either)
    assert ({NEWER, NEWER_MAIL} & {now.phone, now.email} != set()) is free
    assert free or "72 giờ" in lan.last.text


async def test_an_opened_account_recovers_its_password(either: Town) -> None:
    """What an officer opened is of use at once: only its contacts stay as they are (R19)."""
    await _unlocks(either)
    either.clock.pass_(MINUTE + 1)
    await either.citizen("telegram:2").recovers()
    assert len(either.passwords_for(LAN.phone)) == 1


@TIMES
async def test_an_email_after_a_claimed_phone(either: Town, after: float, *, free: bool) -> None:
    """A lost phone that was replaced keeps the e-mail as it is for 72 hours, too."""
    await _claims(either)
    ((applied,),) = await either.rows("SELECT applied_at FROM changes")
    either.clock.reach(applied + after)
    lan = either.citizen("telegram:2")
    await lan.says("thêm email", "đồng ý", LAN.bhxh_number)
    await lan.taps("Gửi tới email")
    await lan.says(either.code_for(LAN.email))
    if free:
        await lan.says(NEWER_MAIL, "ghi nhận")
        await lan.says(either.code_for(NEWER_MAIL))
    else:
        assert "72 giờ" in lan.last.text
    assert ((await written(either)).email == NEWER_MAIL) is free


@TIMES
async def test_a_grant_after_an_officer_opened_the_account(
    either: Town, after: float, *, free: bool
) -> None:
    """Nor is a lost phone reviewed within the 72 hours."""
    await _unlocks(either)
    ((opened,),) = await either.rows("SELECT max(state_at) FROM members")
    either.clock.reach(opened + after)
    lan = either.citizen("telegram:2")
    await lan.says("mất số")
    for label in ("Không cấp lại được", "Còn nhớ", "Đọc được email"):
        await lan.taps(label)
    await lan.says("đồng ý", LAN.bhxh_number)
    await lan.says(either.code_for(LAN.email))
    await signs_in(lan)
    assert ("72 giờ" in lan.last.text) is not free
