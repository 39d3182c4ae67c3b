"""One event's effects while they are being carried out."""

from dataclasses import dataclass, field

from bot.case import Case
from bot.desk import Desk
from bot.ledger import Ledger
from bot.notices import Post
from flows.dialogue import Outcome
from flows.model import Say
from storage.base import Act


@dataclass(slots=True)
class Scene:
    """One event's effects being carried out; what the bubble will hold besides texts."""

    desk: Desk
    case: Case
    ledger: Ledger
    outcome: Outcome
    now: float
    says: list[Say] = field(default_factory=list)
    picture: str = ""
    erase: str = ""

    @property
    def post(self) -> Post:
        """Writes the messages of this event."""
        return Post(self.desk, self.ledger, self.case, self.outcome.flow, self.now)

    @property
    def lang(self) -> str:
        """The language this chat speaks from now on."""
        return self.outcome.talk.lang

    def act(self, kind: str, detail: str = "") -> None:
        """Add to the audit chain."""
        who = self.desk.chat_mark(self.case.chat)
        self.ledger.acts.append(Act(self.now, kind, who, self.case.subject or None, detail))

    def count_sending(self, *, first: bool) -> None:
        """Count one more message on every budget it touches; `first`: a run begins with it."""
        budgets, tallies = self.case.budgets, self.ledger.tallies
        counted = [*budgets.each]
        if first:
            counted += budgets.run
            if not tallies.count(budgets.seen_account, self.now):
                counted += [*budgets.new_account, budgets.seen_account]
        for budget in counted:
            tallies.hit(budget, self.now)
