"""What every test may ask for, and what none may do."""

import sys
from datetime import UTC, datetime
from ipaddress import ip_address

import hypothesis
import pytest

from bot.clock import ManualClock

# The same examples on every machine: a failure seen once is a failure that can be looked at.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("house")


@pytest.fixture
def clock() -> ManualClock:
    """A Sunday morning in Ha Noi that stands still."""
    return ManualClock(datetime(2026, 11, 22, 2, 0, tzinfo=UTC).timestamp())


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _stay_here(event: str, words: tuple[object, ...]) -> None:
    """Refuse whatever would leave this machine; names are not even looked up."""
    if event == "socket.getaddrinfo":
        host = words[0]
    elif event in {"socket.connect", "socket.sendto"} and isinstance(words[1], tuple):
        host = words[1][0]
    else:
        return
    if not _is_here(host):
        pytest.fail(f"a test wanted to reach {host!r}; only this machine may be reached")


sys.addaudithook(_stay_here)
