"""Registrations on both engines: who hears of them, and what an officer's approval opens."""

import pytest
from msgspec.structs import replace

from storage.base import Contact, Dossier, Person
from tests.bot.dossiers.office import ANA, acts, decides, form, history, newest, read
from tests.bot.town import HUNG, LAN, MAI, Citizen, Town

NAM = Person(
    "0312345678",
    "079090123456",
    "Trần Văn Nam",
    "1990-04-03",
    "+84987654321",
    agency="BHXH Ba Đình",
)
CHILD = Person(
    "7912345670", full_name="Lan Con", birth_date="2015-04-03", phone=LAN.phone, agency="BHXH HN"
)


async def asks(citizen: Citizen, person: Person = NAM) -> None:
    """Register oneself as far as the code."""
    await citizen.says("đăng ký tài khoản", "1", "đồng ý", person.bhxh_number, person.full_name)
    await citizen.says("03/04/1990", person.national_id, person.phone or person.email)
    await citizen.says(person.agency)
    await citizen.taps("Gửi đăng ký")


async def registers(citizen: Citizen, person: Person = NAM) -> Dossier:
    """All the way."""
    await asks(citizen, person)
    await citizen.says(citizen.town.code_for(person.phone or person.email))
    return await newest(citizen.town)


async def registers_child(citizen: Citizen, child: Person = CHILD) -> Dossier:
    """A parent proves the own account and registers a child with the own phone."""
    await citizen.says("đăng ký cho con", "2", "đồng ý", LAN.bhxh_number)
    await citizen.says(citizen.town.code_for(LAN.phone))
    await citizen.says(child.bhxh_number, child.full_name, "03/04/2015")
    await citizen.taps("Mẹ")
    await citizen.says(child.phone or child.email, child.agency)
    citizen.town.clock.reach(citizen.town.clock.now() + 60)
    await citizen.taps("Gửi đăng ký")
    await citizen.says(citizen.town.code_for(child.phone or child.email))
    return await newest(citizen.town)


async def account_of(town: Town, number: str) -> Person | None:
    """Who has an account under this number."""
    async with town.store.unit(now=town.clock.now()) as unit:
        found = (await unit.members([number])).get(number)
    return found.person if found and found.state == "active" else None


async def approve(town: Town, ref: str) -> Dossier:
    """One officer takes it in and approves."""
    await decides(town, ref, "receive", ANA)
    return await decides(town, ref, "approve", ANA)


async def test_one_registers_oneself(office: Town) -> None:
    """It waits for an officer, holds what was typed, and is told at the contact itself."""
    row = await registers(office.citizen("telegram:1"))
    assert (row.kind, row.state, row.chat) == ("register", "submitted", "telegram:1")
    answers = (await form(office, row.ref)).answers
    assert (answers["account"], answers["reach"]) == (NAM.bhxh_number, NAM.phone)
    assert row.account == office.store.index("chat", "telegram:1")
    assert row.due_at is not None
    assert any("dang ky giao dich dien tu" in text for text in office.sms_to(NAM.phone))
    assert await account_of(office, NAM.bhxh_number) is None
    assert not await acts(office, "account_opened")


@pytest.mark.parametrize("number", [NAM.national_id, NAM.bhxh_number])
async def test_approval_opens_the_account(office: Town, number: str) -> None:
    """The row, its edge and its audit entry stand together; a password can be got at once."""
    citizen = office.citizen("telegram:1")
    ref = (await registers(citizen)).ref
    await approve(office, ref)
    assert await account_of(office, number) == NAM
    assert await acts(office, "account_opened") == [f"account_opened {ref}"]
    assert "da duoc duyet" in office.sms_to(NAM.phone)[-1]
    assert "đã được duyệt" in citizen.last.text
    assert "..5678" in citizen.last.text
    sms = len(office.codes_for(NAM.phone))
    office.clock.reach(office.clock.now() + 60)
    await citizen.says("quên mật khẩu", "đồng ý", NAM.bhxh_number, NAM.phone)
    assert len(office.codes_for(NAM.phone)) == sms + 1


async def test_by_email(office: Town) -> None:
    """Who has no phone registers an e-mail."""
    person = replace(NAM, phone="", email="nam@example.vn")
    row = await registers(office.citizen("telegram:1"), person)
    await approve(office, row.ref)
    assert await account_of(office, NAM.bhxh_number) == person


async def test_a_known_number_walks_the_same_path(office: Town) -> None:
    """Nobody learns by registering whether a number has an account (C06)."""
    known, unknown = office.citizen("telegram:1"), office.citizen("telegram:2")
    one = replace(NAM, bhxh_number=HUNG.bhxh_number, phone="+84987654320")
    await asks(unknown)
    await asks(known, one)
    assert (
        known.last.text.partition(", mã ")[0].replace("320", "321")
        == (unknown.last.text.partition(", mã ")[0])
    )
    assert len(office.codes_for(one.phone)) == len(office.codes_for(NAM.phone)) == 1


async def test_an_account_is_never_changed_by_it(office: Town) -> None:
    """A number that has an account cannot be opened again, whoever approves."""
    one = replace(NAM, bhxh_number=HUNG.bhxh_number)
    row = await registers(office.citizen("telegram:1"), one)
    after = await approve(office, row.ref)
    assert after.state == "received"
    assert await account_of(office, HUNG.bhxh_number) == HUNG
    assert await acts(office, "dossier_refused") == [
        f"dossier_refused {row.ref} dossier.taken {ANA}"
    ]
    rejected = await decides(office, row.ref, "reject", ANA, reason="not_needed")
    assert rejected.state == "rejected"


async def test_a_citizen_id_that_has_an_account(office: Town) -> None:
    """Nor can a second account be opened under somebody's citizen ID."""
    row = await registers(office.citizen("telegram:1"), replace(NAM, national_id=MAI.national_id))
    assert (await approve(office, row.ref)).state == "received"
    assert await account_of(office, NAM.bhxh_number) is None


async def test_a_contact_that_somebody_has_gets_no_code(office: Town) -> None:
    """A phone of another account is answered like any other, and nothing is sent to it."""
    before = len(office.sms_to(LAN.phone))
    await asks(office.citizen("telegram:1"), replace(NAM, phone=LAN.phone))
    assert len(office.sms_to(LAN.phone)) == before


async def test_a_contact_that_was_taken_meanwhile(office: Town) -> None:
    """What somebody has come to hold since then is not given to another account."""
    row = await registers(office.citizen("telegram:1"))
    account = office.store.index("bhxh", HUNG.bhxh_number)
    async with office.store.unit(now=office.clock.now()) as unit:
        await unit.set_contacts([Contact(account, "phone", NAM.phone)])
    assert (await approve(office, row.ref)).state == "received"
    assert await account_of(office, NAM.bhxh_number) is None


async def test_a_child(office: Town) -> None:
    """It belongs to the parent's account; the parent's own phone will do for the child."""
    citizen = office.citizen("telegram:1")
    row = await registers_child(citizen)
    assert (row.kind, row.account) == (
        "register_child",
        office.store.index("bhxh", LAN.bhxh_number),
    )
    assert any("cho con" in text for text in office.post_for(LAN.email))
    await approve(office, row.ref)
    assert await account_of(office, CHILD.bhxh_number) == CHILD
    assert await account_of(office, LAN.bhxh_number) == LAN
    assert "..5670" in citizen.last.text
    edges = [(edge.source, edge.to) for edge in await history(office, row.ref)]
    assert edges[-1] == ("received", "resolved")


async def test_a_child_of_somebody_unproved(office: Town) -> None:
    """Without the parent's code nothing is asked about a child."""
    citizen = office.citizen("telegram:1")
    await citizen.says("đăng ký cho con", "2", "đồng ý", "7999999999", "123456")
    assert "Mã" in citizen.last.text
    assert not office.codes_for(LAN.phone)


async def test_two_registrations_of_one_number(office: Town) -> None:
    """Of two who register one number the one that is approved first gets it."""
    one = await registers(office.citizen("telegram:1"))
    two = await registers(office.citizen("telegram:2"), replace(NAM, phone="+84987654320"))
    assert one.ref != two.ref
    assert (await approve(office, two.ref)).state == "resolved"
    assert (await approve(office, one.ref)).state == "received"
    assert await account_of(office, NAM.bhxh_number) == replace(NAM, phone="+84987654320")
    assert (await read(office, one.ref)).is_open
