"""When a message is tried again: within its jitter, never at or past its end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.notifier.parcel import Dead, Delivered, Later, Verdict
from bot.notifier.policy import JITTER, settle, worthless
from bot.settings import Notifier
from storage.base import Challenge, Outbound, Parcel, Settlement

DELAYS = Notifier().sms_retries
MESSAGE = Outbound("ref", "lane", "sms", "+84900000101", b"", due=0, dies_at=240)
CHALLENGE = Challenge(
    "telegram:1",
    2,
    "code",
    "p",
    b"a",
    b"d",
    1,
    0.0,
    300.0,
    0,
    used_at=None,
    void_at=None,
    decoy=False,
)
CODE = replace(MESSAGE, chat="telegram:1", run=2, slot="code", counter=1)


def _settled(
    verdict: Verdict, *, tries: int = 1, now: float = 0.0, chance: float = 0.5
) -> Settlement:
    parcel = Parcel(1, 1, tries, 0.0, MESSAGE, None)
    return settle(parcel, verdict, sender="sms", now=now, delays=DELAYS, chance=chance)


@given(
    tries=st.integers(1, 40),
    now=st.floats(0, 400),
    chance=st.floats(0, 1),
    after=st.none() | st.floats(0, 1e6),
)
def test_never_past_its_end(tries: int, now: float, chance: float, after: float | None) -> None:
    """No message is scheduled at or past its end; what cannot be tried again is dead."""
    end = _settled(Later("busy", after=after), tries=tries, now=now, chance=chance)
    assert end.status in {"waiting", "dead"}
    if end.status == "waiting":
        assert now < end.due < MESSAGE.dies_at
        assert after is None or end.due >= now + after
    else:
        assert end.due >= MESSAGE.dies_at


@pytest.mark.parametrize(("tries", "delay"), [*enumerate((1, 3, 7, 15, 15, 15), 1)])
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_schedule(tries: int, delay: float, chance: float) -> None:
    """SMS are tried again after 1, 3, 7, 15, 15 … seconds, 20 % more or less (R46)."""
    due = _settled(Later("busy"), tries=tries, chance=chance).due
    assert due == pytest.approx(delay * (1 - JITTER + 2 * JITTER * chance))


def test_delivered_and_dead() -> None:
    """A receipt or a reason is what remains of a message that has ended."""
    assert (_settled(Delivered("id 7")).status, _settled(Delivered("id 7")).detail) == (
        "sent",
        "id 7",
    )
    assert (_settled(Dead("blocked")).status, _settled(Dead("blocked")).detail) == (
        "dead",
        "blocked",
    )


def test_unsure_is_marked() -> None:
    """A try that was perhaps taken says so in its row."""
    assert _settled(Later("timeout", unsure=True)).detail == "timeout (unsure)"


@pytest.mark.parametrize(
    ("challenge", "now", "why"),
    [
        (CHALLENGE, 239.9, ""),
        (CHALLENGE, 240.0, "expired"),
        (None, 0.0, "no such code"),
        (replace(CHALLENGE, decoy=True), 0.0, "decoy"),
        (replace(CHALLENGE, used_at=1.0), 2.0, "code used or void"),
        (replace(CHALLENGE, void_at=1.0), 2.0, "code used or void"),
        (replace(CHALLENGE, counter=2), 2.0, "superseded"),
    ],
)
def test_worthless(challenge: Challenge | None, now: float, why: str) -> None:
    """A code that is used, void, superseded or about to expire is not worth sending (R16)."""
    assert worthless(Parcel(1, 1, 1, 0.0, CODE, challenge), now) == why


def test_other_messages_need_no_code() -> None:
    """A message without a code dies of old age only."""
    assert worthless(Parcel(1, 1, 1, 0.0, MESSAGE, None), 0.0) == ""
