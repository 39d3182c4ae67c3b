"""`vssid-bot aside`: the events that could not be handled, so that somebody looks at them."""

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from bot.commands.opening import ConfigFile, opened, say


async def aside(
    *,
    newest: Annotated[int, Parameter(help="How many at the most.")] = 20,
    config: ConfigFile = None,
) -> None:
    """List events that were set aside: when, which update, which chat, which error.

    What they said is kept sealed and is not shown. The update was acknowledged, its sender has
    no answer: repair the cause, then ask the citizen to write again.
    """
    async with opened(config) as here:
        found = await here.store.asides(limit=newest)
    for event in found:
        at = datetime.fromtimestamp(event.at, UTC)
        say(f"{at:%Y-%m-%d %H:%M:%S}Z  {event.key}  {event.chat}  {event.error}")
    if not found:
        say("nothing was set aside")
