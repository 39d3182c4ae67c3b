"""When a message is tried again, and when it is given up. Pure."""

from collections.abc import Sequence

from bot.notifier.parcel import Dead, Delivered, Verdict
from storage.base import Outbound, Parcel, Settlement

JITTER = 0.2  # of every delay, so that a gateway that comes back is not stormed


def settle(
    parcel: Parcel,
    verdict: Verdict,
    *,
    sender: str,
    now: float,
    delays: Sequence[float],
    chance: float,
) -> Settlement:
    """What becomes of a message after one try.

    delays: seconds after the 1st, 2nd, … failure; the last one repeats until the message
    dies. chance: 0..1, random. A message is never scheduled beyond its `dies_at`.
    """
    status, due, detail = "sent", now, ""
    if isinstance(verdict, Delivered):
        detail = verdict.receipt
    elif isinstance(verdict, Dead):
        status, detail = "dead", verdict.reason
    else:
        pause = delays[min(parcel.tries, len(delays)) - 1] * (1 + JITTER * (2 * chance - 1))
        due = now + (pause if verdict.after is None else max(pause, verdict.after))
        detail = f"{verdict.reason}{' (unsure)' if verdict.unsure else ''}"
        status = "waiting" if due < parcel.message.dies_at else "dead"
    return Settlement(
        id=parcel.id,
        fence=parcel.fence,
        tries=parcel.tries,
        status=status,
        at=now,
        due=due,
        sender=sender,
        detail=detail,
    )


def worthless(parcel: Parcel, now: float) -> str:
    """Why a message must not be sent any more, or "".

    A code is worthless when it is about to expire (R16), used, voided, or superseded. A decoy
    gets as far as here, so that until then it costs the same as a real one (R27).
    """
    message: Outbound = parcel.message
    if now >= message.dies_at:
        return "expired"
    if not message.slot:
        return ""
    challenge = parcel.challenge
    if challenge is None:
        return "no such code"
    if challenge.decoy:
        return "decoy"
    if challenge.used_at is not None or challenge.void_at is not None:
        return "code used or void"
    return "superseded" if challenge.counter != message.counter else ""
