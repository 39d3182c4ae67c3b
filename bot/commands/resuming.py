"""How far an import has come, in a file beside the imported one, and the file of what was wrong.

The place is written after a chunk is durable, so that it never says too much. Refuses to go on in
a file that has changed meanwhile, or for an installation with other keys.
"""

import csv
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bot.commands.opening import USAGE, Stopped
from bot.registry import Chunk, Problem

_HEAD = 1 << 20  # bytes by which a file is recognised


class Place(msgspec.Struct, frozen=True):
    """Where an import stands. file: a keyed hash; errors: length of the file of problems."""

    file: str
    end: int
    loaded: int = 0
    rejected: int = 0
    errors: int = 0


class Resuming:
    """The place of one import, on disk."""

    def __init__(self, file: Path, errors: Path, index: Callable[[str, str], bytes]) -> None:
        self._file = file
        self._place = Path(f"{file}.progress")
        self._index = index
        self.errors = errors
        if errors.resolve() in {file.resolve(), self._place.resolve()}:
            raise Stopped("--errors: must be another file than the imported one", USAGE)

    def begin(self, body: int) -> Place:
        """Where to go on: after the header, or where an earlier import stopped."""
        mark = self._mark()
        place = self._read() or Place(mark, body)
        if place.file != mark:
            raise Stopped(
                f"{self._place} was written for another file or other keys; --restart begins anew",
                USAGE,
            )
        self._take_back(place.errors)
        return place

    def reached(self, former: Place, chunk: Chunk) -> Place:
        """Write down what is wrong, then where the import stands."""
        written = self._report(chunk.problems, former.errors)
        place = Place(
            former.file,
            chunk.end,
            former.loaded + chunk.loaded,
            former.rejected + chunk.rejected,
            written,
        )
        self._write(place)
        return place

    def forget(self) -> None:
        """The next import begins anew."""
        self._place.unlink(missing_ok=True)

    def _mark(self) -> str:
        with self._file.open("rb") as file:
            head = hashlib.sha256(file.read(_HEAD)).hexdigest()
        return self._index("import", f"{head} {self._file.stat().st_size}").hex()

    def _read(self) -> Place | None:
        try:
            return msgspec.json.decode(self._place.read_bytes(), type=Place)
        except (FileNotFoundError, msgspec.DecodeError):
            # Torn by a power cut: anew costs time and nothing else.
            return None

    def _write(self, place: Place) -> None:
        new = Path(f"{self._place}.new")
        new.touch(mode=0o600)
        new.write_bytes(msgspec.json.encode(place))
        new.replace(self._place)

    def _take_back(self, length: int) -> None:
        """Forget problems of a chunk whose place was not written any more: they come again."""
        if not length:
            self.errors.unlink(missing_ok=True)
        elif self.errors.exists() and self.errors.stat().st_size > length:
            os.truncate(self.errors, length)

    def _report(self, problems: Sequence[Problem], length: int) -> int:
        """Append to the file of problems; its new length."""
        if not problems:
            return length
        self.errors.touch(mode=0o600)
        with self.errors.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            if not file.tell():
                writer.writerow(("line", "column", "problem"))
            writer.writerows((it.line, it.column, it.says) for it in problems)
            return file.tell()
