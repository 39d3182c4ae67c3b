"""Every way to a changed contact, what is decided by it, and the hour in which it is made."""

from collections.abc import Awaitable, Callable

import pytest

from bot import due
from storage.base import Change
from tests.bot.dossiers.office import ANA, BEN, asks_for_review, changes, decides, signs_in
from tests.bot.procedures.walks import HOUR, NEW, NEW_MAIL, adds_email, changes_phone
from tests.bot.town import LAN, Citizen, Town

DAY = 24 * HOUR
Walk = Callable[[Citizen], Awaitable[object]]


async def by_password(citizen: Citizen) -> None:
    """Add an e-mail with the password in place of a code to what is on file."""
    await citizen.says("thêm email", "đồng ý", LAN.bhxh_number)
    await citizen.taps("Dùng mật khẩu")
    await signs_in(citizen)
    await citizen.says(NEW_MAIL, "ghi nhận")
    await citizen.says(citizen.town.code_for(NEW_MAIL))


async def by_officers(citizen: Citizen) -> None:
    """Have two officers grant a new phone."""
    ref = (await asks_for_review(citizen)).ref
    await decides(citizen.town, ref, "receive", ANA)
    await decides(citizen.town, ref, "approve", ANA)
    await decides(citizen.town, ref, "approve", BEN)


async def the_change(town: Town) -> Change:
    """The only one there is."""
    (change,) = await changes(town)
    return change


async def hour_comes(town: Town, at: float) -> int:
    """It is that late, and somebody looks what is due; how many were handed to the turn."""
    town.clock.reach(at)
    raised = await due.raise_due(town.engine.turns, town.store, now=town.clock.now())
    await town.deliver()
    return raised


async def claims(citizen: Citizen, new: str = NEW) -> None:
    """Take a granted phone up."""
    await citizen.says("nhận số mới", "đồng ý", LAN.bhxh_number, new)
    codes = citizen.town.codes_for(new)
    await citizen.says(codes[-1] if codes else "000000")


HOLDS: list[tuple[Walk, int, str, str]] = [
    (changes_phone, 0, "phone", NEW),
    (adds_email, 0, "email", NEW_MAIL),
    (by_password, 24, "email", NEW_MAIL),
    (by_officers, 72, "phone", NEW),
]
_NAMES = [walk.__name__ for walk, *_ in HOLDS]
each_hold = pytest.mark.parametrize(("walk", "hours", "field", "new"), HOLDS, ids=_NAMES)
each_way = pytest.mark.parametrize(
    ("walk", "new"), [(walk, new) for walk, _, _, new in HOLDS], ids=_NAMES
)
