"""One event of a batch on its way through the turn."""

from dataclasses import dataclass, field

from bot.budgets import Budgets
from bot.channels.base import Incoming
from flows.dialogue import Heard
from flows.machine import Flow
from flows.model import Talk, Want
from storage.base import Conversation


@dataclass(slots=True)
class Case:
    """One event of a batch on its way through the turn.

    account, contact: what the draft claims once this event is answered.
    subject: the blind index of the account, the same whichever of its two numbers was
    typed; of the claimed number where no account is known.
    holes: what the texts of this turn may name.
    budgets: the limits this event touches; set once the account is looked up.
    """

    incoming: Incoming
    row: Conversation | None
    talk: Talk
    heard: Heard
    wants: tuple[Want, ...]
    flow: Flow | None
    account: str = ""
    contact: str = ""
    subject: bytes = b""
    holes: dict[str, str] = field(default_factory=dict)
    budgets: Budgets = field(init=False)

    @property
    def chat(self) -> str:
        """The chat this happens in."""
        return self.incoming.chat

    @property
    def names_account(self) -> bool:
        """Whether this very event names the account."""
        return bool(getattr(self.talk.draft, "account", "") != self.account)

    @property
    def challenge_key(self) -> tuple[str, int, str] | None:
        """The one-time code of the running procedure, if it has one."""
        question = self.flow.code_question if self.flow and self.account else None
        return (self.chat, self.talk.run, question.slot) if question else None
