"""The commands of `vssid-bot`, each in a module of its own that is loaded when it is used.

Exit codes: 0 done, 1 failed, 2 wrong usage or wrong settings.
"""

import sys

from cyclopts import App, CycloptsError

COMMANDS = {
    "demo": "bot.commands.demo:demo",
    "run": "bot.commands.run:run",
    "check": "bot.commands.run:check",
    "simulate": "bot.commands.simulate:simulate",
    "understand": "bot.commands.understand:understand",
    "flows": "bot.commands.flows:app",
    "registry": "bot.commands.registry:app",
    "guides": "bot.commands.guides:app",
    "keys": "bot.commands.keys:app",
    "audit": "bot.commands.audit:app",
    "dossier": "bot.commands.dossier:app",
    "queue": "bot.commands.queue:app",
    "rights": "bot.commands.rights:app",
    "staff": "bot.commands.staff:app",
    "switch": "bot.commands.switch:app",
    "receipt": "bot.commands.receipt:app",
    "aside": "bot.commands.aside:aside",
    "backup": "bot.commands.copies:backup",
    "restore": "bot.commands.copies:restore",
    "notifier": "bot.commands.notifier:app",
    "purge": "bot.commands.purge:purge",
    "db": "bot.commands.db:app",
}


def program() -> App:
    """The program with all its commands."""
    app = App(
        name="vssid-bot",
        help="A chatbot for VssID account procedures: Telegram, SMS and e-mail codes.",
        help_on_error=False,
    )
    for name, place in COMMANDS.items():
        app.command(place, name=name)
    return app


def main() -> None:
    """Run one command and leave with its exit code."""
    try:
        result = program()(sys.argv[1:], exit_on_error=False, print_error=True)
    except CycloptsError:
        sys.exit(2)
    sys.exit(result if isinstance(result, int) else 0)
