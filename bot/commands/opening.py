"""What commands on data share: settings, keys and store opened, and failures said in one line.

Refuses to make a new key file for a database that exists: it could not open it.
"""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress, ProgressColumn

from bot import config as configuration
from bot import keys
from bot.app import open_store
from bot.clock import Clock, SteadyClock
from bot.keys import KeyFileError, Keyring
from bot.registry import BadFile
from bot.settings import ConfigError, Settings
from storage.base import Act, StorageError, Store

FAILED, USAGE = 1, 2
WHO = "operator"  # in the audit chain
NO_OFFICER = "--as: neither `staff list` nor dossiers.officers has such an officer"

ConfigFile = Annotated[
    Path | None, Parameter("--config", help="The settings file [default: config.toml, if any].")
]


class Stopped(Exception):
    """A command cannot go on; the text says what to do."""

    def __init__(self, says: str, code: int = FAILED) -> None:
        super().__init__(says)
        self.code = code


@dataclass(frozen=True, slots=True)
class Opened:
    """An installation as a command finds it."""

    settings: Settings
    keyring: Keyring
    store: Store
    clock: Clock

    async def remember(self, kind: str, detail: str) -> None:
        """Add a record of what the operator did to the audit chain."""
        now = self.clock.now()
        async with self.store.unit(now=now) as unit:
            await unit.add_acts([Act(now, kind, WHO, detail=detail)])


def settings_from(config: Path | None) -> Settings:
    """The settings of that file (or of config.toml, if there is one); ConfigError otherwise."""
    usual = Path("config.toml")
    return configuration.load(config or (usual if usual.exists() else None), os.environ)


@asynccontextmanager
async def opened(config: Path | None) -> AsyncIterator[Opened]:
    """The installation with its store open; what fails ends the command in one line."""
    with plainly():
        settings, clock = settings_from(config), SteadyClock()
        keyring = keyring_of(settings, clock)
        store = open_store(settings, keyring)
        await store.open(now=clock.now())
        try:
            yield Opened(settings, keyring, store, clock)
        finally:
            await store.close()


def keyring_of(settings: Settings, clock: Clock) -> Keyring:
    """The keys; on the very first start they are made."""
    file, database = Path(settings.keys.file), database_of(settings)
    if not file.exists() and uses_file(settings) and database.exists():
        raise KeyFileError(
            f"keys.file: {file} is missing and {database} cannot be opened without it:"
            " put the key file back from its backup"
        )
    return keys.load_or_create(file, now=clock.now())


def uses_file(settings: Settings) -> bool:
    """Whether the database is a file of ours, and not a server's."""
    return settings.database.url.startswith("sqlite:///")


def database_of(settings: Settings) -> Path:
    """The file that database.url names."""
    return Path(settings.database.url.removeprefix("sqlite:///"))


def in_use(database: Path) -> bool:
    """Whether another process has the database open; ask when this one has not."""
    # Whoever closes it last removes its log.
    return database.with_name(database.name + "-wal").exists()


@contextmanager
def plainly() -> Iterator[None]:
    """Say a known failure in a line and leave with its exit code."""
    try:
        yield
    except ConfigError as error:
        leave(USAGE, *error.problems)
    except (KeyFileError, BadFile) as error:
        leave(USAGE, str(error))
    except Stopped as error:
        leave(error.code, str(error))
    except (StorageError, FileExistsError) as error:
        leave(FAILED, str(error))
    except OSError as error:
        leave(FAILED, f"{error.filename or 'file'}: {error.strerror or 'failed'}")


def leave(code: int, *lines: str) -> NoReturn:
    """End the command."""
    warn(*lines)
    raise SystemExit(code)


def say(*lines: str) -> None:
    """Tell the result, on stdout."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def warn(*lines: str) -> None:
    """Tell what went wrong, on stderr."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()


def progress(*columns: str | ProgressColumn) -> Progress:
    """A bar for people who watch; nothing where stderr is a file."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
