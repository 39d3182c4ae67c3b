"""The request of somebody who lost her phone: cancel the account, register again with a new one.

Written only from what she typed: what the registry knows may not reach somebody who
has proved nothing. Refuses to be a form of the agency's; it is a letter to it.
"""

from dataclasses import dataclass

from bot.papers.sheet import BODY, STRONG, TITLE, Sheet
from bot.papers.words import Phrase, Words, unbroken


@dataclass(frozen=True, slots=True)
class Request:
    """What she typed; what is missing is left to the pen."""

    at: float  # when it was filled in
    hotline: str
    full_name: str = ""
    number: str = ""
    new_phone: str = ""
    office: str = ""
    days: int | None = None  # working days it takes, where the office has told
    lang: str = "vi"


def pdf(request: Request) -> bytes:
    """The letter."""
    return drawn(request, Words())


def drawn(request: Request, words: Words) -> bytes:
    """The letter in these words."""
    title = words("reregister.title")
    sheet = Sheet(words, title, made=request.at, lang=request.lang)
    sheet.motto()
    sheet.said(title, TITLE)
    sheet.space(4)
    sheet.row(words("reregister.to"), Phrase(request.office), STRONG)
    _person(sheet, words, request)
    _plea(sheet, words)
    sheet.signature(words("reregister.signer"))
    _going(sheet, words, request)
    return sheet.finish(words("reregister.nature"))


def _person(sheet: Sheet, words: Words, request: Request) -> None:
    sheet.heading(words("reregister.person"))
    sheet.row(words("reregister.full_name"), Phrase(request.full_name), STRONG)
    sheet.row(words("reregister.number"), Phrase(request.number))
    sheet.row(words("reregister.new_phone"), Phrase(request.new_phone))


def _plea(sheet: Sheet, words: Words) -> None:
    sheet.space(2)
    sheet.said(words("reregister.reason"))
    sheet.said(words("reregister.ask"))
    for ask in words.listed("reregister.asks"):
        sheet.said(ask)
    sheet.said(words("reregister.declare"))


def _going(sheet: Sheet, words: Words, request: Request) -> None:
    takes = words("reregister.takes_unknown")
    if request.days is not None:
        takes = words("reregister.takes", days=str(request.days))
    free = words("reregister.free", hotline=unbroken(request.hotline))
    lines = [*words.listed("reregister.bring"), takes, free]
    sheet.box((words("reregister.going"), STRONG), *((line, BODY) for line in lines))
