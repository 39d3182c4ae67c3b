"""The limits of the ORM peer: the bot's own rules and arithmetic, its rows through the ORM.

Which keys are read and hit on sending and on checking a code is what `bot/budgets.py` says,
with one limit a rule and as wide as in `ours.py`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

import storage.base
from benchmarks.peers.orm_tables import Tally
from bot.limits import Budget, Tallies
from bot.settings import Limit, LimitsOf
from storage.vault import Vault

RULES = LimitsOf()
_WIDE = Limit(1_000_000_000, 3600)
_DAY = 86_400
_LAST_DIGITS = 4

_ADD = upsert(Tally)
_ADD = _ADD.on_conflict_do_update(
    index_elements=[Tally.key, Tally.slice], set_={"n": Tally.n + _ADD.excluded.n}
)


def _budget(rule: str, subject: bytes = b"", limit: Limit = _WIDE) -> Budget:
    return Budget(hashlib.blake2b(rule.encode() + b" " + subject, digest_size=16).digest(), limit)


@dataclass(frozen=True, slots=True)
class Whom:
    """On whom limits are counted: blind indexes of a chat and an account."""

    chat: bytes
    account: bytes

    @property
    def resting(self) -> Budget:
        """Whether this chat pauses on this account after a failed run."""
        return _budget("resting", self.chat + self.account, Limit(1, _DAY))

    @property
    def streak(self) -> Budget:
        """Wrong codes in a row for this account, over all time."""
        return _budget("streak", self.account, Limit(1, 0))

    @property
    def failed_runs(self) -> Budget:
        """Runs of this chat on this account that ended locked."""
        return _budget("failed_runs", self.chat + self.account, Limit(10, 2 * _DAY))

    @property
    def failure_notice(self) -> Budget:
        """One notice of failed tries per account and day."""
        return _budget("failure_notice", self.account, Limit(1, _DAY))

    @property
    def seen_account(self) -> Budget:
        """Whether this chat has asked for this account within the window."""
        return _budget("chat_accounts", self.chat + self.account)

    @property
    def new_account(self) -> Budget:
        """How many different accounts this chat may ask for."""
        return _budget("chat_accounts", self.chat)

    def sending(self, vault: Vault, phone: str) -> tuple[Budget, ...]:
        """What the first code of a run counts on."""
        return (
            _budget("account_flows", self.account),
            _budget("chat_flows", self.chat),
            _budget("destination_sends", vault.index("phone", phone)),
            _budget("prefix_sends", vault.index("prefix", phone[:-_LAST_DIGITS])),
            _budget("prefix_trial", vault.index("prefix", phone[:-_LAST_DIGITS])),
            _budget("system_sends"),
            _budget("bill"),
        )

    def proved(self, vault: Vault, phone: str) -> Budget:
        """Right codes of the number's prefix, against which its sends are held."""
        return _budget("prefix_proved", vault.index("prefix", phone[:-_LAST_DIGITS]))

    def failures(self, *, linked: bool) -> tuple[Budget, ...]:
        """What a wrong code counts on; a linked chat may use the account's reserve."""
        reserve = 0 if linked else RULES.linked_reserve
        return (
            _budget("account_failures", self.account, Limit(_WIDE.n - reserve, _WIDE.seconds)),
            _budget("chat_failures", self.chat),
            _budget("system_failures"),
        )


async def load(session: AsyncSession, budgets: Iterable[Budget]) -> Tallies:
    """Read the hits of all these keys at once."""
    keys = [budget.key for budget in budgets]
    wanted = select(Tally.key, Tally.slice, Tally.n).where(Tally.key.in_(keys))
    tallies = Tallies()
    tallies.load(storage.base.Tally(*row) for row in await session.execute(wanted))
    return tallies


async def save(session: AsyncSession, tallies: Tallies, now: float) -> None:
    """Write what was cleared and what was hit; one statement each."""
    if tallies.cleared:
        await session.execute(
            delete(Tally).where(Tally.key.in_(tallies.cleared)),
            execution_options={"synchronize_session": False},
        )
    if rows := tallies.rows():
        hits = [{"key": row.key, "slice": row.slice, "n": row.n, "at": now} for row in rows]
        await session.execute(_ADD, hits)
