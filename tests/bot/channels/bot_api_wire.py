"""What travels between the bot and the Bot API double: recorded calls, refusals, form fields."""

import json
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

Json = dict[str, Any]

_STRUCTURED = (
    "allowed_updates",
    "commands",
    "link_preview_options",
    "menu_button",
    "reply_markup",
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request the bot made."""

    method: str
    fields: Json


class Refusal(Exception):
    """Answered instead of a result."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.body: Json = {"ok": False, "error_code": status, "description": description}
        if retry_after is not None:
            self.body["parameters"] = {"retry_after": retry_after}


@dataclass(frozen=True, slots=True)
class File:
    """A file that lies on Telegram's servers. size: what Telegram says of it."""

    path: str
    content: bytes
    size: int

    def described(self, file_id: str) -> Json:
        """What Telegram says of it, as long as bots may have it."""
        if self.size > 20 * 1024 * 1024:
            raise Refusal(400, "Bad Request: file is too big")
        told: Json = {"file_path": self.path, "file_size": self.size}
        return {"file_id": file_id, "file_unique_id": "u"} | told


async def read_fields(request: Request) -> Json:
    """As JSON or as a form; Telegram takes both."""
    if request.headers.get("content-type") == "application/json":
        return dict(await request.json())
    async with request.form() as form:
        return {name: await _value(name, value) for name, value in form.items()}


async def _value(name: str, value: UploadFile | str) -> object:
    if isinstance(value, UploadFile):
        return await value.read()
    if name in _STRUCTURED:
        return json.loads(value)
    return value
