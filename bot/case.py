"""One event of a batch on its way through the turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.budgets import Budgets
from bot.channels.base import Incoming
from bot.ledger import ChallengeKey
from bot.ways import Way, keys
from flows.dialogue import Heard
from flows.machine import Flow
from flows.model import MaySend, Parked, Talk, Want
from flows.table import Draft
from storage.base import Conversation

Keys = Mapping[str, tuple[ChallengeKey, ...]]


def keys_of(flow: Flow | None, chat: str, run: int) -> Keys:
    """The one-time codes of one run of a procedure, by slot."""
    codes = flow.codes.items() if flow else ()
    return {slot: keys(chat, run, asked) for slot, asked in codes}


@dataclass(slots=True)
class Case:
    """One event of a batch on its way through the turn.

    draft: the answers once this event is answered; account: what they claim.
    subject: the blind index of the account, the same whichever of its two numbers was
    typed; of the claimed number where no account is known.
    holes: what the texts of this turn may name.
    ways: the codes of the running procedure, by slot; set once the account is looked up.
    budgets: the limits this event touches.
    proved: this chat has proved the account, now or a moment ago.
    left: the parked procedure that this event takes up again.
    """

    incoming: Incoming
    row: Conversation | None
    talk: Talk
    heard: Heard
    wants: tuple[Want, ...]
    flow: Flow | None
    draft: Draft = None
    account: str = ""
    subject: bytes = b""
    holes: dict[str, str] = field(default_factory=dict)
    ways: Mapping[str, Way] = field(default_factory=dict)
    budgets: Budgets = field(init=False)
    proved: bool = False
    left: Parked | None = None
    _keys: Keys | None = None

    @property
    def chat(self) -> str:
        """The chat this happens in."""
        return self.incoming.chat

    @property
    def names_account(self) -> bool:
        """Whether this very event names the account."""
        return bool(getattr(self.talk.draft, "account", "") != self.account)

    def challenge_keys(self) -> Keys:
        """The one-time codes of the running procedure, by slot."""
        if self._keys is None:
            named = self.flow and self.account
            self._keys = keys_of(self.flow, self.chat, self.talk.run) if named else {}
        return self._keys

    @property
    def way(self) -> Way | None:
        """The code this event is about first of all: the one that is waited for, or sent."""
        if not self.ways or self.flow is None:
            return None
        waited = self.flow.waits_for(self.talk.state)
        sent = (want.slot for want in self.wants if isinstance(want, MaySend))
        slot = waited[0].slot if waited else next(sent, next(iter(self.ways)))
        return self.ways[slot]
