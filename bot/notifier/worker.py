"""The notifier: claims what is due, sends it with no transaction open, settles.

Any number of them may run on one database. A claim is a lease: whoever dies with
messages in hand lets them go by itself. Messages of one lane leave one after the other;
lanes do not wait for each other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import structlog

from bot import codes
from bot.clock import Clock
from bot.notifier.parcel import (
    Body,
    ChatBody,
    Dead,
    Later,
    Letter,
    MailBody,
    PaperBody,
    PhotoBody,
    Sender,
    Verdict,
)
from bot.notifier.policy import settle, worthless
from bot.watch import QUIET, Watch
from storage.base import Parcel, Settlement, Store, Unavailable

log = structlog.get_logger(__name__)

CODE_HOLE = "{code}"
LOOK_AGAIN = 0.5  # seconds between looks for due messages when nobody wakes us

_decode = msgspec.json.Decoder(Body).decode


@dataclass(frozen=True, slots=True)
class Outlet:
    """One channel's sender and the seconds to wait after its failures.

    give_up: hears of a letter that dies, however it dies, and perhaps more than once.
    """

    sender: Sender
    delays: Sequence[float]
    give_up: Callable[[Letter], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Bench:
    """What a notifier works with.

    picture: draws the human check; paper: draws a PDF; chance: random, 0..1.
    """

    outlets: Mapping[str, Outlet]
    code_key: bytes
    picture: Callable[[str], bytes]
    paper: Callable[[PaperBody], Awaitable[bytes]]
    chance: Callable[[], float]
    lease: float
    at_once: int
    watch: Watch = QUIET


class Notifier:
    """One worker. `owner` names it in the leases."""

    def __init__(self, store: Store, bench: Bench, clock: Clock, owner: str) -> None:
        """Nothing is claimed before `run`."""
        self._store = store
        self._bench = bench
        self._clock = clock
        self._owner = owner
        self._woken = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._settled: list[Settlement] = []
        self._stopping = False

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled, then finish what is being sent; cancelled again, give it back."""
        self._store.on_outbound(self.wake)
        work = asyncio.create_task(self._work())
        try:
            # A claim that is broken off halfway would keep its messages until the lease ends.
            await asyncio.shield(work)
        except asyncio.CancelledError:
            self._stopping = True
            self.wake()
            await work
            raise

    async def drain(self) -> None:
        """Send everything that is due now, and what becomes due by it; then return."""
        while await self._round() or self._sending:
            if self._sending:
                await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)

    async def _work(self) -> None:
        try:
            while not self._stopping:
                if not await self._round():
                    await self._rest()
            if self._sending:
                await asyncio.wait(self._sending)
        finally:
            await self._give_back()

    async def _round(self) -> bool:
        """Settle what is done and claim what is due; whether there was anything."""
        self._woken.clear()
        ended = bool(self._settled)
        try:
            parcels = await self._turn_over()
        except Unavailable:
            log.warning("database unavailable; trying again", owner=self._owner)
            self._bench.watch.database_failed("notifier")
            await asyncio.sleep(LOOK_AGAIN)
            return False
        for parcel in parcels:
            task = asyncio.create_task(self._deliver(parcel))
            self._sending.add(task)
            task.add_done_callback(self._done)
        return bool(parcels) or ended

    async def _turn_over(self) -> list[Parcel]:
        """Settle what was sent and claim what is due, in one transaction."""
        room = self._bench.at_once - len(self._sending)
        rows, self._settled = self._settled, []
        if not rows and room <= 0:
            return []
        try:
            return await self._store.claim(
                self._owner,
                list(self._bench.outlets),
                now=self._clock.now(),
                lease=self._bench.lease,
                limit=max(room, 0),
                settled=rows,
            )
        except Unavailable:
            self._settled = rows + self._settled
            raise

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._sending.discard(task)
        self._woken.set()

    async def _give_back(self) -> None:
        """Break off what is still being sent, and settle everything: no lease is left behind."""
        if sending := list(self._sending):
            for task in sending:
                task.cancel()
            await asyncio.wait(sending)
        await self._store.settle(self._settled)

    async def _deliver(self, parcel: Parcel) -> None:
        outlet, began = self._bench.outlets[parcel.message.channel], self._clock.now()
        verdict = await self._try(parcel, outlet.sender)
        now, channel = self._clock.now(), parcel.message.channel
        settled = settle(
            parcel,
            verdict,
            sender=outlet.sender.name,
            now=now,
            delays=outlet.delays,
            chance=self._bench.chance(),
        )
        if settled.status != "dead" or await self._given_up(parcel, outlet):
            self._settled.append(settled)
        self._bench.watch.tried(channel, verdict, now - began, now - parcel.created_at)

    async def _try(self, parcel: Parcel, sender: Sender) -> Verdict:
        if reason := worthless(parcel, self._clock.now()):
            return Dead(reason)
        try:
            # A send that outlives its lease could be made twice at once.
            async with asyncio.timeout(self._bench.lease * 0.8):
                return await sender.send(await self._letter(parcel))
        except TimeoutError:
            return Later("timeout", unsure=True)
        except asyncio.CancelledError:  # we are stopping; somebody else tries again
            return Later("broken off", unsure=True)
        except Exception as error:  # noqa: BLE001 - a sender's bug must not stop the others
            # No traceback: it could hold the text.
            log.error("sender failed", sender=sender.name, error=type(error).__name__)  # noqa: TRY400
            return Later("sender failed", unsure=True)

    async def _given_up(self, parcel: Parcel, outlet: Outlet) -> bool:
        """Say that a letter dies; else it stays leased, and whoever claims it next says so."""
        if outlet.give_up is None:
            return True
        try:
            async with asyncio.timeout(self._bench.lease * 0.1):
                await outlet.give_up(await self._letter(parcel))
        except Exception as error:  # noqa: BLE001 - as above
            log.error("not given up", sender=outlet.sender.name, error=type(error).__name__)  # noqa: TRY400
            return False
        return True

    async def _letter(self, parcel: Parcel) -> Letter:
        message, body, picture = parcel.message, _decode(parcel.message.body), b""
        if parcel.challenge is not None and message.slot:
            body = _with_code(body, codes.digits(self._bench.code_key, parcel.challenge))
        if isinstance(body, ChatBody) and body.picture:
            picture = self._bench.picture(body.picture)
        if isinstance(body, PaperBody):
            picture = await self._bench.paper(body)
        return Letter(message.ref, message.to, body, parcel.tries, picture)


def _with_code(body: Body, digits: str) -> Body:
    if isinstance(body, MailBody):
        text, page = body.text.replace(CODE_HOLE, digits), body.html.replace(CODE_HOLE, digits)
        return msgspec.structs.replace(body, text=text, html=page)
    if isinstance(body, PhotoBody | PaperBody):
        return body
    return msgspec.structs.replace(body, text=body.text.replace(CODE_HOLE, digits))
