"""How a bubble looks on Telegram: its text in pieces that fit, its buttons in rows."""

from collections.abc import Iterator, Sequence

from bot.notifier.parcel import Button, ChatBody

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024

# Two labels longer than this do not fit side by side on a small phone.
_HALF_ROW = 14

Markup = dict[str, object]


def keyboard(body: ChatBody) -> Markup:
    """What stands under the bubble; without buttons, an earlier phone button goes away."""
    rows = _rows(body.buttons)
    if body.share_phone:
        share: list[Markup] = [{"text": body.share_phone, "request_contact": True}]
        others = ([{"text": button.label} for button in row] for row in rows)
        return {
            "keyboard": [share, *others],
            "resize_keyboard": True,
            "one_time_keyboard": True,
        }
    if not rows:
        return {"remove_keyboard": True}
    return {
        "inline_keyboard": [
            [{"text": button.label, "callback_data": button.token} for button in row]
            for row in rows
        ]
    }


def length(text: str) -> int:
    """As Telegram counts: in UTF-16 units, so that an emoji is two."""
    return len(_utf16(text)) // 2


def pieces(text: str, limit: int = LONGEST_TEXT) -> list[str]:
    """Cut at the end of a paragraph, a line or a word; within a word only if it must be."""
    return [piece for piece in _pieces(text, limit) if piece]


def _rows(buttons: Sequence[Button]) -> list[list[Button]]:
    rows: list[list[Button]] = []
    room = False
    for button in buttons:
        short = len(button.label) <= _HALF_ROW
        if room and short:
            rows[-1].append(button)
            room = False
        else:
            rows.append([button])
            room = short
    return rows


def _pieces(text: str, limit: int) -> Iterator[str]:
    rest = text.strip()
    while length(rest) > limit:
        head = _utf16(rest)[: limit * 2].decode("utf-16-le", "ignore")
        end = _end(head)
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()
    yield rest


def _end(head: str) -> int:
    """Where to cut: an early break would leave a stump, so only the second half counts."""
    for mark in ("\n\n", "\n", " "):
        if (end := head.rfind(mark, len(head) // 2)) > 0:
            return end
    return len(head)


def _utf16(text: str) -> bytes:
    # A stray half of a pair counts as the question mark that replaces it.
    return text.encode("utf-16-le", "replace")
