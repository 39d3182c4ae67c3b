"""Requests about one's own data that officers decide: asked for by one, approved by another.

What a citizen asks for in the chat is answered there at once. Somebody who writes a letter is
served here; the bot that runs erases (`erasing.py`). The terminal and the console do it alike.
"""

from collections.abc import Callable
from typing import Literal

from msgspec.structs import replace

from bot.desk import Desk
from bot.erasing import ERASE
from bot.my_data import asked_for
from storage.base import Act, Right, Store

DAY = 86_400
Clock = Literal["ended", "late", "unanswered", "approval", "open"]


class NotPossible(Exception):
    """It cannot be done; `why` is gone, own or nobody."""

    def __init__(self, why: Literal["gone", "own", "nobody"]) -> None:
        """`gone`: nothing waits; `own`: asked for by oneself; `nobody`: no chat has proved it."""
        super().__init__(why)
        self.why = why


async def ask(
    desk: Desk, store: Store, number: str, why: str, officer: str, now: float
) -> list[Right]:
    """Ask for the erasing of every conversation that has proved this account.

    Nothing goes until another officer approves. Raises NotPossible("nobody").
    """
    async with store.unit(now=now) as unit:
        member = (await unit.members([number])).get(number)
        links = await unit.links([member.account]) if member else []
        asked = [asked_for(desk, ERASE, link.chat, link.account, now) for link in links]
        rows = [
            replace(row, lang=link.lang or "vi", asked_by=officer, why=why)
            for row, link in zip(asked, links, strict=True)
        ]
        await unit.save_rights(rows)
        await unit.add_acts([_act(row, "data_erase_asked", officer, now) for row in rows])
    if not rows:
        raise NotPossible("nobody")
    return rows


async def approve(store: Store, ref: str, officer: str, now: float) -> None:
    """Approve an erasing that another officer has asked for; it cannot be taken back."""

    def approved(row: Right) -> Right:
        if row.asked_by == officer:
            raise NotPossible("own")
        return replace(row, approved_by=officer, answered_at=now, applies_at=now)

    await _decide(store, ref, officer, "data_erase_approved", approved, now)


async def refuse(store: Store, ref: str, why: str, officer: str, now: float) -> None:
    """Refuse an erasing that an officer has asked for; the citizen is told by letter."""

    def refused(row: Right) -> Right:
        reason = f"{row.why}; refused by {officer}: {why}"
        return replace(row, answered_at=now, ended_at=now, ended_as="refused", why=reason)

    await _decide(store, ref, officer, "data_erase_refused", refused, now)


def waits(row: Right) -> bool:
    """Whether it waits for an officer."""
    return row.ended_at is None and row.applies_at is None


def standing(row: Right, now: float) -> tuple[Clock, float]:
    """Which of the law's clocks counts, and when it ends or ended."""
    if row.ended_at is not None:
        return "ended", row.ended_at
    if now > row.finish_by:
        return "late", row.finish_by
    if row.answered_at is None and now > row.answer_by:
        return "unanswered", row.answer_by
    return ("approval", row.answer_by) if row.applies_at is None else ("open", row.finish_by)


async def _decide(
    store: Store,
    ref: str,
    officer: str,
    kind: str,
    decided: Callable[[Right], Right],
    now: float,
) -> None:
    async with store.unit(now=now) as unit:
        row = (await unit.rights([ref])).get(ref)
        if row is None or not waits(row):
            raise NotPossible("gone")
        await unit.save_rights([decided(row)])
        await unit.add_acts([_act(row, kind, officer, now)])


def _act(row: Right, kind: str, officer: str, now: float) -> Act:
    return Act(now, kind, officer, row.account, row.ref)
