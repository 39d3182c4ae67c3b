"""Messages on their way out: which state, which try, and why one failed; never what they say.

Only a notice that failed and is still worth it can be sent again, never a code or a password.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from bot import masks
from bot.console.frame import Route, Visit
from storage.base import Act, Search, Sending
from storage.operations import NEWEST, WINDOW

PAGE = 50
STATES = ("", "waiting", "sent", "dead")
CHANNELS = ("", "sms", "email", "telegram", "zalo", "web")
ASIDES = 20  # of the newest events that could not be handled


async def _show(visit: Visit) -> Response:
    return await _page(visit)


async def _again(visit: Visit) -> Response:
    """Queue one message again."""
    asked = visit.typed("id", 18)
    now = visit.parts.clock.now()
    async with visit.parts.store.unit(now=now) as unit:
        done = await unit.send_again([int(asked)] if asked.isdecimal() else [], now)
        acts = [Act(now, "outbound.again", visit.who.name, detail=str(each)) for each in done]
        await unit.add_acts(acts)
    if not done:
        return await _page(visit, 409, error=True)
    visit.parts.engine.notifier.wake()
    return visit.goto("/operations/deliveries?state=waiting")


def masked(row: Sending) -> str:
    """Where it goes, as far as it may be shown; "" once the letter is erased."""
    if not row.to:
        return ""
    return masks.contact(row.to) if row.channel in ("sms", "email") else masks.tail(row.to)


async def _page(visit: Visit, status: int = 200, *, error: bool = False) -> Response:
    state = next((it for it in STATES if it == visit.asked("state")), "")
    channel = next((it for it in CHANNELS if it == visit.asked("channel")), "")
    before = visit.asked("before", 18)
    place = int(before) if before.isascii() and before.isdigit() else NEWEST
    store, now = visit.parts.store, visit.parts.clock.now()
    rows = await store.sendings(Search(state, channel, place, PAGE + 1))
    listed = rows[:PAGE]
    query = {name: it for name, it in (("state", state), ("channel", channel)) if it}
    further = listed[-1].id if len(rows) > PAGE else await _further(visit, state, channel, place)
    return visit.page(
        "deliveries.html",
        status,
        rows=[(row, masked(row), row.kept and now < row.dies_at) for row in listed],
        states=STATES,
        channels=CHANNELS,
        state=state,
        channel=channel,
        error=error,
        backlog=await store.backlog(now=now),
        now=now,
        older=_link(query | {"before": str(further)}) if further > 1 else "",
        first=_link(query) if place != NEWEST else "",
        asides=await store.asides(limit=ASIDES),
    )


async def _further(visit: Visit, state: str, channel: str, place: int) -> int:
    """Where to look on for a rare kind of message; 0 where everything was looked at."""
    newest = await visit.parts.store.sendings(Search(limit=1))
    if state == "dead" or not (state or channel) or not newest:
        return 0
    return max(0, min(place, newest[0].id + 1) - WINDOW)


def _link(query: dict[str, str]) -> str:
    return f"/operations/deliveries?{urlencode(query)}"


ROUTES: Sequence[Route] = (
    Route("/operations/deliveries", "operate", _show),
    Route("/operations/deliveries/again", "operate", _again, "POST"),
)
