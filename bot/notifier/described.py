"""What every counterpart described in config.toml has in common: strictness and secrets.

An error names the key that is wrong and never its value, for the value may be a secret.
"""

import re
from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr


def is_loopback(host: str) -> bool:
    """Tell whether a host can only be this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _sendable(secret: SecretStr) -> SecretStr:
    if re.fullmatch(r"[!-~]+", secret.get_secret_value()) is None:
        raise ValueError("must be printable ASCII without spaces, and not empty")
    return secret


Secret = Annotated[SecretStr, AfterValidator(_sendable)]


class Described(BaseModel):
    """A part of a description: no unknown keys, no later change, no values in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
