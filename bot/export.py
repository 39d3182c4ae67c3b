"""A copy of all that is held of one person: as JSON for programs, as a PDF for people.

Made when its page is opened, and kept nowhere. What was said in the chat is in it as the
transcript keeps it: without codes and passwords. Refuses to show what belongs to other accounts.
"""

import asyncio

import msgspec

from bot.desk import Desk
from bot.my_data import PRINT
from bot.papers import my_data
from bot.papers.my_data import Copy, Entry
from bot.requests import read_form
from storage.base import Change, Consent, Dossier, Line, Member, Page, Right, Store

MOST = 10_000  # messages of one chat, the newest
_encode = msgspec.json.Encoder().encode


async def copy_of(desk: Desk, store: Store, page: Page, *, now: float, lang: str) -> bytes:
    """The copy that a page's purpose names."""
    found = await _collect(desk, store, page, now)
    if page.purpose.endswith(PRINT):
        return await asyncio.to_thread(my_data.pdf, found, lang)
    return msgspec.json.format(_encode(found), indent=2)


async def _collect(desk: Desk, store: Store, page: Page, now: float) -> Copy:
    async with store.unit(now=now) as unit:
        member = (await unit.members_of([page.account])).get(page.account)
        changes = await unit.changes_of([page.account], 0)
        dossiers = await unit.dossiers_of([page.account])
        consents = await unit.consents_of([page.chat])
        asked = await unit.rights_of([page.account])
    lines = await store.transcript(page.chat, limit=MOST)
    return Copy(
        made_at=now,
        account=_account(member),
        messages=[_line(row) for row in lines],
        requests=[_dossier(row) for row in dossiers],
        changes=[_change(row) for row in changes],
        consents=[_consent(desk, row) for row in consents],
        about_data=[_right(row) for row in asked],
    )


def _account(member: Member | None) -> dict[str, str]:
    if member is None:
        return {}
    known: dict[str, str] = msgspec.to_builtins(member.person) | {"state": member.state}
    return {name: value for name, value in known.items() if value}


def _line(row: Line) -> Entry:
    return Entry(row.at, [f"> {row.heard}", row.said])


def _dossier(row: Dossier) -> Entry:
    form = read_form(row.form)
    answers = [f"{name}: {value}" for name, value in form.answers.items() if value]
    return Entry(row.opened_at, [row.ref, f"{row.kind}: {row.state}", *answers, *form.replies])


def _change(row: Change) -> Entry:
    return Entry(row.decided_at, [f"{row.field}: {row.before} > {row.after}", row.ended_as])


def _consent(desk: Desk, row: Consent) -> Entry:
    title = desk.wording.title(row.purpose, "vi") if row.purpose in desk.flows else row.purpose
    return Entry(row.at, [f"{title}: {'yes' if row.granted else 'no'}"])


def _right(row: Right) -> Entry:
    return Entry(row.asked_at, [row.ref, f"{row.kind} {row.ended_as}"])
