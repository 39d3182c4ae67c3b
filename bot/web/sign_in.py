"""The account's password, typed on a one-time page as proof of the account (C04).

A try is counted before it is compared, on the same budgets as wrong codes. An account that
nobody has, or that has no password, takes as long and looks the same.
"""

import asyncio
import hmac
from functools import cache
from typing import Literal

from bot import passwords
from bot.app import Engine
from bot.channels.base import Incoming
from bot.web import rules
from bot.web.open_page import open_page
from flows.model import Event, web
from storage.base import Member, Page

Attempt = Literal["signed_in", "wrong", "held", "gone"]


async def attempt(engine: Engine, page: Page, typed: str) -> Attempt:
    """Compare a typed password with that of the page's account; at most once per counted try.

    held: too many were wrong lately. gone: the page was used up or voided meanwhile.
    """
    if not await engine.batches.ask(_event(engine, page, "try")):
        still = await open_page(engine, page.token_hash)
        return "held" if still.page else "gone"
    now = engine.turns.clock.now()
    async with engine.store.unit(now=now) as unit:
        member = (await unit.members_of([page.account])).get(page.account)
    if not await asyncio.to_thread(_is_right, engine.desk.keys.password, member, typed, now):
        return "wrong"
    return "signed_in" if await engine.batches.ask(_event(engine, page, "proved")) else "gone"


def _is_right(key: bytes, member: Member | None, typed: str, now: float) -> bool:
    stored = member.password_hash if member and member.state == "active" else ""
    until = member.password_until if member else None
    # Both kinds are compared every time, so that the time tells neither.
    temporary = hmac.compare_digest(passwords.hash_temporary(key, typed).encode(), stored.encode())
    chosen = rules.fits(stored if stored.startswith("$argon2") else _nobodys(), typed)
    in_time = until is None or now < until
    return in_time and (temporary or (chosen and stored.startswith("$argon2")))


@cache
def _nobodys() -> str:
    return rules.hashed("nobody has this password")


def _event(engine: Engine, page: Page, outcome: str) -> Incoming:
    name = page.token_hash.hex()
    key = f"page:{name}:{engine.desk.random(8).hex()}"
    return Incoming(chat=page.chat, key=key, event=Event(web(outcome)), page=name)
