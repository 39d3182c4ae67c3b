"""The turn: look up, decide, write down. The only caller of a procedure's step.

`take` works on a batch: whatever waits, at most one event per chat and per account, is
deduplicated, loaded, stepped and written with one statement per table and one commit. A
batch of one is the same code. An event that cannot be handled is set aside, kept and
alarmed; its neighbours pass.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import structlog

from bot import codes, memory
from bot.answers import answers
from bot.bubble import write_down
from bot.case import Case
from bot.channels.base import Incoming
from bot.checking import overtaken
from bot.clock import Clock
from bot.credentials import CHOOSE, SIGN_IN
from bot.desk import Desk
from bot.facts import facts_of, load
from bot.ledger import Ledger
from bot.trying import count_try
from bot.watch import QUIET, Watch
from flows.model import STALE, Event, Talk, web
from storage.base import (
    Act,
    Conflict,
    Conversation,
    Page,
    Seen,
    SetAside,
    StorageError,
    Store,
    Unit,
)

log = structlog.get_logger(__name__)
TRY = web("try")
PURPOSES = {web("chosen"): CHOOSE, web("proved"): SIGN_IN}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: `waiting` must come again, `refused` had no effect."""

    waiting: list[Incoming]
    refused: list[Incoming]


class Turns:
    """Takes batches of events through one transaction each."""

    def __init__(self, desk: Desk, store: Store, clock: Clock, watch: Watch = QUIET) -> None:
        """`desk`: procedures, texts, rules, keys; it never changes."""
        self.desk = desk
        self.store = store
        self.clock = clock
        self.watch = watch

    async def take(self, batch: Sequence[Incoming]) -> Taken:
        """Handle a batch; returns after the commit.

        Raises StorageError when the database could not take it: nothing happened, and
        nothing may be acknowledged.
        """
        try:
            return await self._take(batch)
        except Conflict as error:
            # Another process opened or moved the same dossier; looked at once more, it is seen.
            if len(batch) == 1:
                return await self._take_again(batch[0], error)
        except StorageError:
            self.watch.database_failed("turn")
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the neighbours pass
            if len(batch) == 1:
                await self._set_aside(batch[0], error)
                return Taken([], [batch[0]])
        # One of them spoiled the transaction: each alone, so that only the bad one stays out.
        taken = [await self.take([incoming]) for incoming in batch]
        return Taken(
            [waiting for each in taken for waiting in each.waiting],
            [refused for each in taken for refused in each.refused],
        )

    async def _take_again(self, incoming: Incoming, error: Conflict) -> Taken:
        try:
            return await self._take([incoming])
        except Conflict:
            await self._set_aside(incoming, error)
            return Taken([], [incoming])

    async def _take(self, batch: Sequence[Incoming]) -> Taken:
        await self.desk.switches.look()
        now = self.clock.now()
        async with self.store.unit(now=now) as unit:
            rows = await unit.conversations([incoming.chat for incoming in batch])
            picked, waiting = _one_per_account(batch, rows)
            new = await unit.first_seen([Seen(incoming.key, now) for incoming in picked])
            fresh = [incoming for incoming in picked if incoming.key in new]
            cases = [self._hear(incoming, rows.get(incoming.chat), now) for incoming in fresh]
            refused = await self._carry_out(unit, cases, now)
        return Taken(waiting, [known for known in picked if known.key not in new] + refused)

    async def _carry_out(self, unit: Unit, cases: Sequence[Case], now: float) -> list[Incoming]:
        desk, ledger = self.desk.for_batch(), Ledger()
        await load(unit, desk, cases, ledger, now)
        refused = []
        for case in cases:
            if case.incoming.page and not _open_page(case, ledger, now):
                refused.append(case.incoming)
                continue
            if case.heard.kind == TRY:
                if not count_try(desk, case, ledger, now):
                    refused.append(case.incoming)
                continue
            facts = facts_of(desk, case, ledger, now)
            self.watch.decided(facts)
            outcome = desk.dialogue.step(case.talk, case.heard, facts, case.draft)
            write_down(desk, case, outcome, ledger, now)
        await ledger.write(unit, now)
        return refused

    # --- hearing -----------------------------------------------------------------

    def _hear(self, incoming: Incoming, row: Conversation | None, now: float) -> Case:
        talk = memory.recall(self.desk, incoming, row)
        event = self._tapped(incoming, talk, row, now) if incoming.token else incoming.event
        heard = self.desk.dialogue.hear(talk, event)
        heard = self.desk.switches.heard(incoming.chat, talk, heard)
        flow = self.desk.flows.get(talk.flow)
        draft = self.desk.dialogue.draft_after(talk, heard)
        wants = self.desk.dialogue.wants(talk, heard, draft)
        case = Case(incoming, row, talk, heard, wants, flow, draft)
        case.left = self.desk.dialogue.left_before(talk, heard)
        case.account = getattr(draft, "account", "")
        case.holes = self._holes(case, now)
        return case

    def _tapped(
        self, incoming: Incoming, talk: Talk, row: Conversation | None, now: float
    ) -> Event:
        """Which button of the last bubble was pressed; a button of any other bubble is stale."""
        lives = self.desk.settings.conversation.button_minutes * 60 * (2 if talk.plain else 1)
        if row is None or now > row.said_at + lives:
            return Event(STALE)
        mark = codes.bubble_mark(self.desk.keys.tap, incoming.chat, talk.turn)
        pressed, number = incoming.token[: len(mark)], incoming.token[len(mark) :]
        if not hmac.compare_digest(mark.encode(), pressed.encode("utf-8", "replace")):
            return Event(STALE)
        offered = {str(at): choice for at, choice in enumerate(talk.choices, talk.first)}
        return Event(offered.get(number, STALE))

    def _holes(self, case: Case, now: float) -> dict[str, str]:
        shown = {"now": self.desk.clock_time(now, now), "account": case.account}
        return self.desk.fixed_holes | shown | answers(self.desk, case, case.flow, case.draft)

    async def _set_aside(self, incoming: Incoming, error: Exception) -> None:
        now = self.clock.now()
        log.error("event set aside", key=incoming.key, error=type(error).__name__)
        self.watch.set_aside()
        # The event of a one-time page holds the hash of a password; nobody has to look at it.
        shown = (
            msgspec.structs.replace(incoming, event=Event(incoming.event.kind))
            if incoming.page
            else incoming
        )
        kept = SetAside(incoming.key, incoming.chat, now, type(error).__name__, _write(shown))
        async with self.store.unit(now=now) as unit:
            if not await unit.first_seen([Seen(incoming.key, now)]):
                return
            await unit.set_aside([kept])
            await unit.add_acts([Act(now, "set_aside", self.desk.chat_mark(incoming.chat))])


_write = msgspec.json.Encoder().encode


def _one_per_account(
    batch: Sequence[Incoming], rows: dict[str, Conversation]
) -> tuple[list[Incoming], list[Incoming]]:
    """Two chats that act on one account are handled one after the other."""
    accounts: set[bytes] = set()
    picked, waiting = [], []
    for incoming in batch:
        row = rows.get(incoming.chat)
        account = row.account if row else None
        if account is not None and account in accounts:
            waiting.append(incoming)
            continue
        if account is not None:
            accounts.add(account)
        picked.append(incoming)
    return picked, waiting


def _open_page(case: Case, ledger: Ledger, now: float) -> Page | None:
    """Use up the one-time page this event came from; None when it may not be used.

    A password that is only tried there uses nothing up but a try.
    """
    page = ledger.pages.get(bytes.fromhex(case.incoming.page))
    if page is None or page.used_at is not None or now >= page.expires_at:
        return None
    if page.account in ledger.voided_accounts:  # by an event of this very batch
        return None
    if case.flow is None or overtaken(case, ledger, case.ways.values()):
        return None
    if (page.chat, page.run, page.account) != (case.chat, case.talk.run, case.subject):
        return None
    wanted = web("proved") if case.heard.kind == TRY else case.heard.kind
    if (case.talk.state, wanted) not in case.flow.rows or page.purpose != PURPOSES[wanted]:
        return None
    if case.heard.kind != TRY:
        ledger.put_page(msgspec.structs.replace(page, used_at=now))
    if case.heard.kind == web("proved"):
        ledger.tallies.clear(case.budgets.streak.key)  # of wrong tries in a row
    return page
