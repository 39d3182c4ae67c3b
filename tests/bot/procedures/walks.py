"""Whole stretches of the procedures as citizens walk them, and what stands written afterwards."""

import re
from dataclasses import dataclass

from bot.dossier_rules import Dossiers
from bot.notifier.parcel import ChatBody
from bot.settings import HumanCheck, Limit, LimitsOf, Settings
from storage.base import Change, Person
from tests.bot.town import LAN, Citizen, Town

NEW, NEWER = "+84912345678", "+84912345679"
NEW_MAIL, NEWER_MAIL = "lan.moi@example.com", "lan.nua@example.com"
UNDO = re.compile(r"\b(?:[A-Z]\d){4,}\b")
MINUTE, HOUR = 60, 3600
OFFICERS = ("an", "binh")


async def asks_for_both(citizen: Citizen, person: Person = LAN, new: str = NEW) -> ChatBody:
    """Go as far as both codes of a new phone."""
    return await citizen.says("đổi số điện thoại", "đồng ý", person.bhxh_number, person.phone, new)


async def changes_phone(citizen: Citizen, person: Person = LAN, new: str = NEW) -> ChatBody:
    """Go all the way, the old phone's code first."""
    await asks_for_both(citizen, person, new)
    await citizen.says(citizen.town.code_for(person.phone))
    return await citizen.says(citizen.town.code_for(new))


async def proves(citizen: Citizen, person: Person = LAN) -> ChatBody:
    """Begin to add an e-mail and prove the account by a code."""
    await citizen.says("thêm email", "đồng ý", person.bhxh_number)
    return await citizen.says(citizen.town.code_for(person.phone or person.email))


async def asks_for_mail_code(
    citizen: Citizen, person: Person = LAN, new: str = NEW_MAIL
) -> ChatBody:
    """Go as far as the code to the new address."""
    await proves(citizen, person)
    return await citizen.says(new, "ghi nhận")


async def adds_email(citizen: Citizen, person: Person = LAN, new: str = NEW_MAIL) -> ChatBody:
    """Go all the way."""
    await asks_for_mail_code(citizen, person, new)
    return await citizen.says(citizen.town.code_for(new))


async def where(citizen: Citizen) -> str:
    """The state a chat is in; "" at the menu."""
    async with citizen.town.store.unit(now=citizen.town.clock.now()) as unit:
        return (await unit.conversations([citizen.chat]))[citizen.chat].state


@dataclass(frozen=True)
class Written:
    """Everything that a change of a contact writes, which must change together or not at all."""

    phone: str
    email: str
    changes: list[tuple[str, str, str, bool]]  # field, before, after, whether it is in force
    acts: list[str]
    notices: dict[str, int]


async def written(town: Town, person: Person = LAN) -> Written:
    """How things stand for one account, as the database and the letter boxes have it."""
    async with town.store.unit(now=town.clock.now()) as unit:
        member = (await unit.members([person.bhxh_number]))[person.bhxh_number]
        rows = await unit.changes_of([member.account], 0)
    kinds = [kind for (kind,) in await town.rows("SELECT kind FROM audit ORDER BY seq")]
    return Written(
        phone=member.person.phone,
        email=member.person.email,
        changes=[_seen(row) for row in sorted(rows, key=lambda row: row.decided_at)],
        acts=[kind for kind in kinds if kind.startswith("contact_")],
        notices={to: len(notices(town, to)) for to in (person.phone, person.email) if to},
    )


def notices(town: Town, contact: str) -> list[str]:
    """The letters to a contact that bring the code to undo a change."""
    return [text for text in town.post_for(contact) if UNDO.search(text)]


def undo_code(town: Town, contact: str = LAN.phone) -> str:
    """The newest one that arrived there."""
    found = UNDO.search(notices(town, contact)[-1])
    assert found
    return found[0]


def _seen(row: Change) -> tuple[str, str, str, bool]:
    return row.field, row.before, row.after, row.applied_at is not None


_WIDE = (Limit(100_000, HOUR),)
_SENDS = ("destination_sends", "account_flows", "chat_flows", "chat_accounts", "prefix_sends")
_ALL = dict.fromkeys((*_SENDS, "prefix_trial", "system_sends"), _WIDE)
# For tests in which more is sent within minutes than any citizen is.
ROOMY = Settings(
    limits=LimitsOf(**_ALL),
    human_check=HumanCheck(policy="never"),
    dossiers=Dossiers(officers=OFFICERS),
)
