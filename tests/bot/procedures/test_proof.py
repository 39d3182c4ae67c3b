"""How long a chat may act for an account it has proved: 15 idle minutes, 60 in all (R30, C04)."""

from pathlib import Path

import pytest

from bot.facts import proof_of
from bot.ledger import Ledger
from flows.model import Proof, Talk
from storage.base import Link, Standing
from tests.bot.procedures.walks import MINUTE, changes_phone, proves, where, written
from tests.bot.town import HUNG, LAN, MORNING, Citizen, Town

# Born in 1990, so that nobody takes her for an elder; of these the plain mode doubles the times.
ACCOUNT = HUNG.bhxh_number


async def _is_proved(citizen: Citizen) -> bool:
    """Whether the chat still names the account by itself when another procedure begins."""
    await citizen.says("đổi số điện thoại")
    await citizen.says("đồng ý")
    labels = [button.label.partition(". ")[2] for button in citizen.last.buttons]
    return f"Giữ ..{ACCOUNT[-4:]}" in labels


@pytest.mark.parametrize(
    ("idle", "plain", "still"),
    [(14.9, False, True), (15.1, False, False), (29.9, True, True), (30.1, True, False)],
)
async def test_a_quarter_of_an_hour_of_silence(
    town: Town, idle: float, *, plain: bool, still: bool
) -> None:
    """A proof lapses after 15 silent minutes, after 30 for those who asked for short texts."""
    hung = town.citizen()
    await hung.says("chữ ngắn thôi") if plain else await hung.says("menu")
    await proves(hung, HUNG)
    town.clock.pass_(idle * MINUTE)
    assert await _is_proved(hung) is still


@pytest.mark.parametrize("plain", [False, True])
async def test_an_hour_in_all(town: Town, *, plain: bool) -> None:
    """However busy the chat is, and however patient we are, a proof lapses after an hour."""
    hung = town.citizen()
    await hung.says("chữ ngắn thôi" if plain else "menu")
    await proves(hung, HUNG)
    for _ in range(5):
        town.clock.pass_(11 * MINUTE)
        await hung.says("mất phí không?")
    town.clock.pass_(4 * MINUTE)
    assert await _is_proved(hung)
    town.clock.pass_(2 * MINUTE)
    await hung.says("/menu", "dừng hẳn", "/menu")
    assert not await _is_proved(hung)


async def test_lost_when_the_account_is_changed_elsewhere(town: Town) -> None:
    """A change in another chat ends every proof of the account, within the same second (R22)."""
    here, elsewhere = town.citizen("telegram:1"), town.citizen("telegram:2")
    await proves(here, HUNG)
    town.clock.pass_(MINUTE + 1)
    await changes_phone(elsewhere, HUNG)
    assert (await written(town, HUNG)).changes
    assert not await _is_proved(here)


async def test_lost_when_the_account_is_frozen(town: Town) -> None:
    """Whose account was frozen elsewhere can go on nowhere (R22)."""
    hung = town.citizen()
    await proves(hung, HUNG)
    account = town.store.index("bhxh", ACCOUNT)
    async with town.store.unit(now=town.clock.now()) as unit:
        await unit.set_standings([Standing(account, "frozen", town.clock.now())])
    assert not await _is_proved(hung)


async def test_another_account_is_not_proved(town: Town) -> None:
    """A proof is for one account: naming another one asks for another code."""
    chat = town.citizen()
    await proves(chat, HUNG)
    await chat.says("hủy", "dừng hẳn")
    town.clock.pass_(MINUTE + 1)
    await chat.says("thêm email", "đồng ý", LAN.bhxh_number)
    assert await where(chat) == "proof"
    assert len(town.codes_for(LAN.phone)) == 1


async def test_whose_proof_lapses_on_the_way_proves_again(town: Town) -> None:
    """Half an hour later the new e-mail is not taken, but the way to it is open again."""
    hung = town.citizen()
    await proves(hung, HUNG)
    town.clock.pass_(31 * MINUTE)
    told = await hung.says("hung.moi@example.com", "ghi nhận")
    if town.codes_for("hung.moi@example.com"):
        told = await hung.says(town.code_for("hung.moi@example.com"))
    assert "xác nhận lại" in told.text
    assert (await written(town, HUNG)).email == ""
    town.clock.pass_(MINUTE)
    if await where(hung) == "consent":
        await hung.says("đồng ý")
    await hung.says(ACCOUNT)
    assert await where(hung) == "proof"
    await hung.says(town.code_for(HUNG.phone))
    assert await where(hung) == "email"
    await hung.says("hung.moi@example.com", "ghi nhận")
    await hung.says(town.code_for("hung.moi@example.com"))
    assert (await written(town, HUNG)).email == "hung.moi@example.com"


# --- the rule itself, to the second ---------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "at", "plain", "holds"),
    [
        (899, 899, False, True),
        (900, 900, False, False),
        (1799, 1799, True, True),
        (1800, 1800, True, False),
        (0, 3599, False, True),
        (0, 3600, False, False),
        (0, 3600, True, False),
    ],
)
async def test_to_the_second(
    town: Town, seen: float, at: float, *, plain: bool, holds: bool
) -> None:
    """`seen` seconds after it was last of use, `at` seconds after the code was right."""
    proof = Proof(ACCOUNT, MORNING - at, MORNING - seen)
    talk = Talk(proof=proof, plain=plain)
    assert bool(proof_of(talk, Ledger(), town.engine.desk, MORNING)) is holds


@pytest.mark.parametrize(("later", "holds"), [(1, False), (0, True), (-1, True)])
async def test_a_change_after_the_proof_ends_it(town: Town, later: float, *, holds: bool) -> None:
    """What counts is whether the account was changed after it was proved here."""
    ledger, talk = Ledger(), Talk(proof=Proof(ACCOUNT, MORNING - 60, MORNING))
    account = town.store.index("bhxh", ACCOUNT)
    ledger.load_links([Link(account, "web:elsewhere", MORNING - 60 + later)])
    assert bool(proof_of(talk, ledger, town.engine.desk, MORNING)) is holds


async def test_a_proof_survives_a_restart(tmp_path: Path) -> None:
    """It is kept with the conversation, and lapses by the clock, not by the process."""
    async with Town(tmp_path, on_disk=True) as town:
        hung = town.citizen()
        await proves(hung, HUNG)
        await town.restarts()
        assert await _is_proved(hung)
        town.clock.pass_(16 * MINUTE)
        await town.restarts()
        await hung.says("/menu", "dừng hẳn", "/menu")
        assert not await _is_proved(hung)
