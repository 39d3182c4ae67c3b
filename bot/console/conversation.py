"""One conversation: what was said, where it stands, who has it; take it, write, give it back.

All three are `staff:` events of the chat that the turn decides, so of two officers one wins, and
after a take-over the bot says nothing more (decision 0022). A draft that names codes, passwords or
bank data goes nowhere. Nothing here is shown unmasked.
"""

from collections.abc import Sequence

from starlette.responses import Response

from bot.channels.base import Incoming
from bot.console import names
from bot.console.card import Card, card
from bot.console.frame import Route, Visit
from bot.console.guard import problem
from bot.console.replies import Reply, replies
from bot.console.reveal import FIELDS
from bot.console.words import words
from flows.checks import asks_for_secret
from flows.model import Event
from flows.quiet import MENU, NOTE, REPLY, RETURN, TAKE
from storage.base import Conversation, HandOverRequest, Look, Picked

LONGEST = 1000  # characters of a reply; it has to fit into a message
NEWEST = 60  # lines of the transcript
AT_IT = 30.0  # seconds since somebody's last sign that they still look
TYPING = 6.0  # seconds since somebody's last key


async def _show(visit: Visit) -> Response:
    return await _shown(visit, "conversation.html")


async def _part(visit: Visit) -> Response:
    """What changes; the whole page, when the form under it has to come or go."""
    answer = await _shown(visit, "conversation_part.html")
    chat = _chat(visit)
    had, has = visit.asked("mine") == "1", await _holder(visit, chat) == visit.who.name
    if had != has:
        answer.headers["HX-Refresh"] = "true"
    return answer


async def _shown(visit: Visit, template: str, status: int = 200, **other: object) -> Response:
    place = visit.parts.live.place
    found = await _card(visit)
    if found is None:
        return problem(visit, 404)
    chat, now, me = _chat(visit), visit.parts.clock.now(), visit.who.name
    looks = await visit.parts.store.looks([chat])
    others = [
        (look.name, now - look.typing_at < TYPING)
        for look in looks
        if look.name != me and now - look.seen_at < AT_IT
    ]
    read = any(look.name == me and look.turn >= found.turn for look in looks)
    values: dict[str, object] = {"card": found, "others": sorted(others), "read": read}
    values |= {"error": "", "draft": "", "name": _name(visit), "replies": _replies(visit, found)}
    values |= {"fields": FIELDS if found.known and visit.may("reveal") else (), "place": place}
    return visit.page(template, status, **(values | other))


async def _card(visit: Visit) -> Card | None:
    chat, parts = _chat(visit), visit.parts
    row, request = await _rows(visit, chat)
    if row is None:
        return None
    lines = await parts.store.transcript(chat, limit=NEWEST)
    return card(visit, row, request, lines)


async def _rows(visit: Visit, chat: str) -> tuple[Conversation | None, HandOverRequest | None]:
    found = await visit.parts.store.inbox(Picked("one", ref=chat, limit=1)) if chat else []
    return (found[0].conversation, found[0].request) if found else (None, None)


async def _holder(visit: Visit, chat: str) -> str:
    _, request = await _rows(visit, chat)
    return request.officer if request else ""


# --- what officers do --------------------------------------------------------------------


async def _take(visit: Visit) -> Response:
    if not await _happens(visit, TAKE):
        return problem(visit, 404)
    holder = await _holder(visit, _chat(visit))
    if holder != visit.who.name:
        return await _told(visit, "taken" if holder else "gone", officer=holder)
    return visit.goto(_path(visit))


async def _reply(visit: Visit) -> Response:
    typed = visit.typed("words", LONGEST + 1).strip()
    if not typed or len(typed) > LONGEST:
        return await _told(visit, "length", 422, longest=str(LONGEST))
    if asks_for_secret(typed):
        return await _told(visit, "secret", 422)
    holder = await _holder(visit, _chat(visit))
    if holder != visit.who.name:
        return await _told(visit, "taken" if holder else "gone", officer=holder)
    if not await _happens(visit, REPLY, typed):
        return problem(visit, 404)
    return visit.goto(_path(visit))


async def _note(visit: Visit) -> Response:
    """For colleagues alone; the citizen never reads it."""
    note = visit.typed("note", LONGEST + 1).strip()
    if not note or len(note) > LONGEST:
        return await _told(visit, "length", 422, longest=str(LONGEST))
    if not await _happens(visit, NOTE, note):
        return problem(visit, 404)
    return visit.goto(_path(visit))


async def _return(visit: Visit) -> Response:
    """Back to the bot: at the open question, or at its menu where that question is stuck."""
    if not await _happens(visit, MENU if visit.typed("to", 8) == "menu" else RETURN):
        return problem(visit, 404)
    # On to one's own others; without any, to whoever waits.
    more = await visit.parts.store.counts(visit.who.name)
    return visit.goto("/?view=mine" if more.mine else "/")


def _replies(visit: Visit, found: Card) -> list[tuple[str, str]]:
    """Ready replies, filled in for this conversation."""
    steps = visit.parts.engine.desk.wording.title
    holes = {
        "officer": visit.who.name,
        "procedure": steps(found.flow, found.lang) if found.flow else "VssID",
        "step": str(words(found.lang)["steps"].get(found.step, found.step)),
    }
    return [(it.name, it.filled(found.lang, holes)) for it in _ready(visit)]


def _ready(visit: Visit) -> Sequence[Reply]:
    return replies(visit.parts.settings.console.replies)


async def _told(visit: Visit, error: str, status: int = 409, **holes: str) -> Response:
    """The page again, with what kept it from happening and with the draft."""
    says = visit.t["conversation"]["error"][error].format(**holes)
    draft = visit.typed("words", LONGEST * 2)
    return await _shown(visit, "conversation.html", status, error=says, draft=draft)


async def _happens(visit: Visit, kind: str, text: str = "") -> bool:
    """Let the turn decide; False when there is no such conversation."""
    chat, desk = _chat(visit), visit.parts.engine.desk
    row, _ = await _rows(visit, chat)
    if row is None:
        return False
    # A key of its own each time: the same may be done again later.
    key = f"console:{desk.random(12).hex()}"
    said = Event(kind, f"{visit.who.name}\n{text}")
    await visit.parts.engine.batches.put(Incoming(chat, key, said, lang=row.lang))
    return True


async def _at_it(visit: Visit) -> Response:
    """Note how far this officer has read."""
    turn = visit.typed("turn", 12)
    if turn.isascii() and turn.isdecimal():
        await _noted(visit, int(turn), 0.0)
    return Response(status_code=204)


async def _typing(visit: Visit) -> Response:
    """Note that this officer is writing."""
    await _noted(visit, 0, visit.parts.clock.now())
    return Response(status_code=204)


async def _noted(visit: Visit, turn: int, typing: float) -> None:
    chat, now = _chat(visit), visit.parts.clock.now()
    if chat:
        async with visit.parts.store.unit(now=now) as unit:
            await unit.add_looks([Look(chat, visit.who.name, turn, now, typing)])


def _name(visit: Visit) -> str:
    return str(visit.request.path_params["name"])


def _chat(visit: Visit) -> str:
    return names.opened(visit.parts.key, _name(visit))


def _path(visit: Visit) -> str:
    return f"/conversation/{names.hidden(visit.parts.key, _chat(visit))}"


ROUTES: Sequence[Route] = (
    Route("/conversation/{name}", "look", _show),
    Route("/conversation/{name}/part", "look", _part, by_itself=True),
    Route("/conversation/{name}/take", "attend", _take, "POST"),
    Route("/conversation/{name}/reply", "attend", _reply, "POST"),
    Route("/conversation/{name}/return", "attend", _return, "POST"),
    Route("/conversation/{name}/note", "attend", _note, "POST"),
    Route("/conversation/{name}/at-it", "look", _at_it, "POST", by_itself=True),
    Route("/conversation/{name}/typing", "attend", _typing, "POST"),
)
