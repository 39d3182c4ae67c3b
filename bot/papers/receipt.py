"""The receipt of a request: what was asked, what happens next, and a code that proves it.

Refuses to look like an agency's paper: no emblem, no form number, and it says what it is not.
"""

from dataclasses import dataclass, replace
from datetime import date

from bot.papers import seal
from bot.papers.pen import Look
from bot.papers.seal import Statement
from bot.papers.sheet import BODY, NOTE, STRONG, TITLE, Sheet
from bot.papers.words import Phrase, Words, unbroken

REFERENCE = Look(17, bold=True)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One moment in a dossier's life, as its citizen is told of it."""

    reference: str
    kind: str
    step: str
    at: float  # when this step was reached
    hotline: str
    due: date | None = None
    details: tuple[str, ...] = ()  # as the citizen read them before sending
    by_post: bool = False  # the result costs postage
    lang: str = "vi"

    @property
    def statement(self) -> Statement:
        """What the code on the receipt claims."""
        return Statement(self.reference, self.kind, int(self.at), self.step)


def pdf(receipt: Receipt, *, seed: bytes) -> bytes:
    """The receipt, signed with this seed (`bot/papers/seal.py` has them)."""
    return drawn(receipt, seal.sign(seed, receipt.statement), Words())


def drawn(receipt: Receipt, signed: str, words: Words) -> bytes:
    """The receipt in these words."""
    title = words("receipt.title")
    sheet = Sheet(words, title, made=receipt.at, lang=receipt.lang)
    sheet.said(words("sheet.by"), replace(STRONG, align="C"))
    sheet.said(title, TITLE)
    sheet.box((words("receipt.reference"), NOTE), (Phrase(receipt.reference), REFERENCE))
    _facts(sheet, words, receipt)
    _free(sheet, words, receipt)
    sheet.code(signed, [words("receipt.check"), words("receipt.check_how")])
    return sheet.finish(words("receipt.nature"))


def _facts(sheet: Sheet, words: Words, receipt: Receipt) -> None:
    hotline = unbroken(receipt.hotline)
    sheet.row(words("receipt.asked"), words(f"kind.{receipt.kind}"), STRONG)
    for number, detail in enumerate(receipt.details):
        sheet.row(Phrase("") if number else words("receipt.details"), Phrase(detail))
    sheet.row(words("receipt.at"), words.moment(receipt.at))
    sheet.row(words("receipt.step"), words(f"step.{receipt.step}"), STRONG)
    sheet.row(words("receipt.next"), words(f"next.{receipt.step}", hotline=hotline))
    if receipt.due is not None:
        due = words("receipt.due_day", day=words.day(receipt.due))
        sheet.row(words("receipt.due"), due, STRONG)
    sheet.row(words("receipt.ask"), words("receipt.ask_how", hotline=hotline))


def _free(sheet: Sheet, words: Words, receipt: Receipt) -> None:
    postage = [(words("receipt.free_post"), BODY)] if receipt.by_post else []
    fraud = words("receipt.free_fraud", hotline=unbroken(receipt.hotline))
    sheet.box((words("receipt.free"), STRONG), *postage, (fraud, BODY))
