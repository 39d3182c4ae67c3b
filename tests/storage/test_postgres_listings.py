"""The lists of the console on a database that is not small: no table is read from end to end."""

from collections.abc import AsyncIterator, Iterator
from typing import get_args

import pytest
import pytest_asyncio
from msgspec.structs import replace

from storage.base import HandOverRequest, Line, Link, Picked
from storage.inbox import View
from tests.storage.postgres_server import Server, ask, opened, running
from tests.storage.rows import PERSON, challenge, conversation

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = 3000
OPEN = 200  # requests; all others have been answered
RECENT = 9_000.0
# What a planner may read whole because it is always small.
SMALL = ("schema_version", "seal_keys", "saved_views", "switches", "staff", "sessions")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(server: Server) -> AsyncIterator[str]:
    async with server.database() as url:
        await fill(url)
        yield url


async def fill(url: str) -> None:
    """Members who have all spoken, most of them long ago, some of whom wait."""
    store = await opened(url)
    numbers = [f"{number:010}" for number in range(MANY)]
    people = [
        replace(PERSON, bhxh_number=it, national_id=f"07{it}", phone=f"+849{it[1:]}")
        for it in numbers
    ]
    await store.add_members(people)
    accounts = [store.index("bhxh", it) for it in numbers]
    chats = [f"telegram:{number}" for number in range(MANY)]
    talks = list(enumerate(zip(chats, accounts, strict=True)))
    async with store.unit(now=10_000) as unit:
        await unit.save_conversations(
            [conversation(chat, account=whose) for _, (chat, whose) in talks]
        )
        await unit.add_lines(
            [Line(chat, 1, 3.0 * at, "", "xin chào", "") for at, (chat, _) in talks]
        )
        await unit.add_links([Link(whose, chat, 5.0) for _, (chat, whose) in talks])
        await unit.save_challenges([replace(challenge(), chat=chat) for chat in chats])
        ended = [HandOverRequest(chat, 3.0, "", "", "asked", "an", 4.0, 5.0) for chat in chats]
        await unit.save_hand_overs(ended)
    async with store.unit(now=10_000) as unit:
        for at, chat in enumerate(chats[:OPEN]):
            officer = ("", "", "an", "binh")[at % 4]
            taken = 9.0 if officer else None
            row = HandOverRequest(chat, 6.0 + at, "", "", "asked", officer, taken)
            await unit.save_hand_overs([row])
    await store.close()
    await ask(url, "ANALYZE")


async def scanned(url: str) -> dict[str, int]:
    """How many rows were read so far without an index, of each table."""
    told = "SELECT relname, coalesce(seq_tup_read, 0) FROM pg_stat_user_tables"
    return {name: count for name, count in await ask(url, told) if name not in SMALL}


@pytest.mark.parametrize("view", get_args(View))
async def test_no_list_reads_a_table_whole(url: str, view: View) -> None:
    """Each list finds what it shows by indexes alone, however many have spoken before."""
    before = await scanned(url)
    store = await opened(url)
    phone = store.index("phone", "+849000000001")
    asked = Picked(view, "an", since=RECENT - 60, marks=(phone,), ref="telegram:7", limit=51)
    shown = await store.inbox(asked)
    await store.close()  # connections tell what they have read when they end
    after = await scanned(url)
    read = {name: count - before[name] for name, count in after.items()}
    assert {name: count for name, count in read.items() if count} == {}
    assert shown


async def test_what_stirred_is_found_by_its_time(url: str) -> None:
    """The look that is taken twice a second reads what is new, and nothing else."""
    before = await scanned(url)
    store = await opened(url)
    stirred = await store.stirred(RECENT - 60)
    counts = await store.counts("an")
    await store.close()
    after = await scanned(url)
    assert (len(stirred), counts.waiting, counts.mine) == (20, OPEN // 2, OPEN // 4)
    assert {
        name: count - before[name] for name, count in after.items() if count > before[name]
    } == {}
