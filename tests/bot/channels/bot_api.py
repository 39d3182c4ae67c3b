"""A Bot API that behaves like Telegram's, on loopback: real HTTP, true offsets, scripted faults.

    async with BotApi() as api:
        bot = open_bot(api.token, api.url)
        api.hears(text(42, "Xin chào"))
        api.refuses_next("sendMessage", 429, retry_after=3)

It enforces what Telegram enforces on us (lengths, callback data, one poller, no polling beside a
webhook) and records every call; a file's download is recorded and scripted as "download". It
never delivers to a webhook: post the update yourself.
"""

import asyncio
import contextlib
import itertools
from collections import defaultdict, deque
from collections.abc import AsyncIterable, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.bot.channels.bot_api_wire import Call, File, Json, Refusal, read_fields
from tests.bot.channels.loopback import serve


@dataclass(slots=True)
class BotApi:
    """The server. `url` is what goes into the setting `api_base_url`."""

    token: str = "4242:AAtest-token_0123456789"
    calls: list[Call] = field(default_factory=list)
    webhook: Json | None = None
    pending: list[Json] = field(default_factory=list)
    url: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _faults: dict[str, deque[Callable[[], Awaitable[Response]] | None]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    _blocked: set[int] = field(default_factory=set)
    _files: dict[str, File] = field(default_factory=dict)
    _allowed: list[str] | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _called: asyncio.Event = field(default_factory=asyncio.Event)
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _poller: int = 0
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    def hears(self, update: Json, number: int | None = None) -> Json:
        """A citizen does something; the update waits for a poll under the next number."""
        numbered = {**update, "update_id": number or next(self._numbers)}
        self.pending.append(numbered)
        self._arrived.set()
        return numbered

    def refuses_next(self, method: str, status: int, *, retry_after: int | None = None) -> None:
        """The next call of `method` gets this error and has no effect."""

        async def refuse() -> Response:
            raise Refusal(status, "scripted fault", retry_after)

        self._faults[method].append(refuse)

    def passes_next(self, method: str) -> None:
        """The next call of `method` is served as usual; a fault scripted after it follows."""
        self._faults[method].append(None)

    def answers_next(self, method: str, body: bytes | AsyncIterable[bytes]) -> None:
        """The next call of `method` gets these bytes, or these as they come, with status 200."""

        async def answer() -> Response:
            if isinstance(body, bytes):
                return Response(body, media_type="application/json")
            return StreamingResponse(body)

        self._faults[method].append(answer)

    def ignores_next(self, method: str) -> None:
        """The next call of `method` gets no answer at all."""

        async def ignore() -> Response:
            await self._closing.wait()
            return Response(status_code=500)

        self._faults[method].append(ignore)

    def has_file(
        self, file_id: str, content: bytes, *, path: str = "photos/file_0.jpg", size: int = -1
    ) -> None:
        """A citizen has sent this file; `size` is what Telegram says, or the truth."""
        self._files[file_id] = File(path, content, len(content) if size < 0 else size)

    def is_blocked_by(self, chat: int) -> None:
        """From now on this citizen has blocked the bot."""
        self._blocked.add(chat)

    def called(self, method: str) -> list[Json]:
        """The fields of every call of `method` so far."""
        return [call.fields for call in self.calls if call.method == method]

    async def until_called(self, method: str, times: int = 1) -> list[Json]:
        """Wait for so many calls of `method`."""
        async with asyncio.timeout(5):
            while len(self.called(method)) < times:
                self._called.clear()
                await self._called.wait()
        return self.called(method)

    async def __aenter__(self) -> Self:
        self.url = await self._stack.enter_async_context(serve(self._app()))
        self._stack.callback(self._closing.set)
        self._stack.callback(self._arrived.set)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._receive, methods=["POST"]),
                Route("/file/bot{token}/{path:path}", self._give, methods=["GET"]),
            ]
        )

    async def _receive(self, request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        return await self._answer(token, Call(method, await read_fields(request)))

    async def _give(self, request: Request) -> Response:
        token, path = request.path_params["token"], request.path_params["path"]
        return await self._answer(token, Call("download", {"path": path}))

    async def _answer(self, token: str, call: Call) -> Response:
        self.calls.append(call)
        self._called.set()
        try:
            return await self._serve(token, call.method, call.fields)
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)

    async def _serve(self, token: str, method: str, fields: Json) -> Response:
        if token != self.token:
            raise Refusal(401, "Unauthorized")
        fault = self._faults[method].popleft() if self._faults[method] else None
        if fault:
            return await fault()
        if method == "download":
            return self._content(fields["path"])
        handler = _METHODS.get(method)
        if handler is None:
            raise Refusal(404, "Not Found")
        return JSONResponse({"ok": True, "result": await handler(self, fields)})

    async def _get_me(self, _: Json) -> Json:
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "VssID", "username": "vssid_bot"}

    async def _get_updates(self, fields: Json) -> list[Json]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self._allowed = fields.get("allowed_updates", self._allowed)
        offset = int(fields.get("offset", 0))
        self.pending = [one for one in self.pending if one["update_id"] >= offset]
        self._poller = poller = self._poller + 1
        self._arrived.set()  # an earlier poller wakes up and finds itself replaced
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(float(fields.get("timeout", 0))):
                await self._something(offset, poller)
        return self._wanted(offset)[: int(fields.get("limit", 100))]

    async def _something(self, offset: int, poller: int) -> None:
        while not self._wanted(offset) and not self._closing.is_set():
            self._arrived.clear()
            await self._arrived.wait()
            if self._poller != poller:
                raise Refusal(409, "Conflict: terminated by other getUpdates request")

    def _wanted(self, offset: int) -> list[Json]:
        due = [one for one in self.pending if one["update_id"] >= offset]
        return [
            one for one in due if not self._allowed or not one.keys().isdisjoint(self._allowed)
        ]

    async def _send_message(self, fields: Json) -> Json:
        if not fields.get("text", "").strip():
            raise Refusal(400, "Bad Request: message text is empty")
        self._check(fields, fields["text"], 4096)
        return self._message(fields, text=fields["text"])

    async def _send_photo(self, fields: Json) -> Json:
        self._check(fields, fields.get("caption", ""), 1024)
        size: Json = {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}
        return self._message(fields, photo=[size])

    async def _get_file(self, fields: Json) -> Json:
        file = self._files.get(fields["file_id"])
        if file is None:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return file.described(fields["file_id"])

    def _content(self, path: str) -> Response:
        contents = {file.path: file.content for file in self._files.values()}
        if path not in contents:
            raise Refusal(404, "Not Found")
        return Response(contents[path])

    def _check(self, fields: Json, text: str, limit: int) -> None:
        if int(fields["chat_id"]) in self._blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if len(text.encode("utf-16-le")) // 2 > limit:
            raise Refusal(400, "Bad Request: message is too long")
        for row in fields.get("reply_markup", {}).get("inline_keyboard", []):
            if any(not 0 < len(button["callback_data"].encode()) <= 64 for button in row):
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")

    def _message(self, fields: Json, **content: object) -> Json:
        chat = {"id": int(fields["chat_id"]), "type": "private"}
        return {"message_id": next(self._numbers), "date": 1_763_836_926, "chat": chat, **content}

    async def _set_webhook(self, fields: Json) -> bool:
        if not fields["url"].startswith("https://"):
            raise Refusal(400, "Bad Request: bad webhook: HTTPS url must be provided for webhook")
        self.webhook = fields
        return True

    async def _delete_webhook(self, _: Json) -> bool:
        self.webhook = None
        return True

    async def _agree(self, _: Json) -> bool:
        return True


_METHODS: dict[str, Callable[[BotApi, Json], Awaitable[object]]] = {
    "getMe": BotApi._get_me,
    "getUpdates": BotApi._get_updates,
    "getFile": BotApi._get_file,
    "sendMessage": BotApi._send_message,
    "sendPhoto": BotApi._send_photo,
    "setWebhook": BotApi._set_webhook,
    "deleteWebhook": BotApi._delete_webhook,
    "answerCallbackQuery": BotApi._agree,
    "deleteMessage": BotApi._agree,
    "setMyCommands": BotApi._agree,
    "setChatMenuButton": BotApi._agree,
}
