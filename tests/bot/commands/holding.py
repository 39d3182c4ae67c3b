"""A process that has the database open until its standard input ends."""

import asyncio
import sys
from pathlib import Path

from bot.commands.opening import opened


async def hold(config: Path) -> None:
    async with opened(config):
        sys.stdout.write("open\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(hold(Path(sys.argv[1])))
