"""A process that imports a file and says by how many bytes it grew after its first rows."""

import asyncio
import resource
import sys
from pathlib import Path

from bot.commands.opening import opened
from bot.registry import load
from bot.registry.table import open_table

WARM = 10_000  # rows after which caches are as large as they get


async def growth(config: Path, file: Path) -> int:
    rows = at_first = 0
    async with opened(config) as here:
        async for chunk in load(here.store, open_table(file)):
            rows += chunk.loaded
            if rows <= WARM:
                at_first = _resident()
    return _resident() - at_first


def _resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(growth(Path(sys.argv[1]), Path(sys.argv[2])))))
