"""A town whose agency has officers: what citizens hand in, what officers decide, what is kept."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from bot import passwords
from bot.app import Engine
from bot.channels.base import Incoming
from bot.decision import Decision
from bot.desk import Desk
from bot.dossier_rules import Dossiers
from bot.requests import Form, read_form
from bot.settings import Settings
from flows import dossier as graph
from flows.heard import DECIDE
from flows.model import Event, web
from storage.base import Change, Dossier, Edge, Member, Person
from tests.bot.procedures.engines import PostgresTown
from tests.bot.procedures.walks import NEW, ROOMY
from tests.bot.town import LAN, LINK, Citizen, Town, incoming
from tests.storage.postgres_server import Server

ANA, BEN, CAM = "an.nguyen", "binh.tran", "cam.le"
STAFFED: Settings = ROOMY.model_copy(update={"dossiers": Dossiers(officers=(ANA, BEN, CAM))})
STATES = sorted({edge.to for edges in graph.GRAPHS.values() for edge in edges})

_decisions = itertools.count(1)


@asynccontextmanager
async def _staffed(
    request: pytest.FixtureRequest, folder: Path, *, on_disk: bool
) -> AsyncIterator[Town]:
    if request.param == "sqlite":
        async with Town(folder, settings=STAFFED, on_disk=on_disk) as town:
            yield town
        return
    server: Server = request.getfixturevalue("server")
    async with server.database() as url:
        town = PostgresTown(folder, settings=STAFFED)
        town.url = url
        async with town:
            yield town


@pytest.fixture(params=["sqlite", "postgres"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with officers on each of the two engines."""
    async with _staffed(request, tmp_path, on_disk=False) as town:
        yield town


@pytest.fixture(params=["sqlite", "postgres"])
async def open_office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """The same, where other processes may open the database, too."""
    async with _staffed(request, tmp_path, on_disk=True) as town:
        yield town


# --- what citizens do -----------------------------------------------------------------


async def fills_in(citizen: Citizen, person: Person = LAN) -> str:
    """Ask for a new book as far as its last code, and return that."""
    await citizen.says("cấp lại")
    for label in ("Sổ BHXH", "Bị mất", "Không sửa"):
        await citizen.taps(label)
    await citizen.says("đồng ý", person.bhxh_number)
    await citizen.says(citizen.town.code_for(person.phone))
    for label in (
        "Việt Nam, dân tộc Kinh",
        "Tại cơ quan BHXH",
        "Gửi đề nghị cấp lại sổ BHXH",
    ):
        await citizen.taps(label)
    return citizen.town.code_for(person.phone)


async def asks_for_a_book(citizen: Citizen, person: Person = LAN) -> Dossier:
    """All the way."""
    await citizen.says(await fills_in(citizen, person))
    return await newest(citizen.town)


async def asks_for_review(citizen: Citizen, person: Person = LAN, new: str = NEW) -> Dossier:
    """Tell that the phone is lost, prove e-mail and password, name the new number."""
    await citizen.says("mất số")
    for label in ("Không cấp lại được", "Còn nhớ", "Đọc được email"):
        await citizen.taps(label)
    await citizen.says("đồng ý", person.bhxh_number)
    await citizen.says(citizen.town.code_for(person.email))
    await signs_in(citizen)
    await citizen.says(new)
    await citizen.taps("Gửi đề nghị đổi số")
    return await newest(citizen.town)


async def signs_in(citizen: Citizen) -> None:
    """What the one-time page hands in once the right password was typed there."""
    found = LINK.search(citizen.last.text)
    assert found
    page = passwords.token_hash(found[1]).hex()
    proved = incoming(citizen.chat, Event(web("proved")))
    await citizen.town.engine.batches.put(msgspec.structs.replace(proved, page=page))
    await citizen.town.deliver()


# --- what officers do -----------------------------------------------------------------


def decision(
    dossier: Dossier,
    step: str,
    officer: str,
    why: str = "",
    *,
    version: int = 0,
    reason: str = "",
) -> Incoming:
    """A decision on the version that is given, or on the one at hand."""
    event = step if ":" in step else f"staff:{step}"
    said = Decision(dossier.ref, event, officer, version or dossier.version, why, reason)
    key = f"decision {next(_decisions)}"
    return Incoming(dossier.chat, key, Event(DECIDE, msgspec.json.encode(said).decode()))


async def decides(
    town: Town, ref: str, step: str, officer: str = ANA, why: str = "", *, reason: str = ""
) -> Dossier:
    """Look at a dossier, decide, have everybody told; the dossier afterwards."""
    said = decision(await read(town, ref), step, officer, why, reason=reason)
    taken = await town.engine.turns.take([said])
    assert not taken.refused
    await town.deliver()
    return await read(town, ref)


# --- what is kept ---------------------------------------------------------------------


async def newest(town: Town) -> Dossier:
    """The dossier that was handed in last."""
    rows = await town.store.list_dossiers(states=STATES, limit=100)
    return max(rows, key=lambda row: (row.opened_at, row.ref))


async def read(town: Town, ref: str) -> Dossier:
    """The dossier as it is now."""
    async with town.store.unit(now=town.clock.now()) as unit:
        return (await unit.dossiers([ref]))[ref]


async def form(town: Town, ref: str) -> Form:
    """What was handed in and answered."""
    return read_form((await read(town, ref)).form)


async def history(town: Town, ref: str) -> list[Edge]:
    """Its steps in their order."""
    async with town.store.unit(now=town.clock.now()) as unit:
        return await unit.edges([ref])


async def due_day(town: Town, ref: str) -> str:
    """By which day in Viet Nam it is due."""
    due = (await read(town, ref)).due_at
    assert due is not None
    return f"{Desk.day_of(due):%a %d/%m/%Y}"


async def member(town: Town, person: Person = LAN) -> Member:
    """The account as it is now."""
    async with town.store.unit(now=town.clock.now()) as unit:
        return (await unit.members([person.bhxh_number]))[person.bhxh_number]


async def changes(town: Town, person: Person = LAN) -> list[Change]:
    """Every change of its contacts, the oldest first."""
    account = town.store.index("bhxh", person.bhxh_number)
    async with town.store.unit(now=town.clock.now()) as unit:
        rows = await unit.changes_of([account], 0)
    contacts = (row for row in rows if row.field in ("phone", "email"))
    return sorted(contacts, key=lambda row: row.decided_at)


async def acts(town: Town, *kinds: str) -> list[str]:
    """What the audit chain says of these kinds, in order."""
    rows = await town.rows("SELECT kind, detail FROM audit ORDER BY seq")
    return [f"{kind} {detail}" for kind, detail in rows if kind in kinds]


def is_legal(kind: str, edges: Sequence[Edge]) -> bool:
    """Whether the steps of a dossier follow its graph, one version after the other."""
    versions = [edge.version for edge in edges]
    whole = versions == list(range(1, len(edges) + 1)) and edges[0].source == "draft"
    joined = all(one.to == other.source for one, other in itertools.pairwise(edges))
    return whole and joined and all(_is_way(kind, edge) for edge in edges)


def _is_way(kind: str, made: Edge) -> bool:
    return any(
        (way.source, way.to) == (made.source, made.to)
        and (way.who == "citizen") == (made.who == graph.CITIZEN)
        and bool(made.why.strip()) >= way.reason
        for way in graph.GRAPHS[kind]
    )


async def processes(town: Town, stack: AsyncExitStack, count: int) -> list[Engine]:
    """So many processes on one database, this one among them."""
    return [town.engine, *[await town.second_process(stack) for _ in range(count - 1)]]
