"""The section [console] of the settings: where staff reach it, and when waiting is too long."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from bot.console.replies import BadReplies, replies
from bot.notifier.described import Described, is_loopback

_SHAPE = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", re.ASCII)


def _address(written: str) -> str:
    """Without a path: the session's cookie is that of a whole host."""
    address = written.rstrip("/")
    if not written:
        return address
    if not _SHAPE.fullmatch(address):
        raise ValueError("must look like https://console.agency.vn, without a path")
    parts = urlsplit(address)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError("must begin with https: officers type passwords there")
    return address


def _replies(written: str) -> str:
    try:
        replies(written)
    except BadReplies as error:
        raise ValueError(str(error)) from None
    return written


class Console(Described):
    """Where the console listens and is reached; minutes of office hours until waiting is late.

    lapse: minutes after which a conversation waits again whose officer is not at it.
    replies: a file of ready replies in place of our own. reveals: for one officer in 24 hours.
    """

    listen: str = Field("", pattern=r"^(([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5})?$")
    public_url: Annotated[str, AfterValidator(_address)] = ""
    wait_soon: int = Field(5, ge=1, le=1440)
    wait_late: int = Field(15, ge=1, le=1440)
    lapse: int = Field(5, ge=1, le=1440)
    replies: Annotated[str, AfterValidator(_replies)] = ""
    reveals: int = Field(30, ge=0, le=1000)
