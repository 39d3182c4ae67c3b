"""What one batch knows, and what it will write: a page that is thrown away after the commit.

Everything is read once for the whole batch, changed here in memory, one event after the
other, and written with one statement per table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.limits import Tallies
from storage.base import (
    Act,
    Challenge,
    Consent,
    Conversation,
    HandOverRequest,
    Line,
    Link,
    Member,
    Outbound,
    Page,
    Password,
    Unit,
)

ChallengeKey = tuple[str, int, str]


@dataclass(slots=True)
class Ledger:
    """One batch's rows. `members` is by the identifier that was asked for."""

    challenges: dict[ChallengeKey, Challenge] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    pages: dict[bytes, Page] = field(default_factory=dict)
    links: dict[bytes, dict[str, float]] = field(default_factory=dict)
    tallies: Tallies = field(default_factory=Tallies)

    conversations: list[Conversation] = field(default_factory=list)
    changed_challenges: dict[ChallengeKey, Challenge] = field(default_factory=dict)
    changed_pages: dict[bytes, Page] = field(default_factory=dict)
    voided_accounts: list[bytes] = field(default_factory=list)
    passwords: list[Password] = field(default_factory=list)
    new_links: list[Link] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    hand_overs: list[HandOverRequest] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    outbound: list[Outbound] = field(default_factory=list)

    def put_challenge(self, challenge: Challenge) -> None:
        """Change a challenge, for the rest of the batch and in the store."""
        key = (challenge.chat, challenge.run, challenge.slot)
        self.challenges[key] = self.changed_challenges[key] = challenge

    def put_page(self, page: Page) -> None:
        """Change a one-time page."""
        self.pages[page.token_hash] = self.changed_pages[page.token_hash] = page

    def load_links(self, rows: Iterable[Link]) -> None:
        """Take in which chats have proved which accounts, and when."""
        for row in rows:
            self.links.setdefault(row.account, {})[row.chat] = row.at

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
        await unit.add_hand_overs(self.hand_overs)
        await unit.add_acts(self.acts)
        await unit.add_outbound(self.outbound, now)
