"""Changes of a contact: held by how they were proved, told at once, made in their hour."""

import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot import due
from flows.model import Event
from storage.base import Contact, Person, Standing
from tests.bot.dossiers.held import (
    DAY,
    Walk,
    by_password,
    each_hold,
    each_way,
    hour_comes,
    the_change,
)
from tests.bot.dossiers.office import (
    STAFFED,
    acts,
    changes,
    member,
    processes,
)
from tests.bot.procedures.walks import (
    HOUR,
    MINUTE,
    NEW,
    NEW_MAIL,
    UNDO,
    asks_for_both,
    changes_phone,
    notices,
    undo_code,
)
from tests.bot.town import HUNG, LAN, MAI, Town, all_at_once, incoming


@each_hold
async def test_held_by_how_it_was_proved(
    office: Town, walk: Walk, hours: int, field: str, new: str
) -> None:
    """Both sides at once, the password after a day, officers after three; then 72 h to undo."""
    await walk(office.citizen())
    change = await the_change(office)
    assert change.applies_at == change.decided_at + hours * HOUR
    assert change.undo_until == change.applies_at + 72 * HOUR
    assert (change.field, change.before, change.after) == (field, getattr(LAN, field), new)
    made = hours == 0
    assert (change.applied_at == change.decided_at) is made
    assert (getattr((await member(office)).person, field) == new) is made


@each_way
async def test_every_old_address_is_told_at_once(office: Town, walk: Walk, new: str) -> None:
    """Exactly the addresses as they were before get one notice with one undo code (R20)."""
    lan = office.citizen()
    await walk(lan)
    told = {to: notices(office, to) for to in (LAN.phone, LAN.email, new)}
    assert {to: len(texts) for to, texts in told.items()} == {LAN.phone: 1, LAN.email: 1, new: 0}
    codes = {UNDO.findall(text)[0] for texts in told.values() for text in texts}
    assert len(codes) == 1
    # Whoever asked for the change could be the one it is to be undone against.
    assert not any(codes & set(UNDO.findall(bubble.text)) for bubble in lan.bubbles)


@pytest.mark.parametrize("person", [HUNG, MAI], ids=["phone alone", "e-mail alone"])
async def test_who_has_one_address_is_told_there(office: Town, person: Person) -> None:
    """The set of notices is the set of addresses, also where there is only one."""
    chat = office.citizen()
    await chat.says("thêm email", "đồng ý", person.bhxh_number)
    if not person.phone:
        await chat.taps("Gửi tới email")
    await chat.says(office.code_for(person.phone or person.email))
    await chat.says(NEW_MAIL, "ghi nhận")
    await chat.says(office.code_for(NEW_MAIL))
    assert (await member(office, person)).person.email == NEW_MAIL
    letters = [*office.sms.letters, *office.email.letters]
    told = [letter.to for letter in letters if UNDO.search(str(letter.body))]
    assert told == [person.phone or person.email]


async def test_a_longer_hold_of_the_settings(tmp_path: Path) -> None:
    """An agency may hold also what was proved on both sides."""
    settings = STAFFED.model_copy(
        update={"holds": STAFFED.holds.model_copy(update={"both_sides": 48})}
    )
    async with Town(tmp_path, settings=settings) as town:
        await changes_phone(town.citizen())
        change = await the_change(town)
        assert (change.applied_at, change.applies_at) == (None, change.decided_at + 48 * HOUR)
        assert await hour_comes(town, change.applies_at - 1) == 0
        assert await hour_comes(town, change.applies_at) == 1
        assert (await member(town)).person.phone == NEW


# --- when its hour comes --------------------------------------------------------------


async def test_made_in_its_hour(office: Town) -> None:
    """Nothing a second before; then once, and the addresses of before are told once more."""
    await by_password(office.citizen())
    change = await the_change(office)
    assert await hour_comes(office, change.applies_at - 1) == 0
    assert (await member(office)).person.email == LAN.email
    told = {to: len(office.post_for(to)) for to in (LAN.phone, LAN.email, NEW_MAIL)}
    assert await hour_comes(office, change.applies_at) == 1
    assert await hour_comes(office, change.applies_at) == 0
    assert (await member(office)).person.email == NEW_MAIL
    now = {to: len(office.post_for(to)) - before for to, before in told.items()}
    assert now == {LAN.phone: 1, LAN.email: 1, NEW_MAIL: 0}
    assert await acts(office, "contact_changed") == [f"contact_changed email {change.ref}"]


@pytest.mark.parametrize("count", [1, 2])
async def test_made_once_by_several_at_once(open_office: Town, count: int) -> None:
    """Every process looks what is due; a change is made and told once."""
    await by_password(open_office.citizen())
    change = await the_change(open_office)
    open_office.clock.reach(change.applies_at)
    now = open_office.clock.now()
    async with AsyncExitStack() as stack:
        engines = await processes(open_office, stack, count)
        looks = [due.raise_due(each.turns, each.store, now=now) for each in engines * 5]
        done = await all_at_once(looks)
    assert not [error for error in done if isinstance(error, BaseException)]
    told = len(open_office.sms_to(LAN.phone))
    await open_office.deliver()
    assert len(open_office.sms_to(LAN.phone)) == told + 1
    assert len(await acts(open_office, "contact_changed")) == 1
    assert not await open_office.store.asides(limit=1)


async def test_refused_while_frozen(office: Town) -> None:
    """An account that was frozen meanwhile keeps its contact; the change is over for good."""
    await by_password(office.citizen())
    change = await the_change(office)
    account = change.account
    async with office.store.unit(now=office.clock.now()) as unit:
        await unit.set_standings([Standing(account, "frozen", office.clock.now())])
    assert await hour_comes(office, change.applies_at) == 1
    assert (await the_change(office)).ended_as == "refused"
    async with office.store.unit(now=office.clock.now()) as unit:
        await unit.set_standings([Standing(account, "active", office.clock.now())])
    assert await hour_comes(office, change.applies_at + DAY) == 0
    assert (await member(office)).person.email == LAN.email
    assert await acts(office, "contact_change_refused") == [f"contact_change_refused {change.ref}"]


async def test_refused_when_taken(office: Town) -> None:
    """A contact that another account got meanwhile is not given twice."""
    await by_password(office.citizen())
    change = await the_change(office)
    other = (await member(office, HUNG)).account
    async with office.store.unit(now=office.clock.now()) as unit:
        await unit.set_contacts([Contact(other, "email", NEW_MAIL)])
    assert await hour_comes(office, change.applies_at) == 1
    assert (await the_change(office)).ended_as == "refused"
    assert (await member(office)).person.email == LAN.email
    assert (await member(office, HUNG)).person.email == NEW_MAIL


@pytest.mark.parametrize("cause", ["frozen", "taken"])
async def test_a_refusal_is_told(office: Town, cause: str) -> None:
    """Who asked, every other linked chat and every old contact hear that nothing changed."""
    lan, other = office.citizen("telegram:1"), office.citizen("telegram:2")
    await other.says("english")
    await other.recovers()
    office.clock.pass_(HOUR)
    await by_password(lan)
    change = await the_change(office)
    async with office.store.unit(now=office.clock.now()) as unit:
        if cause == "frozen":
            await unit.set_standings([Standing(change.account, "frozen", 0)])
        else:
            hung = (await unit.members([HUNG.bhxh_number]))[HUNG.bhxh_number].account
            await unit.set_contacts([Contact(hung, "email", NEW_MAIL)])
    had = {to: len(office.post_for(to)) for to in (LAN.phone, LAN.email, NEW_MAIL)}
    await hour_comes(office, change.applies_at)
    now = {to: len(office.post_for(to)) - count for to, count in had.items()}
    assert now == {LAN.phone: 1, LAN.email: 1, NEW_MAIL: 0}
    assert "KHONG doi" in office.sms_to(LAN.phone)[-1]
    assert "không đổi sang" in lan.last.text
    assert "was not changed" in other.last.text
    await hour_comes(office, change.applies_at + HOUR)
    assert len(office.post_for(LAN.email)) == had[LAN.email] + 1
    # Whoever has the new contact by now is nobody's business (R25).
    assert HUNG.full_name not in lan.last.text


async def test_a_notice_speaks_as_its_chat_does(office: Town) -> None:
    """Each linked chat is told in the language that was chosen there, with the day and hour."""
    vi, en = office.citizen("telegram:1"), office.citizen("telegram:2")
    await vi.recovers()
    office.clock.pass_(HOUR)
    await en.says("english")
    await en.recovers()
    office.clock.pass_(HOUR)
    await changes_phone(office.citizen("telegram:3"))
    assert "The phone of VssID" in en.last.text
    assert re.search(r"at \d\d:\d\d on 22/11", en.last.text)
    assert "đã đổi sang" in vi.last.text
    assert re.search(r"lúc \d\d:\d\d ngày 22/11", vi.last.text)
    told = (notices(office, LAN.phone)[-1], notices(office, LAN.email)[-1])
    assert re.search(r"luc \d\d:\d\d 22/11", told[0])
    assert re.search(r"lúc \d\d:\d\d ngày 22/11", told[1])


async def test_what_comes_too_early_waits(office: Town) -> None:
    """An event that says the hour has come before it has changes nothing."""
    await by_password(office.citizen())
    change = await the_change(office)
    await office.engine.turns.take([incoming(change.chat, Event("clock:apply", change.ref))])
    assert await the_change(office) == change
    assert await hour_comes(office, change.applies_at) == 1


# --- what else it ends ----------------------------------------------------------------


async def test_other_runs_are_void_when_it_is_made(office: Town) -> None:
    """In the hour in which a held change is made, codes on their way are worth nothing (R22)."""
    await by_password(office.citizen("telegram:1"))
    change = await the_change(office)
    office.clock.reach(change.applies_at - MINUTE)
    other = office.citizen("telegram:2")
    await other.asks_for_a_code()
    code = office.code_for(LAN.phone)
    await hour_comes(office, change.applies_at)
    await other.says(code)
    assert office.passwords_for(LAN.phone) == []


async def test_other_runs_are_void_when_it_is_undone(office: Town) -> None:
    """Once the account is frozen no code that was sent before is worth anything (R22)."""
    await by_password(office.citizen("telegram:1"))
    office.clock.pass_(MINUTE + 1)
    other = office.citizen("telegram:2")
    await other.asks_for_a_code()
    code = office.code_for(LAN.phone)
    await office.citizen("web:owner").says(f"KHÔNG {undo_code(office)}")
    await other.says(code)
    assert office.passwords_for(LAN.phone) == []


async def test_no_second_change_while_one_is_held(office: Town) -> None:
    """While one change waits for its hour nobody decides another one (R19)."""
    await by_password(office.citizen("telegram:1"))
    office.clock.pass_(HOUR)
    chat = office.citizen("telegram:2")
    await asks_for_both(chat)
    await chat.says(office.code_for(LAN.phone))
    await chat.says(office.codes_for(NEW)[-1] if office.codes_for(NEW) else "000000")
    assert len(await changes(office)) == 1
    assert (await member(office)).person.phone == LAN.phone


@pytest.mark.parametrize(
    ("after", "free"), [(72 * HOUR - MINUTE, False), (72 * HOUR + MINUTE, True)]
)
async def test_a_held_change_cools_from_when_it_is_made(
    office: Town, after: float, *, free: bool
) -> None:
    """The 72 hours begin when the new contact is in force, not when it was asked for (R19)."""
    await by_password(office.citizen("telegram:1"))
    change = await the_change(office)
    await hour_comes(office, change.applies_at)
    office.clock.reach(change.applies_at + after)
    await office.citizen("telegram:2").asks_for_a_code(LAN, NEW_MAIL)
    assert bool(office.codes_for(NEW_MAIL)[1:]) is free
