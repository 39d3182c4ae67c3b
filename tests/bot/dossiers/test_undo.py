"""A change is taken back with the code of its notice (R21)."""

import re
from contextlib import AsyncExitStack

import pytest

from flows.model import TEXT, Event
from storage.base import Change, Contact
from tests.bot.dossiers.held import DAY, Walk, by_password, each_way, hour_comes, the_change
from tests.bot.dossiers.office import acts, form, member, newest, processes
from tests.bot.procedures.walks import HOUR, NEWER_MAIL, changes_phone, undo_code
from tests.bot.town import LAN, Town, all_at_once, incoming


@each_way
async def test_undone(office: Town, walk: Walk, new: str) -> None:
    """From any chat, with the code: the old contact, a frozen account, an office's case (R21)."""
    await walk(office.citizen("telegram:1"))
    change = await the_change(office)
    owner = office.citizen("web:owner")
    said = await owner.says(f"Không {undo_code(office).lower()}")
    assert "khóa" in said.text
    account = await member(office)
    assert (account.person, account.state) == (LAN, "frozen")
    assert (await the_change(office)).ended_as == "undone"
    opened = await newest(office)
    assert (opened.kind, opened.chat, opened.state) == ("unfreeze", owner.chat, "submitted")
    assert opened.account == account.account
    assert (await form(office, opened.ref)).answers == {}
    frozen = {
        to for to in (LAN.phone, LAN.email) if any(opened.ref in t for t in office.post_for(to))
    }
    assert frozen == {LAN.phone, LAN.email}
    assert not any(opened.ref in text for text in office.post_for(new))
    await hour_comes(office, change.applies_at + DAY)
    assert (await member(office)).person == LAN


UNDONE_AFTER = [(72 * HOUR - 1, True), (72 * HOUR, False), (72 * HOUR + 1, False)]


@pytest.mark.parametrize(("after", "works"), UNDONE_AFTER)
@pytest.mark.parametrize("walk", [changes_phone, by_password], ids=["at once", "held a day"])
async def test_until_when(office: Town, walk: Walk, after: float, *, works: bool) -> None:
    """For 72 hours from when it takes effect, and not a second longer."""
    await walk(office.citizen("telegram:1"))
    change, code = await the_change(office), undo_code(office)
    await hour_comes(office, change.applies_at)
    office.clock.reach(change.applies_at + after)
    await office.citizen("web:owner").says(f"KHÔNG {code}")
    assert ((await member(office)).person == LAN) is works
    assert ((await member(office)).state == "frozen") is works


async def test_twice(office: Town) -> None:
    """A code that was used says so the second time, from another chat too, and does nothing."""
    await changes_phone(office.citizen("telegram:1"))
    code = undo_code(office)
    await office.citizen("web:one").says(f"KHÔNG {code}")
    once = await the_change(office)
    told = len(office.sms_to(LAN.phone))
    said = await office.citizen("web:two").says(f"KHÔNG {code}")
    assert "không đúng" in said.text or "quá 72 giờ" in said.text
    assert await the_change(office) == once
    assert len(office.sms_to(LAN.phone)) == told
    assert len(await acts(office, "contact_change_undone")) == 1


@pytest.mark.parametrize("count", [1, 2])
async def test_many_times_at_once(open_office: Town, count: int) -> None:
    """Ten chats type the same code at once: undone once, frozen once, one dossier."""
    await changes_phone(open_office.citizen("telegram:1"))
    text = f"KHÔNG {undo_code(open_office)}"
    updates = [incoming(f"web:{number}", Event(TEXT, text)) for number in range(10)]
    async with AsyncExitStack() as stack:
        engines = await processes(open_office, stack, count)
        calls = [engines[n % count].turns.take([each]) for n, each in enumerate(updates)]
        done = await all_at_once(calls)
    assert not [error for error in done if isinstance(error, BaseException)]
    assert not await open_office.store.asides(limit=1)
    assert len(await acts(open_office, "contact_change_undone")) == 1
    assert len(await acts(open_office, "account_frozen")) == 1
    assert len(await acts(open_office, "dossier_submitted")) == 1


async def test_many_times_in_one_batch(office: Town) -> None:
    """The same, when all of them are taken together."""
    await changes_phone(office.citizen("telegram:1"))
    text = f"KHÔNG {undo_code(office)}"
    await office.engine.turns.take(
        [incoming(f"web:{number}", Event(TEXT, text)) for number in range(10)]
    )
    assert len(await acts(office, "contact_change_undone")) == 1
    assert len(await acts(office, "account_frozen")) == 1


async def test_in_the_middle_of_something(office: Town) -> None:
    """An undo code is understood wherever the chat stands, and is no answer to its question."""
    await changes_phone(office.citizen("telegram:1"))
    chat = office.citizen("web:owner")
    await chat.says("thêm email", "đồng ý", f"KHÔNG {undo_code(office)}")
    assert (await member(office)).state == "frozen"
    async with office.store.unit(now=office.clock.now()) as unit:
        row = (await unit.conversations([chat.chat]))[chat.chat]
    assert (row.flow, row.state) == ("add_email", "number")
    assert row.account in (None, office.store.index("bhxh", LAN.bhxh_number))


async def test_in_the_middle_of_a_request(office: Town) -> None:
    """The office's case holds nothing of what the chat was just filling in."""
    await changes_phone(office.citizen("telegram:1"))
    chat = office.citizen("web:owner")
    await chat.says("cấp lại")
    for label in ("Sổ BHXH", "Bị mất", "Không sửa"):
        await chat.taps(label)
    await chat.says(f"KHÔNG {undo_code(office)}")
    opened = await newest(office)
    assert opened.kind == "unfreeze"
    assert (await form(office, opened.ref)).lines == ()


async def test_the_change_after_the_one_undone(office: Town) -> None:
    """Two changes that stand: each is taken back on its own, also once the account is frozen."""
    await changes_phone(office.citizen("telegram:1"))
    first = undo_code(office)
    office.clock.pass_(71 * HOUR)
    chat, account = "telegram:1", (await member(office)).account
    second = "B2B2B2B2B2"
    now = office.clock.now()
    later = Change(
        ref="later",
        account=account,
        field="email",
        before=LAN.email,
        after=NEWER_MAIL,
        chat=chat,
        cause="add_email",
        decided_at=now,
        applies_at=now,
        applied_at=now,
        undo_until=now + 72 * HOUR,
        undo_mark=office.store.index("undo", second),
        ended_at=None,
        ended_as="",
    )
    async with office.store.unit(now=now) as unit:
        await unit.save_changes([later])
        await unit.set_contacts([Contact(account, "email", NEWER_MAIL)])
    owner = office.citizen("web:owner")
    await owner.says(f"KHÔNG {first}")
    assert (await member(office)).person.phone == LAN.phone
    assert (await member(office)).person.email == NEWER_MAIL
    await owner.says(f"KHÔNG {second}")
    assert (await member(office)).person == LAN
    assert len(await acts(office, "dossier_submitted")) == 1


async def test_a_code_that_nobody_sent(office: Town) -> None:
    """A guess changes nothing and tells nothing about whose it might be."""
    await changes_phone(office.citizen("telegram:1"))
    before, account = await the_change(office), await member(office)
    said = await office.citizen("web:guess").says("KHÔNG A2B3C4D5E6")
    assert re.search(r"không đúng|72 giờ", said.text)
    assert await the_change(office) == before
    assert await member(office) == account
