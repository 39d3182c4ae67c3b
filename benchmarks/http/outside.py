"""What the bot calls: Telegram's Bot API and the HTTP gateway of an SMS provider, on loopback.

They answer at once and as the real ones do; they never fail, for how the bot meets failures is
for its tests.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from urllib.parse import parse_qs

import msgspec

from benchmarks.http.wire import Answering

TOKEN = "4242:AAbenchmark-token_0123456789"
SMS_PATH = "/sms"

_TRUE = b'{"ok":true,"result":true}'
_ME = {"id": 4242, "is_bot": True, "first_name": "VssID", "username": "vssid_bot"}


class _Call(msgspec.Struct):
    """The fields of a call that an answer repeats."""

    chat_id: int | str = 0
    text: str = ""


class _Sms(msgspec.Struct):
    to: str
    text: str
    id: str = ""


Bubble = Callable[[int, int, str], None]  # chat, number of the message, text
Sms = Callable[[str, str, str], None]  # phone, text, reference

_call = msgspec.json.Decoder(_Call).decode
_sms = msgspec.json.Decoder(_Sms).decode
_json = msgspec.json.Encoder().encode


class Outside:
    """Both services behind one port; what arrives is told to `bubble` and `sms`."""

    def __init__(self, bubble: Bubble, sms: Sms, after: float = 0.0) -> None:
        """`after`: seconds that they take for an answer; what was sent counts from the start."""
        self._bubble = bubble
        self._sms = sms
        self._after = after
        self._numbers = count(1)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve; the address."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Answering(self.answer, self._after), "127.0.0.1", 0
        )
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def answer(self, path: bytes, body: bytes) -> bytes:
        """The answer to one request."""
        if path == SMS_PATH.encode():
            letter = _sms(body)
            self._sms(letter.to, letter.text, letter.id)
            return b'{"status":"ok"}'
        method = path.rpartition(b"/")[2]
        if method == b"sendMessage":
            return self._message(_read(body))
        return _json({"ok": True, "result": _ME}) if method == b"getMe" else _TRUE

    def _message(self, call: _Call) -> bytes:
        chat = int(call.chat_id)
        number = next(self._numbers)
        self._bubble(chat, number, call.text)
        result = {
            "message_id": number,
            "from": _ME,
            "chat": {"id": chat, "first_name": "Lan", "type": "private"},
            "date": int(time.time()),
            "text": call.text,
        }
        return _json({"ok": True, "result": result})


def _read(body: bytes) -> _Call:
    if body.startswith(b"{"):
        return _call(body)
    fields = parse_qs(body.decode())
    return _Call(fields["chat_id"][0], fields["text"][0])
