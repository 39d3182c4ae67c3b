"""The one door through which every channel hands over what it received."""

from typing import Protocol

from bot.channels.base import Incoming


class Intake(Protocol):
    """Takes events in; the turn behind it batches them."""

    async def put(self, incoming: Incoming) -> None:
        """Return only after `incoming` is committed; raise when it could not be.

        A channel acknowledges to its platform after this has returned and at no other time.
        """
