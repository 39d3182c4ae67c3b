"""What one batch knows, and what it will write: a page that is thrown away after the commit.

Everything is read once for the whole batch, changed here in memory, one event after the
other, and written with one statement per table.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from bot.limits import Tallies
from storage.base import (
    Act,
    Challenge,
    Change,
    Consent,
    Contact,
    Conversation,
    Dossier,
    Edge,
    HandOverRequest,
    Holding,
    Line,
    Link,
    Member,
    Outbound,
    Page,
    Password,
    Person,
    Right,
    Staff,
    Standing,
    Unit,
)

ChallengeKey = tuple[str, int, str]


@dataclass(slots=True)
class Ledger:
    """One batch's rows.

    members: by the identifier that was asked for; accounts: by blind index.
    links: by account, when each chat proved it; langs: what each of these chats speaks.
    holders: which accounts a phone or an e-mail belongs to.
    waiting: open requests for a person, by chat; ahead: how many have waited longer.
    staff: officers of this batch who may sign in at the console, by name.
    holdings: what there is of each chat; agreed: the newest answers to consent questions.
    changes: by reference; marked: by the blind index of the undo code.
    """

    challenges: dict[ChallengeKey, Challenge] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    pages: dict[bytes, Page] = field(default_factory=dict)
    links: dict[bytes, dict[str, float]] = field(default_factory=dict)
    langs: dict[str, str] = field(default_factory=dict)
    tallies: Tallies = field(default_factory=Tallies)
    accounts: dict[bytes, Member] = field(default_factory=dict)
    holders: dict[str, frozenset[bytes]] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    marked: dict[bytes, Change] = field(default_factory=dict)
    recent: dict[bytes, list[Change]] = field(default_factory=dict)
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    waiting: dict[str, HandOverRequest] = field(default_factory=dict)
    ahead: dict[str, int] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    holdings: dict[str, list[Holding]] = field(default_factory=dict)
    agreed: list[Consent] = field(default_factory=list)

    conversations: list[Conversation] = field(default_factory=list)
    changed_challenges: dict[ChallengeKey, Challenge] = field(default_factory=dict)
    changed_pages: dict[bytes, Page] = field(default_factory=dict)
    voided_accounts: list[bytes] = field(default_factory=list)
    passwords: list[Password] = field(default_factory=list)
    new_links: list[Link] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    hand_overs: dict[str, HandOverRequest] = field(default_factory=dict)
    ratings: dict[str, str] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    outbound: list[Outbound] = field(default_factory=list)
    changed_changes: dict[str, Change] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    new_members: list[Person] = field(default_factory=list)
    changed_dossiers: list[Dossier] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    given_photos: list[tuple[str, int, str]] = field(default_factory=list)
    rights: list[Right] = field(default_factory=list)
    _batch: str = ""
    _marks: int = 0

    def mark(self, random: Callable[[int], bytes]) -> str:
        """A new name among all batches: 64 random bits of this one, and a number."""
        self._batch = self._batch or random(8).hex()
        self._marks += 1
        return f"{self._batch}{self._marks:04x}"

    def put_challenge(self, challenge: Challenge) -> None:
        """Change a challenge, for the rest of the batch and in the store."""
        key = (challenge.chat, challenge.run, challenge.slot)
        self.challenges[key] = self.changed_challenges[key] = challenge

    def put_page(self, page: Page) -> None:
        """Change a one-time page."""
        self.pages[page.token_hash] = self.changed_pages[page.token_hash] = page

    def put_change(self, change: Change) -> None:
        """Add or change the change of a contact."""
        self.changed_changes[change.ref] = self.changes[change.ref] = change
        others = [each for each in self.recent.get(change.account, ()) if each.ref != change.ref]
        self.recent[change.account] = [*others, change]

    def put_hand_over(self, row: HandOverRequest) -> None:
        """Add or change a request for a person."""
        self.hand_overs[row.chat] = row

    def asked_before(self, row: HandOverRequest) -> int:
        """How many of this very batch asked for a person before this one."""
        new = (r for r in self.hand_overs.values() if r.chat not in self.waiting and not r.officer)
        return sum((other.at, other.chat) < (row.at, row.chat) for other in new)

    def hold(self, contact: str, account: bytes) -> None:
        """From now on this contact is the account's, for the rest of the batch too."""
        self.holders[contact] = self.holders.get(contact, frozenset()) | {account}

    def open_member(self, member: Member) -> None:
        """A new account, for the rest of the batch and in the store."""
        self.new_members.append(member.person)
        person = member.person
        for number in filter(None, (person.bhxh_number, person.national_id)):
            self.members[number] = member

    def stand(self, account: bytes, state: str) -> None:
        """From now on the account is in this state, for the rest of the batch too."""
        for rows in (self.members, self.accounts):
            for key, member in list(rows.items()):
                if member.account == account:
                    rows[key] = replace(member, state=state)  # type: ignore[index]

    def changed(self, account: bytes, since: float) -> list[Change]:
        """Contacts of an account that were changed since then, and not changed back.

        A change that was held counts from its effect on as well.
        """
        rows = (row for row in self.recent.get(account, ()) if row.ended_at is None)
        return [row for row in rows if (row.applied_at or row.decided_at) >= since]

    def held(self, account: bytes) -> list[Change]:
        """Changes of an account that are decided and not in force yet."""
        rows = {row.ref: row for row in self.recent.get(account, ())}.values()
        return [row for row in rows if row.applied_at is None and row.ended_at is None]

    def load_changes(self, rows: Iterable[Change]) -> None:
        """Take in which contacts were changed of late."""
        for row in rows:
            self.recent.setdefault(row.account, []).append(row)

    def put_dossier(self, dossier: Dossier, edge: Edge) -> None:
        """Take a dossier one step further."""
        self.dossiers[dossier.ref] = dossier
        self.changed_dossiers.append(dossier)
        self.edges.append(edge)

    def load_dossiers(self, rows: Iterable[Dossier]) -> None:
        """Take in dossiers, whoever they were asked for."""
        self.dossiers |= {row.ref: row for row in rows}

    def dossiers_for(self, chat: str, account: bytes) -> list[Dossier]:
        """Those that were handed in from this chat or for this account, the newest first."""
        rows = self.dossiers.values()
        mine = [row for row in rows if row.chat == chat or row.account == account]
        return sorted(mine, key=lambda row: (row.opened_at, row.ref), reverse=True)

    def load_links(self, rows: Iterable[Link]) -> None:
        """Take in which chats have proved which accounts, and when."""
        for row in rows:
            self.links.setdefault(row.account, {})[row.chat] = row.at
            self.langs[row.chat] = row.lang

    async def write(self, unit: Unit, now: float) -> None:
        """Everything, one statement per table; an empty list costs nothing."""
        await unit.save_conversations(self.conversations)
        await unit.save_challenges(list(self.changed_challenges.values()))
        # After the used challenges were marked, so that only the others are voided.
        await unit.void_challenges(self.voided_accounts, now)
        await unit.clear_tallies(list(self.tallies.cleared))
        await unit.add_tallies(self.tallies.rows())
        await unit.save_pages(list(self.changed_pages.values()))
        await unit.set_passwords(self.passwords)
        await unit.add_links(self.new_links)
        await unit.add_consents(self.consents)
        await unit.add_lines(self.lines)
        await unit.save_hand_overs(list(self.hand_overs.values()))
        await unit.rate_hand_overs(list(self.ratings.items()))
        await unit.add_acts(self.acts)
        await unit.add_outbound(self.outbound, now)
        await unit.save_changes(list(self.changed_changes.values()))
        await unit.open_members(self.new_members)
        await unit.set_contacts(self.contacts)
        await unit.set_standings(self.standings)
        await unit.save_dossiers(self.changed_dossiers)
        await unit.add_edges(self.edges)
        await unit.save_rights(self.rights)
        for chat, run, dossier in self.given_photos:
            await unit.give_photos(chat, run, dossier)
