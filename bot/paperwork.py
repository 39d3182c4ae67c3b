"""Draws a paper from a dossier, at the moment it is sent: nothing of it is kept besides."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from bot.clock import Clock
from bot.desk import Desk
from bot.notifier.parcel import PaperBody
from bot.papers import pension, receipt, reregister, tk1_ts
from bot.requests import Form, read_form
from storage.base import Dossier, Edge, Member, Person, Store

REISSUE = "reissue"  # the procedure whose words a form speaks


class Paperwork:
    """Draws for one store. `seed`: of the key that signs receipts."""

    def __init__(self, desk: Desk, store: Store, seed: bytes, clock: Clock) -> None:
        self._desk = desk
        self._store = store
        self._seed = seed
        self._clock = clock

    async def draw(self, body: PaperBody) -> bytes:
        """The PDF. Raises LookupError when the dossier is gone."""
        async with self._store.unit(now=self._clock.now()) as unit:
            dossier = (await unit.dossiers([body.dossier]))[body.dossier]
            member = (await unit.members_of([dossier.account])).get(dossier.account)
            edges = await unit.edges([dossier.ref])
        return await asyncio.to_thread(self._draws(body, dossier, member, edges))

    def _draws(
        self, body: PaperBody, dossier: Dossier, member: Member | None, edges: Sequence[Edge]
    ) -> Callable[[], bytes]:
        form, person = read_form(dossier.form), member.person if member else Person("")
        at, lang = edges[-1].at, body.lang
        if body.paper == "tk1_ts":
            return partial(tk1_ts.pdf, self._tk1_ts(dossier, form, person, lang))
        if body.paper == "reregister":
            return partial(reregister.pdf, self._reregister(dossier, form, lang))
        if body.paper in ("hsb_14", "cbh_2"):
            return partial(pension.pdf, self._pension(dossier, form, person, lang))
        drawn = receipt.Receipt(
            reference=dossier.ref,
            kind=dossier.kind,
            step=dossier.state,
            at=at,
            hotline=self._desk.settings.help.hotline,
            due=self._desk.day_of(dossier.due_at) if dossier.due_at else None,
            details=form.lines,
            by_post=form.answers.get("delivery") == "post",
            lang=lang,
        )
        return partial(receipt.pdf, drawn, seed=self._seed)

    def _reregister(self, dossier: Dossier, form: Form, lang: str) -> reregister.Request:
        answers = form.answers
        return reregister.Request(
            at=dossier.opened_at,
            hotline=self._desk.settings.help.hotline,
            full_name=answers.get("full_name", ""),
            number=answers.get("account", ""),
            new_phone=_national(answers.get("phone", "")),
            office=answers.get("office", ""),
            lang=lang,
        )

    def _pension(self, dossier: Dossier, form: Form, person: Person, lang: str) -> pension.Form:
        answers, place = form.answers, dossier.kind == "pension_place"
        flow = "transfer_pension" if place else "change_payment"
        chosen = {
            name: self._desk.wording.label(flow, "vi", f"tap:{answers[name]}", {})
            for name in ("benefit", "method")
            if name in answers
        }
        told = ("province", "agency", "holder", "bank", "bank_account")
        return pension.Form(
            paper="hsb_14" if place else "cbh_2",
            reference=dossier.ref,
            at=dossier.opened_at,
            full_name=person.full_name or answers.get("full_name", ""),
            birth_date=_day(person.birth_date) or answers.get("birth_date", ""),
            bhxh_number=person.bhxh_number,
            id_number=person.national_id,
            phone=_national(person.phone),
            by_bank=answers.get("method") == "account",
            lang=lang,
            **chosen,
            **{name: answers.get(name, "") for name in told},
        )

    def _tk1_ts(self, dossier: Dossier, form: Form, person: Person, lang: str) -> tk1_ts.Form:
        answers = form.answers
        number = person.national_id or answers.get("national_id", "")
        # Whoever named an ethnic group and no nationality is Vietnamese: so the question is put.
        home = self._desk.wording.text(REISSUE, "vi", "viet_nam", {})
        home = home if answers.get("ethnic_group") else ""
        return tk1_ts.Form(
            reference=dossier.ref,
            at=dossier.opened_at,
            full_name=person.full_name or answers.get("full_name", ""),
            sex=self._sex(answers.get("sex", ""), number),
            birth_date=_day(person.birth_date) or answers.get("birth_date", ""),
            nationality=answers.get("nationality", "") or home,
            ethnic_group=answers.get("ethnic_group", ""),
            id_number=number,
            phone=_national(person.phone),
            email=person.email,
            bhxh_number=person.bhxh_number,
            request="; ".join(form.lines),
            delivery=answers.get("address", ""),
            lang=lang,
        )

    def _sex(self, said: str, number: str) -> str:
        """As the form writes it; a 12-digit number tells it by its fourth digit (TT 59/2021)."""
        if not said and len(number) == len("012345678901"):
            said = "male" if int(number[3]) % 2 == 0 else "female"
        return self._desk.wording.label(REISSUE, "vi", f"tap:{said}", {}) if said else ""


def _day(written: str) -> str:
    """``1948-04-03`` as people write it; a year alone stays."""
    return "/".join(reversed(written.split("-")))


def _national(phone: str) -> str:
    return "0" + phone.removeprefix("+84") if phone.startswith("+84") else phone
