"""All members of a store into a new file that only its owner reads.

Cells are written as they are stored, so that an import of the file gives the same members. Refuses
to replace a file, and leaves none that is not whole.
"""

import csv
import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import msgspec

from bot.registry.table import COLUMNS, MORE_COLUMNS
from storage.base import Store

STEP = 1000  # members between two words about the progress


async def dump(store: Store, path: Path) -> AsyncGenerator[int, None]:
    """Write the file; yields how many members it holds so far, last of all when it is whole."""
    written = 0
    with _whole(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*COLUMNS, *MORE_COLUMNS))
        async for member in store.all_members():
            writer.writerow(msgspec.structs.astuple(member.person))
            written += 1
            if written % STEP == 0:
                yield written
    yield written


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """Write beside `path`; it appears there when everything is on the disk."""
    if path.exists():
        raise FileExistsError(f"{path} exists; nothing is overwritten")
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(handle)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
