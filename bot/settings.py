"""All there is to set.

Only the shape: bot/config.py reads it from a file and the environment; bot/sections.py has
every key.
"""

from typing import Self

from bot.console.section import Console
from bot.dossier_rules import Calendar, Dossiers
from bot.notifier.described import Described
from bot.notifier.mail import SmtpServer
from bot.official import Official
from bot.sections import (
    Codes,
    ConfigError,
    Database,
    Days,
    Help,
    Holds,
    Http,
    HumanCheck,
    Keys,
    Limit,
    Limits,
    LimitsOf,
    Log,
    Notices,
    Notifier,
    Procedures,
    Recovery,
    Sms,
    Talk,
    Telegram,
)

__all__ = [
    "ConfigError",
    "Days",
    "Http",
    "HumanCheck",
    "Limit",
    "Limits",
    "LimitsOf",
    "Notifier",
    "Recovery",
    "Settings",
]


class Settings(Described):
    """All there is to set."""

    database: Database = Database()
    keys: Keys = Keys()
    telegram: Telegram = Telegram()
    http: Http = Http()
    sms: Sms = Sms()
    smtp: SmtpServer | None = None
    codes: Codes = Codes()
    recovery: Recovery = Recovery()
    human_check: HumanCheck = HumanCheck()
    limits: LimitsOf = LimitsOf()
    conversation: Talk = Talk()
    holds: Holds = Holds()
    retention: Days = Days()
    dossiers: Dossiers = Dossiers()
    calendar: Calendar = Calendar()
    notices: Notices = Notices()
    notifier: Notifier = Notifier()
    help: Help = Help()
    procedures: Procedures = Procedures()
    official: Official = Official()
    console: Console = Console()
    log: Log = Log()

    @classmethod
    def local(cls) -> Self:
        """Return what the demo and replays run with: production's own defaults."""
        return cls()

    def for_run(self) -> Self:
        """Return these settings if they can serve citizens; a ConfigError says what lacks."""
        if wrong := [problem for holds, problem in _lacks(self) if holds]:
            raise ConfigError(wrong)
        return self

    def for_console(self) -> Self:
        """Return these settings if they can serve staff; a ConfigError says what lacks."""
        if not self.console.listen:
            raise ConfigError(["console.listen: missing; without it nobody can reach the console"])
        if not self.console.public_url:
            raise ConfigError([_NO_ADDRESS])
        return self


def _lacks(it: Settings) -> list[tuple[bool, str]]:
    return [
        (not it.telegram.token, "telegram.token: missing; without a channel nobody can write"),
        (not it.sms.gateways, "sms.gateways: missing; codes by SMS need one"),
        (not it.smtp, "smtp: missing; codes by e-mail need it"),
        (not it.http.public_url, "http.public_url: missing; passwords and forms have pages there"),
        (bool(it.console.listen) and not it.console.public_url, _NO_ADDRESS),
    ]


_NO_ADDRESS = "console.public_url: missing; it tells where officers' forms may come from"
