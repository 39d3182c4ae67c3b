"""`vssid-bot run` and `vssid-bot check`."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from bot import keys, log
from bot.channels.telegram_bot import TelegramFault
from bot.commands.opening import ConfigFile, settings_from
from bot.keys import KeyFileError
from bot.loop import new_loop
from bot.service import serve_until_stopped
from bot.settings import ConfigError, Settings
from bot.wording import Wording, WordingError
from flows import discover
from flows.machine import BrokenFlow
from storage.base import StorageError

Part = Literal["bot", "notifier", "console"]


def run(
    *,
    only: Annotated[Part | None, Parameter(help="One part; parts share a database.")] = None,
    config: ConfigFile = None,
) -> int:
    """Run the bot and the notifier until SIGTERM."""
    settings = _checked(config, only)
    if settings is None:
        return 2
    log.set_up(settings.log.level, settings.log.path)
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(_work(settings, only))
    except (TelegramFault, StorageError, KeyFileError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _work(settings: Settings, only: Part | None) -> Coroutine[None, None, None]:
    if only != "console":
        return serve_until_stopped(settings, only)
    # Bot and notifier need none of its pages.
    from bot.console.serving import console_until_stopped  # noqa: PLC0415

    return console_until_stopped(settings)


def check(*, config: ConfigFile = None) -> int:
    """Check settings, texts, procedures and the key file; start nothing."""
    settings = _checked(config)
    if settings is None:
        return 2
    print("settings, texts, procedures and keys are in order")
    return 0


def _checked(config: Path | None, only: Part | None = None) -> Settings | None:
    """The settings, if `run` could start with them; what is wrong goes to stderr."""
    try:
        settings = settings_from(config)
        settings = settings.for_console() if only == "console" else settings.for_run()
        Wording(discover())
        if (key_file := Path(settings.keys.file)).exists():
            keys.load(key_file)
    except (ConfigError, WordingError) as error:
        print("\n".join(error.problems), file=sys.stderr)
    except (BrokenFlow, KeyFileError) as error:
        print(error, file=sys.stderr)
    else:
        return settings
    return None
