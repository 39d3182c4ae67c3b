"""`vssid-bot staff`: who may sign in at the console. Nobody can until somebody was added here.

What it prints once - a link to enrol with - is stored nowhere and is good for a day; passwords
and codes are chosen behind it and never seen here.
"""

import os
import re
from typing import Annotated

from cyclopts import App, Parameter

from bot import staff
from bot.commands.officer import moment
from bot.commands.opening import USAGE, WHO, ConfigFile, Opened, Stopped, opened, say
from bot.console.roles import Role
from flows.dossier import CITIZEN

_NAME = re.compile(r"[a-z][a-z0-9._-]{0,31}", re.ASCII)

Name = Annotated[str, Parameter(help="Small letters, digits, dots: lan.nguyen.")]

app = App(name="staff", help="People at the console: add, reset, disable, list.")


@app.command
async def add(
    name: Name,
    /,
    *,
    role: Annotated[Role, Parameter(help="What they may do; docs/how-to/set-up-the-console.md.")],
    config: ConfigFile = None,
) -> None:
    """Let somebody new enrol, with a link that is good once and for a day."""
    async with opened(config) as here:
        if not _NAME.fullmatch(name) or name == CITIZEN:
            raise Stopped("NAME: small letters, digits, dots and dashes, at most 32", USAGE)
        try:
            token = await staff.invite(here.store, name, role, here.clock.now(), os.urandom, WHO)
        except staff.Refused as error:
            raise Stopped(str(error)) from None
        _tell(here, name, token)


@app.command
async def reset(
    name: Name,
    /,
    *,
    role: Annotated[Role | None, Parameter(help="Give them another role, too.")] = None,
    config: ConfigFile = None,
) -> None:
    """Sign somebody out and let them enrol anew: a lost phone, a forgotten password."""
    async with opened(config) as here:
        try:
            token = await staff.reset(
                here.store, name, here.clock.now(), os.urandom, WHO, role or ""
            )
        except staff.Refused as error:
            raise Stopped(str(error)) from None
        _tell(here, name, token)


@app.command
async def disable(name: Name, /, *, config: ConfigFile = None) -> None:
    """Sign somebody out and let them in no more, neither here nor with `--as`."""
    async with opened(config) as here:
        try:
            await staff.disable(here.store, name, here.clock.now(), WHO)
        except staff.Refused as error:
            raise Stopped(str(error)) from None
    say(f"{name}: disabled and signed out; what they have is to be given back by others")


@app.command(name="list")
async def list_(*, config: ConfigFile = None) -> None:
    """List everybody with role and state."""
    async with opened(config) as here:
        rows = await here.store.all_staff()
        named = here.settings.dossiers.officers
        for row in rows:
            say(f"{row.name:<32}  {row.role:<10}  {row.state:<8}  {moment(row.changed_at)}")
        known = {row.name for row in rows}
        for name in named:
            if name not in known:
                say(f"{name:<32}  {'-':<10}  terminal  dossiers.officers")
        if not rows and not named:
            say("nobody yet: vssid-bot staff add NAME --role admin")


def _tell(here: Opened, name: str, token: str) -> None:
    address = here.settings.console.public_url or "console.public_url"
    say(
        f"{name} enrols here, once, within 24 hours:",
        f"{address}/enrol/{token}",
        "Hand it over yourself. It is not stored; `vssid-bot staff reset` makes another one.",
    )
