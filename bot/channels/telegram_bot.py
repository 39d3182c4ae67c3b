"""The line to Telegram's Bot API: how it is opened, and what the bot says of itself there.

python-telegram-bot puts the token into addresses and sometimes into its exceptions. None of
its exceptions leaves this package: they become the typed faults below, without a cause.
"""

import contextlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from telegram import Bot, BotCommand, MenuButtonCommands
from telegram.error import BadRequest, EndPointNotFound, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

# What this bot wants to be told; Telegram keeps everything else to itself.
ALLOWED_UPDATES = ("message", "callback_query")

# Chats whose language has no commands of its own see these.
_FIRST_LANGUAGE = "vi"
_MAX_CONNECTIONS = 100
_TOKEN = re.compile(r"([0-9]+):[A-Za-z0-9_-]+")

# The library's documented opt-in to timedelta; without it every 429 warns of a deprecation.
os.environ["PTB_TIMEDELTA"] = "true"


# What the rest of the bot may know of the library: an open line to Telegram.
Line = Bot


class TelegramFault(Exception):
    """Root of what Telegram can refuse us at start-up and while polling."""


class WrongToken(TelegramFault):
    """Telegram does not know this bot: take a fresh token from @BotFather."""


class Unreachable(TelegramFault):
    """No usable answer from Telegram: check network, proxy and `api_base_url`."""


class Rejected(TelegramFault):
    """Telegram answered and said no; its own words are in the message."""


def bot_id(token: str) -> str:
    """The bot's public number, which stands before the colon of its token."""
    if (found := _TOKEN.fullmatch(token)) is None:
        raise WrongToken("a token looks like 123456789:AA… (from @BotFather)")
    return found[1]


def open_bot(
    token: str, api_base_url: str = "https://api.telegram.org/bot", *, answer_within: float = 10.0
) -> Bot:
    """Build the bot without speaking to anybody; `close_bot` lets go of its connections.

    api_base_url: up to where the token follows, with or without "/bot" at its end.
    answer_within: seconds Telegram has for an answer (polling adds the time it is held).
    """
    bot_id(token)
    request = _Request(read_timeout=answer_within)
    base_url = address_of("", api_base_url)
    return Bot(token, base_url, request=request, get_updates_request=request)


def address_of(token: str, api_base_url: str) -> str:
    """Where this bot's calls are posted to, with the token in it."""
    return api_base_url.rstrip("/").removesuffix("/bot") + "/bot" + token


async def close_bot(bot: Bot) -> None:
    """Close every connection. Safe to repeat."""
    await bot.request.shutdown()


async def introduce(
    bot: Bot,
    commands: Mapping[str, Sequence[tuple[str, str]]],
    webhook: tuple[str, str] | None,
) -> None:
    """Tell Telegram the commands by language, and where updates go.

    webhook: its public address and secret; None when updates are polled.
    """
    with named_faults():
        for lang, entries in commands.items():
            await bot.set_my_commands(
                [BotCommand(name, description) for name, description in entries],
                language_code=None if lang == _FIRST_LANGUAGE else lang,
            )
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        await _direct(bot, webhook)


@contextlib.contextmanager
def named_faults() -> Iterator[None]:
    """Turn the library's exceptions into ours, which cannot hold the token."""
    try:
        yield
    except (InvalidToken, EndPointNotFound):
        raise WrongToken("Telegram refused the bot's token") from None
    except BadRequest as refusal:
        raise Rejected(f"Telegram refused: {refusal.message}") from None
    except TelegramError as fault:
        raise Unreachable(f"Telegram gave no usable answer: {type(fault).__name__}") from None


async def _direct(bot: Bot, webhook: tuple[str, str] | None) -> None:
    if webhook is None:
        await bot.delete_webhook()
        return
    url, secret = webhook
    await bot.set_webhook(
        url,
        secret_token=secret,
        allowed_updates=ALLOWED_UPDATES,
        max_connections=_MAX_CONNECTIONS,
    )


class _Request(HTTPXRequest):
    """The library's own, except that it never copies an unreadable answer into the log."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("unreadable answer")
        return answer
