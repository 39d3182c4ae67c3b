"""Photos on their way from the page to the notifier's fetcher: in memory, and not for long.

Each is handed out once. Nothing here looks at a photo; whatever the visitor sent meets the same
cleaning as on any platform.
"""

import asyncio

from bot.notifier.fetcher import Fetched
from bot.notifier.parcel import Dead

MOST = 8  # at once, of 10 MiB each
_KEPT = 150.0  # seconds; the notifier gives up sooner


class Photos:
    """The files of the demo's chats; a Source of the fetcher."""

    def __init__(self, kept: float = _KEPT) -> None:
        """Begin with none. kept: seconds that a photo waits which nobody asks for."""
        self._kept = kept
        self._held: dict[str, bytes] = {}

    def hold(self, file_id: str, image: bytes) -> None:
        """Keep a photo until it is fetched; the oldest makes room."""
        self._held[file_id] = image
        for oldest in list(self._held)[:-MOST]:
            del self._held[oldest]
        asyncio.get_running_loop().call_later(self._kept, self._held.pop, file_id, None)

    async def fetch(self, file_id: str) -> Fetched:
        """Hand the photo over; a second time there is none."""
        image = self._held.pop(file_id, None)
        return Dead("the photo was not kept so long") if image is None else image

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
