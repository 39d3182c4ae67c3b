"""Who may decide what on a dossier, and what their decisions bring about."""

import pytest

from storage.base import Dossier
from tests.bot.dossiers.office import (
    ANA,
    BEN,
    CAM,
    acts,
    asks_for_a_book,
    asks_for_review,
    changes,
    decides,
    decision,
    form,
    history,
    is_legal,
    member,
    newest,
    read,
)
from tests.bot.dossiers.test_dossiers import ANSWER, DAY, QUESTION
from tests.bot.procedures.walks import NEW, changes_phone, undo_code
from tests.bot.town import LAN, Town

NOT_HEARD = [
    ("a stranger", "receive", "mallory", "", 1, "dossier.not_yours"),
    ("the citizen", "receive", "citizen", "", 1, "dossier.not_yours"),
    ("an older version", "receive", ANA, "", 7, "dossier.overtaken"),
    ("no reason", "reject", ANA, " ", 2, "dossier.reason"),
    ("no such step", "verify", ANA, "x", 2, "dossier.no_such_step"),
]


@pytest.mark.parametrize(
    ("step", "officer", "why", "version", "refusal"),
    [pytest.param(*case[1:], id=case[0]) for case in NOT_HEARD],
)
async def test_what_is_not_heard(
    office: Town, step: str, officer: str, why: str, version: int, refusal: str
) -> None:
    """A decision that nobody may make changes nothing, tells nobody, and leaves a record."""
    lan = office.citizen()
    ref = (await asks_for_a_book(lan)).ref
    if version == 2:
        await decides(office, ref, "receive", BEN)
    before, told = await read(office, ref), len(lan.bubbles)
    await office.engine.turns.take([decision(before, step, officer, why, version=version)])
    await office.deliver()
    assert await read(office, ref) == before
    assert len(lan.bubbles) == told
    (record,) = await acts(office, "dossier_refused")
    assert record.startswith(f"dossier_refused {ref} {refusal}")


@pytest.mark.parametrize(
    "event", ["tap:withdraw", "text:answer", "tap:submit", "clock:apply", ":"]
)
async def test_no_officer_acts_for_the_citizen(office: Town, event: str) -> None:
    """What only a citizen may do cannot be decided."""
    row = await asks_for_a_book(office.citizen())
    await decides(office, row.ref, "review")
    await decides(office, row.ref, "ask", ANA, QUESTION)
    before = await read(office, row.ref)
    await office.engine.turns.take([decision(before, event, ANA, "x")])
    assert await read(office, row.ref) == before


async def test_a_dossier_that_is_not_there(office: Town) -> None:
    """A decision on a reference that nobody has changes nothing and is not set aside."""
    row = await asks_for_a_book(office.citizen())
    nobody = Dossier(
        **{name: getattr(row, name) for name in row.__struct_fields__} | {"ref": "HS-0"}
    )
    taken = await office.engine.turns.take([decision(nobody, "receive", ANA)])
    assert not taken.refused
    assert not await office.store.asides(limit=1)
    assert await read(office, row.ref) == row


async def test_two_different_officers(office: Town) -> None:
    """A new phone without the old one takes two people; the same one twice is refused (F37)."""
    lan = office.citizen()
    ref = (await asks_for_review(lan)).ref
    await decides(office, ref, "receive", ANA)
    assert (await decides(office, ref, "approve", ANA)).state == "approved"
    assert (await decides(office, ref, "approve", ANA)).state == "approved"
    assert await acts(office, "dossier_refused")
    assert await changes(office) == []
    assert (await decides(office, ref, "approve", BEN)).state == "resolved"
    assert is_legal("phone_review", await history(office, ref))
    moved = await acts(office, "dossier_moved")
    assert [line.split()[-1] for line in moved] == [ANA, ANA, BEN]


async def test_a_question_takes_the_approval_back(office: Town) -> None:
    """Who approved before the citizen answered has to look again; one more is not two."""
    lan = office.citizen()
    ref = (await asks_for_review(lan)).ref
    await decides(office, ref, "review", ANA)
    await decides(office, ref, "approve", ANA)
    await decides(office, ref, "ask", BEN, QUESTION)
    await lan.says("hồ sơ", ANSWER)
    assert (await decides(office, ref, "approve", BEN)).state == "approved"
    assert await changes(office) == []
    assert (await decides(office, ref, "approve", CAM)).state == "resolved"
    assert len(await changes(office)) == 1


async def test_a_frozen_account_is_opened_again(office: Town) -> None:
    """Freezing opens a dossier by itself; its approval lets codes leave again, and tells it."""
    await changes_phone(office.citizen("telegram:1"))
    await office.citizen("web:lan").says(f"KHÔNG {undo_code(office)}")
    row = await newest(office)
    assert (row.kind, row.state) == ("unfreeze", "submitted")
    assert (await form(office, row.ref)).lines == ()
    assert (await member(office)).state == "frozen"
    office.clock.pass_(DAY)
    had = len(office.codes_for(LAN.phone))
    await office.citizen("telegram:2").asks_for_a_code()
    assert len(office.codes_for(LAN.phone)) == had
    await decides(office, row.ref, "review")
    told = len(office.sms_to(LAN.phone))
    await decides(office, row.ref, "approve")
    assert (await member(office)).state == "active"
    assert len(office.sms_to(LAN.phone)) == told + 1
    office.clock.pass_(DAY)
    await office.citizen("telegram:3").recovers()
    assert len(office.passwords_for(LAN.phone)) == 1


async def test_a_dossier_without_an_account(office: Town) -> None:
    """What was handed in without any proof belongs to the chat: no address is told anything."""
    lan = office.citizen()
    await lan.says("mất số")
    for label in ("Không cấp lại được", "Không nhớ", "Đến được"):
        await lan.taps(label)
    await lan.says("đồng ý", LAN.full_name, LAN.bhxh_number, NEW, "BHXH Ba Đình")
    await lan.taps("Gửi đề nghị đăng ký lại")
    row = await newest(office)
    assert row.kind == "reregister"
    await decides(office, row.ref, "receive")
    await decides(office, row.ref, "approve")
    assert (await read(office, row.ref)).state == "resolved"
    assert office.sms.letters == office.email.letters == []
    assert row.ref in lan.last.text
    assert (await member(office)).person == LAN
