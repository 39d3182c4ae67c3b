"""What every channel hands to the turn."""

import msgspec

from flows.model import Event


class Incoming(msgspec.Struct, frozen=True):
    """One update, free of its platform's shape.

    chat: "<channel>:<chat id>", for example "telegram:42".
    key: unique per update and bot; a repeat of it has no effect.
    event: what happened; for a pressed button `token` is set and the turn finds the event.
    lang: "vi" or "en", as far as the platform tells; used on first contact only.
    answer: id of the button query that must be answered, or "".
    message: the platform's id of the citizen's message, so that it can be deleted, or "".
    page: hex hash of the one-time page's token, for "web:" events.
    """

    chat: str
    key: str
    event: Event
    token: str = ""
    lang: str = ""
    answer: str = ""
    message: str = ""
    page: str = ""
