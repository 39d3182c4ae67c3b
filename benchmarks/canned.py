"""A Bot API that is always there: the only stub under python-telegram-bot, ours and the peer's."""

import json

from telegram.request import BaseRequest, RequestData

_USER = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "bot"}
_SENT = {
    "message_id": 1,
    "from": _USER,
    "date": 1_700_000_000,
    "chat": {"id": 1, "type": "private", "first_name": "Lan"},
    "text": "x" * 150,
}


class Canned(BaseRequest):
    """A network that is always there and answers at once."""

    sent = json.dumps({"ok": True, "result": _SENT}).encode()
    me = json.dumps({"ok": True, "result": _USER}).encode()
    read_timeout = 5.0

    async def initialize(self) -> None:
        """Nothing to connect."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - always POST
        request_data: RequestData | None = None,
        *_: object,
        **__: object,
    ) -> tuple[int, bytes]:
        """Ask for the parameters as a transport must; answer at once with the canned JSON."""
        if request_data is not None:
            request_data.json_parameters  # noqa: B018 - a property that does the work
        return 200, self.me if url.endswith("/getMe") else self.sent
