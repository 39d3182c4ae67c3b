"""The declaration TK1-TS, filled in with a citizen's answers for her to check and sign.

Items [01] to [08] are numbered as in Decision 490/QĐ-BHXH (2023); the numbers of the others are
not known for certain, so they have none. Refuses to pass for the agency's own print.
"""

from dataclasses import dataclass, replace

from bot.papers.sheet import BODY, NOTE, STRONG, TITLE, Sheet
from bot.papers.words import Phrase, Words

_NUMBERED = (
    "sex",
    "birth_date",
    "nationality",
    "ethnic_group",
    "id_number",
    "phone",
    "email",
)


@dataclass(frozen=True, slots=True)
class Form:
    """What is known of the answers; what is not is left to the pen."""

    reference: str
    at: float  # when it was filled in
    full_name: str = ""
    sex: str = ""
    birth_date: str = ""
    nationality: str = ""
    ethnic_group: str = ""
    id_number: str = ""
    phone: str = ""
    email: str = ""
    bhxh_number: str = ""
    request: str = ""
    delivery: str = ""
    papers: tuple[str, ...] = ()
    lang: str = "vi"


def pdf(form: Form) -> bytes:
    """The declaration."""
    return drawn(form, Words())


def drawn(form: Form, words: Words) -> bytes:
    """The declaration in these words."""
    title = words("tk1_ts.title")
    sheet = Sheet(words, title, made=form.at, lang=form.lang)
    sheet.motto()
    sheet.said(title, TITLE)
    sheet.said(words("tk1_ts.basis"), replace(NOTE, align="C"))
    filled = words("tk1_ts.filled", at=words.moment(form.at), reference=form.reference)
    sheet.box((filled, STRONG), (words("tk1_ts.filled_check"), BODY))
    _person(sheet, words, form)
    _wanted(sheet, words, form)
    sheet.space(2)
    sheet.said(words("tk1_ts.declare"))
    sheet.signature(words("tk1_ts.signer"))
    return sheet.finish(words("tk1_ts.nature"))


def _person(sheet: Sheet, words: Words, form: Form) -> None:
    sheet.heading(words("tk1_ts.person"))
    # The form wants capitals.
    sheet.row(words("tk1_ts.full_name"), Phrase(form.full_name.upper()), STRONG)
    for name in _NUMBERED:
        sheet.row(words(f"tk1_ts.{name}"), Phrase(getattr(form, name)))


def _wanted(sheet: Sheet, words: Words, form: Form) -> None:
    sheet.heading(words("tk1_ts.wanted"))
    for name in ("bhxh_number", "request", "delivery"):
        sheet.row(words(f"tk1_ts.{name}"), Phrase(getattr(form, name)))
    for number, paper in enumerate(form.papers or ("",)):
        sheet.row(Phrase("") if number else words("tk1_ts.papers"), Phrase(paper))
    sheet.said(words("tk1_ts.others"), NOTE)
