"""`vssid-bot purge`: forget now what has outlived its retention; `run` does it every hour."""

from bot.commands.opening import ConfigFile, opened, say
from bot.upkeep import retention


async def purge(*, config: ConfigFile = None) -> None:
    """Delete what is older than [retention] says, in short transactions; safe at any time."""
    async with opened(config) as here:
        gone = await here.store.purge(retention(here.settings.retention), now=here.clock.now())
    say(f"{gone} rows deleted")
