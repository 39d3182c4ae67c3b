"""The budgets that one event touches: which limits, on whom.

Each is made at most once per event, when it is first asked for: a blind index is cheap,
but an event that sends a code touches a dozen of them.
"""

import hashlib
from collections.abc import Iterator

from bot.desk import Desk
from bot.limits import Budget, Trial
from bot.once import once
from bot.settings import Limit

MINUTE = 60
DAY = 86_400
FAILED_RUNS = Limit(10, 2 * DAY)  # longer than the longest pause, so that the next is no shorter
RESTING = Limit(1, DAY)
ONCE_A_DAY = Limit(1, DAY)
STREAK = Limit(1, 0)  # R08: never re-enabled by time
LAST_DIGITS = 4  # R06: a number prefix is a phone number without its last four digits


class Budgets:
    """All limits on one chat's doings with one account and one contact.

    subject: blind index of the account. linked: the chat has proved the account before.
    """

    def __init__(
        self, desk: Desk, chat: str, subject: bytes, contact: str, *, linked: bool = False
    ) -> None:
        """Nothing is computed yet."""
        self._desk = desk
        self._chat = desk.index("chat", chat)
        self._account = subject
        self._contact = contact
        self._linked = linked

    @once
    def run(self) -> tuple[Budget, ...]:
        """What the first code of a run counts on: the account's runs and the chat's."""
        return (
            *self._desk.budgets("account_flows", self._account),
            *self._desk.budgets("chat_flows", self._chat),
        )

    @once
    def each(self) -> tuple[Budget, ...]:
        """What every code counts on: its destination, the number's prefix, the whole system."""
        return (*self.moment, *self.lasting)

    @once
    def moment(self) -> tuple[Budget, ...]:
        """Those of `each` that only keep two codes to one destination a moment apart."""
        return tuple(each for each in self._destination if each.limit.seconds <= MINUTE)

    @once
    def lasting(self) -> tuple[Budget, ...]:
        """All others of `each`."""
        destination = (each for each in self._destination if each.limit.seconds > MINUTE)
        prefix = self._desk.budgets("prefix_sends", self._prefix) if self._prefix else ()
        return (*destination, *prefix, *self._desk.system("system_sends"), *self.bill)

    @once
    def bill(self) -> tuple[Budget, ...]:
        """What all SMS of a day may cost; nothing for an e-mail."""
        return tuple(self._desk.system("vnd_per_day")) if self._prefix else ()

    @once
    def trials(self) -> tuple[Trial, ...]:
        """Codes to the number's prefix, and those of them that were typed rightly."""
        sent = self._desk.budgets("prefix_trial", self._prefix) if self._prefix else ()
        return tuple(Trial(each, _one(b"proved ", each.key, each.limit)) for each in sent)

    @once
    def _destination(self) -> list[Budget]:
        return self._desk.budgets("destination_sends", self._desk.contact_index(self._contact))

    @once
    def _prefix(self) -> bytes:
        """Nothing for an e-mail."""
        if "@" in self._contact:
            return b""
        return self._desk.index("prefix", self._contact[:-LAST_DIGITS])

    @once
    def new_account(self) -> tuple[Budget, ...]:
        """How many different accounts this chat may ask for."""
        return tuple(self._desk.budgets("chat_accounts", self._chat))

    @once
    def seen_account(self) -> Budget:
        """Whether this chat has asked for this account within that window."""
        return self._desk.budgets("chat_accounts", self._chat + self._account)[0]

    @once
    def failures(self) -> tuple[Budget, ...]:
        """What a wrong code counts on; only a linked chat may use the account's reserve (R07)."""
        reserve = 0 if self._linked else self._desk.settings.limits.linked_reserve
        account = self._desk.budgets("account_failures", self._account)
        return (
            *(Budget(budget.key, _less(budget.limit, reserve)) for budget in account),
            *self._desk.budgets("chat_failures", self._chat),
            *self._desk.system("system_failures"),
        )

    @once
    def failed_runs(self) -> Budget:
        """Runs of this chat on this account that ended locked."""
        return _one(b"failed_runs ", self._chat + self._account, FAILED_RUNS)

    @once
    def resting(self) -> Budget:
        """Whether this chat pauses on this account after a failed run."""
        return _one(b"resting ", self._chat + self._account, RESTING)

    @once
    def streak(self) -> Budget:
        """Wrong codes in a row for this account, over all time, since the last right one."""
        return Budget(streak_key(self._account), STREAK)

    @once
    def failure_notice(self) -> Budget:
        """One notice of failed tries per account and day."""
        return _one(b"failure_notice ", self._account, ONCE_A_DAY)

    def for_sending(self) -> Iterator[Budget]:
        """Everything to be looked up before a code is sent."""
        yield from (*self.run, *self.each, *self.new_account)
        for trial in self.trials:
            yield from (trial.sent, trial.proved)
        yield from (self.seen_account, self.resting, self.streak)

    def for_checking(self) -> Iterator[Budget]:
        """Everything to be looked up before a code is checked."""
        yield from (*self.failures, self.failed_runs, self.failure_notice, self.streak)


def streak_key(account: bytes) -> bytes:
    """Under which the wrong codes in a row for an account are counted."""
    return _one(b"streak ", account, STREAK).key


def _one(rule: bytes, subject: bytes, limit: Limit) -> Budget:
    return Budget(hashlib.blake2b(rule + subject, digest_size=16).digest(), limit)


def _less(limit: Limit, reserve: int) -> Limit:
    return Limit(max(1, limit.n - reserve), limit.seconds)
