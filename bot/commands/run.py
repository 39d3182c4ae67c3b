"""`vssid-bot run` and `vssid-bot check`."""

import sys
from pathlib import Path
from typing import Literal

from bot import keys, log
from bot.channels.telegram_bot import TelegramFault
from bot.commands.opening import settings_from
from bot.keys import KeyFileError
from bot.service import serve_until_stopped
from bot.settings import ConfigError, Settings
from bot.wording import Wording, WordingError
from flows import discover
from flows.machine import BrokenFlow
from storage.base import StorageError


async def run(
    *, only: Literal["bot", "notifier", "console"] | None = None, config: Path | None = None
) -> int:
    """Run the bot and the notifier until SIGTERM.

    Parameters
    ----------
    only: One part; several processes may share one database.
    config: The settings file (default: config.toml, if there is one).
    """
    settings = _checked(config)
    if settings is None:
        return 2
    if only == "console":
        print("console: not part of this version", file=sys.stderr)
        return 2
    log.set_up(settings.log.level, settings.log.path)
    try:
        await serve_until_stopped(settings, only)
    except (TelegramFault, StorageError, KeyFileError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def check(*, config: Path | None = None) -> int:
    """Check settings, texts, procedures and the key file; start nothing."""
    settings = _checked(config)
    if settings is None:
        return 2
    print("settings, texts, procedures and keys are in order")
    return 0


def _checked(config: Path | None) -> Settings | None:
    """The settings, if `run` could start with them; what is wrong goes to stderr."""
    try:
        settings = settings_from(config).for_run()
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
