"""One event's effects while they are being carried out."""

from dataclasses import dataclass, field

import structlog

from bot.budgets import Budgets
from bot.case import Case
from bot.desk import Desk
from bot.guide_edits import EDIT, edited
from bot.ledger import Ledger
from bot.notices import Post
from bot.switches import GUIDE
from bot.ways import Way
from flows.dialogue import Outcome
from flows.effects import Say
from storage.base import Act

log = structlog.get_logger(__name__)


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
    about: bytes = b""  # the account concerned, where it is not the conversation's

    @property
    def post(self) -> Post:
        """Writes the messages of this event."""
        return Post(self.desk, self.ledger, self.case, self.outcome.flow, self.now)

    @property
    def lang(self) -> str:
        """The language this chat speaks from now on."""
        return self.outcome.talk.lang

    def text(self, say: Say) -> str:
        """One text of the bubble, in the short form for those who want it."""
        talk, wording = self.outcome.talk, self.desk.wording
        return wording.text(
            self.outcome.flow, talk.lang, say.key, self.holes(say), plain=talk.plain
        )

    def holes(self, say: Say) -> dict[str, str]:
        """What this text may name: what all texts of the turn may, and what it brings along."""
        if not say.holes:
            return self.case.holes
        named, guide = say.holes.get("procedure"), say.holes.get("guide")
        title = {"procedure": self.desk.wording.title(named, self.lang)} if named else {}
        if guide:
            more = say.key == "guide_more"
            title["answer"] = self._answer(guide, more=more)
        title |= self.desk.switches.told(say.holes.get("switch", ""), self.lang)
        return self.case.holes | say.holes | title

    def _answer(self, guide: str, *, more: bool) -> str:
        """What a guide says, or why it says nothing now."""
        switch = GUIDE + guide
        if self.desk.switches.get(switch):
            told = self.desk.switches.told(switch, self.lang)
            return self.desk.wording.text("", self.lang, "notice", told)
        found = self.desk.guides.get(guide)
        if found is None:  # gone or switched off in its file since it was offered
            return ""
        found = edited(found, self.desk.switches.get(EDIT + guide))
        return found.more(self.lang) if more else found.short(self.lang)

    def act(self, kind: str, detail: str = "") -> None:
        """Add to the audit chain."""
        who = self.desk.chat_mark(self.case.chat)
        self.ledger.acts.append(
            Act(self.now, kind, who, self.about or self.case.subject or None, detail)
        )

    def count_code(self, way: Way, *, first: bool) -> None:
        """Count one more code; `first`: a run begins with it."""
        budgets, tallies, now = way.budgets, self.ledger.tallies, self.now
        counted = [trial.sent for trial in budgets.trials]
        if first:
            counted += budgets.run
            if not tallies.count(budgets.seen_account, now):
                counted += [*budgets.new_account, budgets.seen_account]
        for budget in counted:
            tallies.hit(budget, now)
        self.count_message(budgets)
        if any(trial.fails(tallies, now) for trial in budgets.trials):
            log.error("codes to a number range stopped: too few of them were typed rightly")

    def count_message(self, budgets: Budgets) -> None:
        """Count one more message on every budget it touches."""
        tallies, now = self.ledger.tallies, self.now
        for budget in budgets.each:
            tallies.hit(budget, now)
        # Nothing is sent over budget, so this is the one that has used it up.
        for bill in budgets.bill:
            if tallies.spent(bill, now):
                log.error("codes by SMS stopped: limits.vnd_per_day is spent", sms=bill.limit.n)
