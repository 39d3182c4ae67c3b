"""How `run` ends: at the signal, in the right order, and in time (rule R68).

Told to stop, a process says at once that it is not ready, serves a little longer, then ends its
parts one after the other and gives up what will not end. Ten seconds after the signal it is gone.
"""

import asyncio
import os
import threading
from collections.abc import Sequence

import structlog

log = structlog.get_logger(__name__)

GONE = 10.0  # seconds after the signal
ENDED = 9.0  # when every part has ended or been given up, so that the store can still be closed
LAST_WORD = 0.5  # seconds for a part that is given up to put things in order

Parts = Sequence["asyncio.Task[None]"]


async def until(stop: asyncio.Event, parts: Parts, linger: float) -> None:
    """Wait for the stop, or for a part that fails; then end the parts, the first one first.

    linger: seconds between the stop and the end of the first part.
    """
    told = asyncio.create_task(_told(stop))
    try:
        waiting = {told, *parts}
        while not stop.is_set():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()  # a part that failed stops the program
        await asyncio.wait(parts, timeout=linger, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await end([told, *parts], ENDED - linger)


async def end(parts: Parts, within: float) -> None:
    """Cancel one after the other; who takes half of the time that is left is cancelled again."""
    clock = asyncio.get_running_loop().time
    by = clock() + within
    for part in parts:
        left = max(by - clock(), 0)
        if not await _ends(part, left if part is parts[-1] else left / 2):
            await _ends(part, LAST_WORD)
        if not part.done() or (not part.cancelled() and part.exception()):
            log.warning("a part did not end well", part=part.get_name())


async def _ends(part: "asyncio.Task[None]", patience: float) -> bool:
    part.cancel()
    done, _ = await asyncio.wait([part], timeout=patience)
    return bool(done)


async def _told(stop: asyncio.Event) -> None:
    await stop.wait()
    log.info("told to stop")
    # A thread that hangs (a name look-up, a disk) would keep the process for ever. What it was
    # at is committed, or was never acknowledged.
    last = threading.Timer(GONE, os._exit, [0])
    last.daemon = True
    last.start()
