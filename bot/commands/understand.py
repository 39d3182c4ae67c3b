"""`vssid-bot understand`: what the bot makes of messages; starts and sends nothing."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from cyclopts import Parameter

from bot import understanding
from bot.clock import SteadyClock
from bot.commands.opening import say
from bot.understanding import Understood, read_slot
from flows.dossier_dates import ZONE

Kind = Literal["phone", "bhxh_number", "cccd", "otp", "email", "date", "reason"]


def understand(
    *,
    as_json: Annotated[
        bool, Parameter("--json", negative="", help="One JSON object per line.")
    ] = False,
    slot: Annotated[Kind | None, Parameter(help="Read this kind of value instead.")] = None,
) -> None:
    """Read messages from standard input, one per line; print one answer line for each.

    The intent, the next best, how sure, and whether the bot would ask between the two. With
    `--slot` the value in its normal form, or INVALID.
    """
    today = datetime.fromtimestamp(SteadyClock().now(), ZONE).date()
    for text in _lines():
        if slot:
            value = read_slot(slot, text, today)
            say(_object({"value": value}) if as_json else value)
        else:
            meant = understanding.understand(text)
            say(_object(_fields(meant)) if as_json else _sentence(meant))


def _lines() -> Iterator[str]:
    # Bytes that are no UTF-8 are somebody's message all the same.
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _fields(meant: Understood) -> dict[str, object]:
    return {
        "intent": meant.intent,
        "runner_up": meant.runner_up,
        "confidence": meant.confidence,
        "asks": meant.asks,
        "also": list(meant.also),
        "for_other": meant.for_other,
        "lang": meant.lang,
    }


def _sentence(meant: Understood) -> str:
    doubt = f"?\t{meant.runner_up}" if meant.asks else f"\t({meant.runner_up})"
    return f"{meant.intent}{doubt}\t{meant.confidence:.2f}"


def _object(fields: dict[str, object]) -> str:
    return json.dumps(fields, ensure_ascii=False)
