"""A process that writes units until it is killed, and says which ones were acknowledged."""

import asyncio
import sys

from storage.sqlite import SqliteStore
from tests.storage import rows


async def write(path: str, prefix: str) -> None:
    store = SqliteStore(path, rows.vault(), rows.AUDIT_KEY)
    await store.open(now=0)
    for number in range(100_000):
        name = f"{prefix} {number}"
        async with store.unit(now=number) as unit:
            await rows.turn(unit, name)
        sys.stdout.write(name + "\n")
        sys.stdout.flush()
        await store.claim("me", ["chat"], now=1e6, lease=30, limit=5)


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], sys.argv[2]))
