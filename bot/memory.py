"""A conversation between two events: its row in the store, and the Talk a flow works with."""

from typing import Any

import msgspec

from bot.case import Case
from bot.channels.base import Incoming
from bot.desk import Desk
from flows.dialogue import Outcome
from flows.model import Attended, Parked, Proof, Talk
from storage.base import Conversation


class Memo(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part of a conversation that only the turn reads; sealed by the store."""

    draft: Any
    choices: tuple[str, ...]
    misses: int
    first: int = 1
    parked: tuple[Parked, ...] = ()
    proof: Proof | None = None
    plain: bool = False
    person: Attended | None = None


def recall(desk: Desk, incoming: Incoming, row: Conversation | None) -> Talk:
    """Where the chat stands; a procedure that has changed since comes without its answers."""
    if row is None:
        return Talk(lang=incoming.lang or "vi")
    if not row.memo:  # abandoned long ago; the store has forgotten the answers
        return Talk(turn=row.turn, lang=row.lang, run=row.run)
    memo = _read(row.memo)
    flow = desk.flows.get(row.flow)
    same = flow is not None and flow.version == row.version
    return Talk(
        turn=row.turn,
        lang=row.lang,
        flow=row.flow,
        version=row.version,
        state=row.state,
        run=row.run,
        draft=msgspec.convert(memo.draft, flow.draft) if flow and same else None,
        choices=memo.choices,
        misses=memo.misses,
        first=memo.first,
        parked=tuple(_revived(desk, left) for left in memo.parked),
        proof=memo.proof,
        plain=memo.plain,
        person=memo.person,
    )


def keep(case: Case, outcome: Outcome, now: float) -> Conversation:
    """The row that remembers where the chat stands now."""
    talk = outcome.talk
    memo = Memo(
        talk.draft,
        talk.choices,
        talk.misses,
        talk.first,
        talk.parked,
        talk.proof,
        talk.plain,
        talk.person,
    )
    return Conversation(
        chat=case.chat,
        turn=talk.turn,
        said_at=case.row.said_at if case.row and not outcome.speaks else now,
        lang=talk.lang,
        flow=talk.flow,
        version=talk.version,
        state=talk.state,
        run=talk.run,
        account=(case.subject or None) if talk.flow else None,
        memo=_write(memo),
    )


def _revived(desk: Desk, left: Parked) -> Parked:
    """Its answers as its procedure keeps them; a procedure that has changed since takes none."""
    flow = desk.flows.get(left.flow)
    if flow is None or flow.version != left.version:
        return left
    return msgspec.structs.replace(left, draft=msgspec.convert(left.draft, flow.draft))


_read = msgspec.json.Decoder(Memo).decode
_write = msgspec.json.Encoder().encode
