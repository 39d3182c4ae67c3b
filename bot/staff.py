"""Who is an officer: people of the console, and those whom the settings name.

One name is one person, at the console, at the terminal and in the audit chain. Whoever enrolled
at the console is judged by their role there; others by `dossiers.officers`, as before there was a
console. Somebody disabled is nobody's officer any more, whatever the settings say.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from bot import passwords
from bot.console.roles import Right, may
from bot.settings import Settings
from storage.base import Act, Staff, Store, Unit

INVITED, ACTIVE, DISABLED = "invited", "active", "disabled"
INVITED_FOR = 24 * 3600.0  # seconds that a one-time secret to enrol with is good for


class Refused(Exception):
    """Nothing was changed; the text says why. why: the key of the console's text."""

    def __init__(self, says: str, why: str = "gone") -> None:
        super().__init__(says)
        self.why = why


class Peer(str):
    """The name of somebody at the console; the terminal's operator is a plain one."""

    __slots__ = ()


By = Peer | str


def may_act(name: str, known: Mapping[str, Staff], settings: Settings, right: Right) -> bool:
    """Whether this person may do what officers do. known: rows of those who have one."""
    row = known.get(name)
    if row is None or row.state == INVITED:
        return name in settings.dossiers.officers
    return row.state == ACTIVE and may(row.role, right)


async def is_officer(store: Store, settings: Settings, name: str, right: Right) -> bool:
    """The same, looked up."""
    rows = {row.name: row for row in await store.all_staff()}
    return may_act(name, rows, settings, right)


async def invite(
    store: Store, name: str, role: str, now: float, random: Callable[[int], bytes], by: By
) -> str:
    """Let somebody new enrol; the one-time secret, which is stored nowhere."""
    token, mark = passwords.page_token(random)
    async with store.unit(now=now) as unit:
        await _insist(unit, by, name)
        if name in await unit.staff([name]):
            raise Refused(f"{name} is there already; `reset` lets them enrol anew", "taken")
        row = Staff(name, role, INVITED, now, invite=mark, invite_until=now + INVITED_FOR)
        await unit.save_staff([row])
        await unit.add_acts([Act(now, "staff.invited", str(by), detail=f"{name} {role}")])
    return token


async def reset(
    store: Store, name: str, now: float, random: Callable[[int], bytes], by: By, role: str = ""
) -> str:
    """Take password, codes and sessions from somebody and let them enrol anew."""
    token, mark = passwords.page_token(random)
    async with store.unit(now=now) as unit:
        await _insist(unit, by, name)
        row = _there(await unit.staff([name]), name)
        fresh = Staff(name, role or row.role, INVITED, now, step=row.step)
        await unit.save_staff([replace(fresh, invite=mark, invite_until=now + INVITED_FOR)])
        await unit.end_sessions([name])
        await unit.add_acts([Act(now, "staff.reset", str(by), detail=f"{name} {fresh.role}")])
    return token


async def disable(store: Store, name: str, now: float, by: By) -> None:
    """Sign somebody out and let them in no more; what they did stays theirs."""
    async with store.unit(now=now) as unit:
        await _insist(unit, by, name)
        row = _there(await unit.staff([name]), name)
        gone = replace(row, state=DISABLED, changed_at=now, invite=b"", invite_until=0.0)
        await unit.save_staff([gone])
        await unit.end_sessions([name])
        await unit.add_acts([Act(now, "staff.disabled", str(by), detail=name)])


async def change_role(store: Store, name: str, role: str, now: float, by: By) -> None:
    """Give somebody another role; they sign in anew and keep password and codes."""
    async with store.unit(now=now) as unit:
        await _insist(unit, by, name)
        row = _there(await unit.staff([name]), name)
        await unit.save_staff([replace(row, role=role, changed_at=now)])
        await unit.end_sessions([name])
        await unit.add_acts([Act(now, "staff.role", str(by), detail=f"{name} {role}")])


async def _insist(unit: Unit, by: By, name: str) -> None:
    """Insist that whoever acts at the console still may, and acts on somebody else.

    So the last administrator stays: they cannot take themselves out, and of two who take each
    other out only the first succeeds.
    """
    if not isinstance(by, Peer):
        return
    if by == name:
        raise Refused("nobody changes themselves", "self")
    acting = (await unit.staff([str(by), name])).get(by)
    if acting is None or acting.state != ACTIVE or not may(acting.role, "staff"):
        raise Refused("whoever asked may not do this any more", "may_not")


def _there(found: Mapping[str, Staff], name: str) -> Staff:
    if name not in found:
        raise Refused(f"there is nobody called {name}")
    return found[name]
