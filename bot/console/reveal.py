"""One personal datum of whoever a conversation is about: for a reason, for a minute, and counted.

Reason and officer stand in the audit chain before the value is sent (R56). Each officer has a
number of such looks in 24 hours; the page hides the value by itself, and nothing may keep it.
"""

from collections.abc import Sequence

from msgspec.structs import asdict
from starlette.responses import Response

from bot import masks
from bot.console import names
from bot.console.card import number_of
from bot.console.frame import Route, Visit, clock
from bot.console.guard import problem
from bot.limits import Budget, Tallies, latest
from bot.settings import Limit
from storage.base import Act, Person, Picked

FIELDS = ("full_name", "birth_date", "bhxh_number", "national_id", "phone", "email")
SHOWN_FOR = 60  # seconds
SHORTEST_WHY, LONGEST_WHY = 5, 200
DAY = 86_400


async def _reveal(visit: Visit) -> Response:
    field, why = visit.typed("field", 20), visit.typed("why", LONGEST_WHY).strip()
    found = await _of(visit)
    if found is None or field not in FIELDS:
        return problem(visit, 404)
    account, person = found
    if len(why) < SHORTEST_WHY:
        return _told(visit, "why", 422)
    if until := await _counted(visit, account, field, why):
        return _told(visit, "often", 429, at=clock(until + 60))
    value = asdict(person)[field]
    return visit.page("revealed.html", 200, value=value, field=field, says="", seconds=SHOWN_FOR)


def _told(visit: Visit, key: str, status: int, **holes: str) -> Response:
    says = visit.t["reveal"]["error"][key].format(**holes)
    return visit.page("revealed.html", status, value="", field="", says=says, seconds=SHOWN_FOR)


async def _of(visit: Visit) -> tuple[bytes, Person] | None:
    """The member that this conversation is about."""
    chat = names.opened(visit.parts.key, str(visit.request.path_params["name"]))
    store = visit.parts.store
    found = await store.inbox(Picked("one", ref=chat, limit=1)) if chat else []
    number = number_of(visit.parts.engine.desk, found[0].conversation) if found else ""
    if not number:
        return None
    async with store.unit(now=visit.parts.clock.now()) as unit:
        member = (await unit.members([number])).get(number)
    return (member.account, member.person) if member else None


async def _counted(visit: Visit, account: bytes, field: str, why: str) -> float:
    """Count and keep this look; when the next is possible, if there have been too many."""
    store, now, tallies = visit.parts.store, visit.parts.clock.now(), Tallies()
    most = visit.parts.settings.console.reveals
    budget = Budget(store.index("reveal", visit.who.name), Limit(max(most, 1), DAY))
    async with store.unit(now=now) as unit:
        tallies.load(await unit.tallies([budget.key]))
        if not most or tallies.spent(budget, now):
            return latest(tallies, [budget], now) if most else now + DAY
        tallies.hit(budget, now)
        await unit.add_tallies(tallies.rows())
        detail = f"{field}: {masks.hide_numbers(why)}"
        await unit.add_acts([Act(now, "staff.revealed", visit.who.name, account, detail)])
    return 0.0


ROUTES: Sequence[Route] = (Route("/conversation/{name}/reveal", "reveal", _reveal, "POST"),)
