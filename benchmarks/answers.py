"""What the Bot API answers when a message was sent: the same bytes for every system."""

import json

_USER = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "bot"}
_SENT = {
    "message_id": 1,
    "from": _USER,
    "date": 1_700_000_000,
    "chat": {"id": 1, "type": "private", "first_name": "Lan"},
    "text": "x" * 150,
}
SENT = json.dumps({"ok": True, "result": _SENT}).encode()
ME = json.dumps({"ok": True, "result": _USER}).encode()
