"""The demo's officers: two who are enrolled already, and what their phones show just now.

They exist in the demo's own database only, with a password and a secret made up anew each time it
begins. Nothing here signs anybody in: the console asks for both, as it asks every officer.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from bot.app import Engine
from bot.console import totp
from bot.console.roles import Role
from bot.staff import ACTIVE
from bot.web import rules
from storage.base import Act, Staff, Store

SAMPLES: dict[str, Role] = {"an.nguyen": "agent", "binh.tran": "supervisor"}  # made up


class Phone(msgspec.Struct, frozen=True):
    """What the page shows of one officer. left: seconds until another code is shown."""

    name: str
    role: str
    password: str
    code: str
    left: int


@dataclass(frozen=True, slots=True)
class Office:
    """The officers of one start of the demo."""

    store: Store
    password: str = field(repr=False)
    secrets: dict[str, bytes] = field(repr=False)

    async def phones(self, now: float) -> list[Phone]:
        """The code of each officer that the console takes next."""
        rows = {row.name: row for row in await self.store.all_staff()}
        return [self._phone(name, rows[name].step, now) for name in self.secrets if name in rows]

    def _phone(self, name: str, used: int, now: float) -> Phone:
        # A code that was typed is spent; its neighbour is right already.
        step = max(int(now // totp.SECONDS), used + 1)
        code = totp.code_at(self.secrets[name], step)
        left = (step + 1) * totp.SECONDS - now
        return Phone(name, SAMPLES[name], self.password, code, int(left))


async def enrol(engine: Engine, now: float) -> Office:
    """Bring the officers in; whoever was there before gets new keys."""
    random = engine.desk.random
    password = f"demo-{random(4).hex()}"
    secrets = {name: random(20) for name in SAMPLES}
    kept = await asyncio.to_thread(rules.hashed, password)
    async with engine.store.unit(now=now) as unit:
        await unit.save_staff(_rows(secrets, kept, now))
        await unit.end_sessions(list(SAMPLES))
        acts = [Act(now, "staff.enrolled", name, detail=SAMPLES[name]) for name in SAMPLES]
        await unit.add_acts(acts)
    return Office(engine.store, password, secrets)


def _rows(secrets: dict[str, bytes], kept: str, now: float) -> Sequence[Staff]:
    return [
        Staff(name, SAMPLES[name], ACTIVE, now, kept, secret) for name, secret in secrets.items()
    ]
