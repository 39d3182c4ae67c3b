"""Where a server for operators may listen: inside, unless somebody says otherwise."""

from ipaddress import ip_address

from pydantic import ValidationInfo

from bot.notifier.described import is_loopback


def for_operators(written: str, info: ValidationInfo) -> str:
    """Refuse an address that the world can reach, unless `metrics_public` allows it."""
    if written and not (_inside(listening(written)[0]) or info.data.get("metrics_public")):
        raise ValueError("can be reached from outside; say metrics_public = true if it may be")
    return written


def listening(written: str) -> tuple[str, int]:
    """Host and port of "host:port"."""
    host, _, port = written.rpartition(":")
    return host.strip("[]"), int(port)


def _inside(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return is_loopback(host)
    return address.is_private and not address.is_unspecified
