"""What is official, as the operator says it: the list that strange messages are compared with.

The defaults are what the agency itself and several others name, with the date of the last look.
Nothing gets on the list by guess: a message is "official" only by what stands here.
"""

import re
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from bot.notifier.described import Described
from flows.links import Listed

# Names that anybody can have one below; listing one would make every stranger official.
_OF_ALL = re.compile(r"(?:com|net|org|gov|edu|info|biz|name|pro|ac|co|id|io|ai|health)\.[a-z]{2}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.ASCII)


def _domain(written: str) -> str:
    if not _DOMAIN.fullmatch(written) or _OF_ALL.fullmatch(written):
        raise ValueError("must be a domain of one owner in small letters: baohiemxahoi.gov.vn")
    return written


Domain = Annotated[str, AfterValidator(_domain)]
App = Annotated[
    str,
    Field(
        pattern=r"^(play\.google\.com/store/apps/details\?id=[a-z][\w.]+|apps\.apple\.com/app/id\d+)$"
    ),
]
Number = Annotated[str, Field(pattern=r"^[0-9 .-]{3,14}$")]
Name = Annotated[str, Field(min_length=3, max_length=40)]


class Official(Described):
    """What messages to citizens are compared with."""

    checked_on: date = date(2026, 11, 23)
    domains: tuple[Domain, ...] = ("baohiemxahoi.gov.vn", "dichvucong.gov.vn")
    apps: tuple[App, ...] = (
        "play.google.com/store/apps/details?id=com.bhxhapp",
        "apps.apple.com/app/id1521647264",
    )
    numbers: tuple[Number, ...] = ("1900 9068", "024 3789 9999")
    senders: tuple[Name, ...] = ()
    bots: tuple[Name, ...] = ()

    def listed(self, hotline: str, public_url: str) -> Listed:
        """The list as it is compared with, this bot's own hotline and pages among it."""
        numbers = (*self.numbers, hotline)
        host = urlsplit(public_url).hostname or ""
        return Listed(
            domains=self.domains,
            hosts=(host,) if host else (),
            apps=self.apps,
            bots=tuple(bot.removeprefix("@").lower() for bot in self.bots),
            numbers=frozenset(re.sub(r"\D", "", number) for number in numbers),
            senders=self.senders,
        )
