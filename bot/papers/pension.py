"""Two requests about a pension, filled in to be checked and signed: 14-HSB and 2-CBH.

14-HSB asks that it be paid elsewhere, 2-CBH that it be paid in another way. The numbers of their
items are not known for certain, so they have none. Refuses to pass for the agency's own print.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.papers.sheet import BODY, NOTE, STRONG, TITLE, Sheet
from bot.papers.words import Phrase, Words

PERSON = ("birth_date", "bhxh_number", "id_number", "phone")
PLACE = ("benefit", "province", "agency", "method")
BANK = ("holder", "bank", "bank_account")


@dataclass(frozen=True, slots=True)
class Form:
    """What is known of the answers; what is not is left to the pen.

    by_bank: the money shall come to an account; otherwise the form says nothing of one.
    """

    paper: Literal["hsb_14", "cbh_2"]
    reference: str
    at: float  # when it was filled in
    full_name: str = ""
    birth_date: str = ""
    bhxh_number: str = ""
    id_number: str = ""
    phone: str = ""
    benefit: str = ""
    province: str = ""
    agency: str = ""
    method: str = ""
    by_bank: bool = False
    holder: str = ""
    bank: str = ""
    bank_account: str = ""
    lang: str = "vi"


def pdf(form: Form) -> bytes:
    """The request."""
    return drawn(form, Words())


def drawn(form: Form, words: Words) -> bytes:
    """The request in these words."""
    title = words(f"{form.paper}.title")
    sheet = Sheet(words, title, made=form.at, lang=form.lang)
    sheet.motto()
    sheet.said(title, TITLE)
    sheet.said(words(f"{form.paper}.basis"), replace(NOTE, align="C"))
    filled = words("pension.filled", at=words.moment(form.at), reference=form.reference)
    sheet.box((filled, STRONG), (words("pension.filled_check"), BODY))
    sheet.row(words("pension.to"), Phrase(""))
    sheet.heading(words("pension.person"))
    sheet.row(words("pension.full_name"), Phrase(form.full_name.upper()), STRONG)
    _rows(sheet, words, form, PERSON)
    sheet.heading(words(f"{form.paper}.wanted"))
    _rows(sheet, words, form, PLACE if form.paper == "hsb_14" else ("method",))
    if form.by_bank:
        _rows(sheet, words, form, BANK)
        sheet.said(words("pension.own"), NOTE)
    sheet.said(words("pension.others"), NOTE)
    sheet.space(2)
    sheet.said(words("pension.declare"))
    sheet.signature(words("pension.signer"))
    return sheet.finish(words("pension.nature"))


def _rows(sheet: Sheet, words: Words, form: Form, names: Sequence[str]) -> None:
    for name in names:
        sheet.row(words(f"pension.{name}"), Phrase(getattr(form, name)))
