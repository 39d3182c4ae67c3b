"""Erases what somebody asked to have erased, and sends the certificate.

Not in the turn, which would write the conversation down again. What the law makes the agency keep
stays: the registry, requests, changes, consents and the audit chain.
"""

import asyncio
from pathlib import Path

import msgspec
import structlog
from msgspec.structs import replace

from bot.desk import Desk
from bot.notifier.parcel import ChatBody
from bot.settings import Settings
from storage import halves
from storage.base import Act, Corrupt, Outbound, Right, Store, Unit

log = structlog.get_logger(__name__)
AT_ONCE = 100
TOLD_FOR = 86_400  # seconds after which nobody waits for a certificate any more
ERASE, DONE = "erase", "done"
# What is told of, by the store's categories of what it holds.
GOES = ("messages", "photos", "proofs")
_write = msgspec.json.Encoder().encode
read_counts = msgspec.json.Decoder(dict[str, int]).decode


def halves_of(settings: Settings) -> Path:
    """Where people's halves of the keys to backups are kept: beside the keys."""
    return Path(settings.keys.file).with_name("people.halves")


def is_erased(row: Right) -> bool:
    """Whether this request has ended with everything erased."""
    return (row.kind, row.ended_as) == (ERASE, DONE)


async def erase_due(desk: Desk, store: Store, *, now: float, apart: Path | None) -> int:
    """Erase for everybody whose time has come; how many. Safe in several processes at once.

    apart: the file of halves, where there may be one.
    """
    done = 0
    for row in await store.due_rights(now=now, limit=AT_ONCE):
        try:
            async with store.unit(now=now) as unit:
                done += await _erase(desk, unit, row, now, apart)
        except (Corrupt, OSError) as error:
            log.error("an erasing has to wait", ref=row.ref, cause=str(error))  # noqa: TRY400
    if done:
        await store.scrub()
    return done


async def _erase(desk: Desk, unit: Unit, asked: Right, now: float, apart: Path | None) -> bool:
    await unit.conversations([asked.chat])  # nobody else acts on it meanwhile
    row = (await unit.rights([asked.ref])).get(asked.ref)
    if row is None or row.ended_at is not None:
        return False
    counts = {each.category: each.n for each in await unit.holdings(row.chat, row.account)}
    gone = _write({name: counts[name] for name in GOES}).decode()
    answered = row.answered_at or now
    row = replace(row, answered_at=answered, ended_at=now, ended_as=DONE, counts=gone)
    await unit.erase([row.chat])
    await unit.save_rights([row])
    await unit.add_acts([Act(now, "data_erased", desk.chat_mark(row.chat), row.account, row.ref)])
    await unit.add_outbound([_certificate(desk, row, now)], now)
    # Before the commit: a half that goes too early is missed by nobody, one that stays opens all.
    if apart:
        await asyncio.to_thread(halves.forget, apart, [row])
    return True


def _certificate(desk: Desk, row: Right, now: float) -> Outbound:
    counts = {name: str(n) for name, n in read_counts(row.counts).items()}
    when = f"{desk.clock_time(now, now)} {desk.day_of(now):%d/%m/%Y}"
    holes = desk.fixed_holes | counts | {"ref": row.ref, "now": when}
    text = desk.wording.text("", row.lang, "certificate.erased", holes)
    channel, _, to = row.chat.partition(":")
    return Outbound(
        ref=f"{int(now * 1000):012x}{desk.random(10).hex()}",
        lane=row.chat,
        channel=channel,
        to=to,
        body=_write(ChatBody(text)),
        due=now,
        dies_at=now + TOLD_FOR,
    )
