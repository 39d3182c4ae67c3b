"""The program, what is outside of it, and the load, brought together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.dialogue import citizens
from benchmarks.http import program
from benchmarks.http.load import Load
from benchmarks.http.outside import Outside
from benchmarks.http.program import Program
from benchmarks.http.town import Town

LINES = 100  # connections that Telegram opens at the most, which is what the bot asks for


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything set up; the program is ready."""

    program: Program
    load: Load
    town: Town
    folder: Path


@asynccontextmanager
async def set_up(folder: Path, members: int, core: int | None) -> AsyncIterator[Stage]:
    """Start the program on what was prepared for so many members; stop it afterwards."""
    town = Town(citizens(members))
    load = Load(town)
    async with (
        Outside(lambda chat, *_: load.bubble(chat), town.sms).serving() as url,
        program.running(folder, url, core) as started,
        load.connected({started.port: program.head(started.port)}, LINES),
    ):
        yield Stage(started, load, town, folder)
