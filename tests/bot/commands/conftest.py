"""An installation in a folder, and the program run on it."""

import asyncio
import csv
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from cyclopts import CycloptsError

from bot.cli import program
from bot.commands.opening import Opened, opened
from storage.base import Person
from tests.bot.commands import holding

Result = TypeVar("Result")

HEADER = "bhxh_number,national_id,full_name,birth_date,phone,email,agency"


@dataclass(frozen=True)
class Outcome:
    """How one command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Installation:
    """Settings, keys and a database in one folder."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def database(self) -> Path:
        return self.folder / "data" / "vssid.db"

    @property
    def keys(self) -> Path:
        return self.folder / "secret" / "keys.json"

    def configure(self) -> None:
        self.lives_at(f"sqlite:///{self.database}")

    def lives_at(self, url: str) -> None:
        """Let the settings name another database."""
        self.config.write_text(
            f'[database]\nurl = "{url}"\n[keys]\nfile = "{self.keys}"\n', "utf-8"
        )

    def run(self, *words: object) -> Outcome:
        """Run one command on this installation."""
        self.capture.readouterr()
        code = self._code([*map(str, words), "--config", str(self.config)])
        return Outcome(code, *self.capture.readouterr())

    @staticmethod
    def _code(words: list[str]) -> int:
        try:
            result = program()(words, exit_on_error=False, result_action="return_value")
        except SystemExit as end:
            return int(end.code or 0)
        except CycloptsError:
            return 2
        return result if isinstance(result, int) else 0

    def ask(self, question: Callable[[Opened], Awaitable[Result]]) -> Result:
        """Look into the store."""

        async def asked() -> Result:
            async with opened(self.config) as here:
                return await question(here)

        return asyncio.run(asked())

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Another process has the database open meanwhile."""
        words = [sys.executable, "-m", holding.__name__, str(self.config)]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            assert child.stdout
            assert child.stdout.readline() == b"open\n"
            yield
            child.communicate()

    def people(self) -> list[Person]:
        async def everybody(here: Opened) -> list[Person]:
            return [member.person async for member in here.store.all_members()]

        return self.ask(everybody)

    def csv(self, *lines: str | bytes, name: str = "members.csv", header: str = HEADER) -> Path:
        """Write a registry file of these lines."""
        raw = [line if isinstance(line, bytes) else line.encode() for line in (header, *lines)]
        file = self.folder / name
        file.write_bytes(b"".join(line + b"\n" for line in raw))
        return file

    def reported(self, file: Path) -> list[list[str]]:
        """What the file of problems says."""
        with Path(f"{file}.errors.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.reader(lines))[1:]


@pytest.fixture
def house(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Installation:
    installation = Installation(tmp_path, capsys)
    installation.configure()
    assert not [name for name in os.environ if name.startswith("VSSID_")]
    return installation


def line(number: int) -> str:
    """One good row; every number makes another person."""
    return (
        f"{number:010},{number:012},Nguyễn Thị Mẫu {number},1985-03-12,"
        f"09{number % 10**8:08},mau{number}@example.vn,BHXH Quận {number % 12}"
    )
