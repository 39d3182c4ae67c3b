"""Dossiers while everything happens at once: officers, taps, processes."""

import random
from contextlib import AsyncExitStack

import pytest

from bot.channels.base import Incoming
from flows.model import TEXT, Event
from storage.base import Dossier
from tests.bot.dossiers.office import (
    ANA,
    BEN,
    CAM,
    acts,
    asks_for_a_book,
    asks_for_review,
    changes,
    decides,
    decision,
    fills_in,
    history,
    is_legal,
    newest,
    processes,
    read,
)
from tests.bot.town import Town, all_at_once, incoming

PROCESSES = pytest.mark.parametrize("count", [1, 2])


async def _at_once(town: Town, count: int, updates: list[Incoming]) -> None:
    """Every update at once, in turn to each process, past the queue that would order them."""
    async with AsyncExitStack() as stack:
        engines = await processes(town, stack, count)
        calls = [
            engines[number % count].turns.take([update]) for number, update in enumerate(updates)
        ]
        done = await all_at_once(calls)
    assert not [error for error in done if isinstance(error, BaseException)]
    assert not await town.store.asides(limit=1)
    await town.deliver()


@PROCESSES
async def test_two_officers(open_office: Town, count: int) -> None:
    """Two decide on one version at once: one wins, the other finds in the history who did."""
    lan = open_office.citizen()
    row = await asks_for_a_book(lan)
    row = await decides(open_office, row.ref, "review", CAM)
    told = len(lan.bubbles)
    both = [decision(row, "approve", ANA), decision(row, "reject", BEN, "Thiếu giấy tờ.")]
    await _at_once(open_office, count, both)
    edges = await history(open_office, row.ref)
    assert [edge.version for edge in edges] == [1, 2, 3]
    assert (edges[2].to, edges[2].who) in {("resolved", ANA), ("rejected", BEN)}
    assert len(lan.bubbles) == told + 1
    (refused,) = await acts(open_office, "dossier_refused")
    assert refused.startswith(f"dossier_refused {row.ref} dossier.overtaken")


@PROCESSES
async def test_two_second_approvals(open_office: Town, count: int) -> None:
    """Two people give the second approval at once: one change is held, with one undo code."""
    row = await asks_for_review(open_office.citizen())
    await decides(open_office, row.ref, "review", ANA)
    row = await decides(open_office, row.ref, "approve", ANA)
    await _at_once(open_office, count, [decision(row, "approve", who) for who in (BEN, CAM)])
    assert len(await changes(open_office)) == 1
    assert (await read(open_office, row.ref)).version == 4
    assert len(await acts(open_office, "dossier_refused")) == 1


@PROCESSES
async def test_an_officer_and_the_citizen(open_office: Town, count: int) -> None:
    """An officer approves while the citizen takes it back: one of both, never both."""
    lan = open_office.citizen()
    row = await asks_for_a_book(lan)
    row = await decides(open_office, row.ref, "review")
    await lan.says("hồ sơ")
    await lan.taps("Rút hồ sơ")
    tap = incoming(lan.chat, Event("?"), token=lan.token("Rút hồ sơ này"))
    await _at_once(open_office, count, [decision(row, "approve", ANA), tap])
    edges = await history(open_office, row.ref)
    assert edges[-1].to in {"resolved", "withdrawn"}
    assert len(edges) == 3


@PROCESSES
async def test_the_last_tap_fifty_times(open_office: Town, count: int) -> None:
    """The last code, as fifty updates at once, makes one dossier and one word on it."""
    lan = open_office.citizen()
    code = await fills_in(lan)
    await _at_once(open_office, count, [incoming(lan.chat, Event(TEXT, code)) for _ in range(50)])
    assert len(await acts(open_office, "dossier_submitted")) == 1
    ref = (await newest(open_office)).ref
    assert len([text for text in open_office.post_for("lan@example.vn") if ref in text]) == 1


@PROCESSES
async def test_two_chats_hand_one_thing_in(open_office: Town, count: int) -> None:
    """Two chats hand in the same request of one account at once: both are told one reference."""
    chats = [open_office.citizen(f"telegram:{number}") for number in (1, 2)]
    last = []
    for chat in chats:
        last.append(incoming(chat.chat, Event(TEXT, await fills_in(chat))))
        open_office.clock.pass_(61)
    await _at_once(open_office, count, last)
    assert len(await acts(open_office, "dossier_submitted")) == 1
    ref = (await newest(open_office)).ref
    assert all(ref in chat.last.text for chat in chats)


@pytest.mark.parametrize("kind", ["reissue_book", "phone_review"])
@pytest.mark.parametrize("seed", range(4))
async def test_any_history_is_legal(office: Town, kind: str, seed: int) -> None:
    """Whatever officers and the citizen do, in whatever order and twice: a legal path."""
    chance, lan = random.Random(f"{kind} {seed}"), office.citizen()
    hands_in = asks_for_a_book if kind == "reissue_book" else asks_for_review
    seen = [await hands_in(lan)]
    for _ in range(25):
        await _something(chance, office, seen)
        now = await read(office, seen[0].ref)
        edges = await history(office, now.ref)
        assert is_legal(kind, edges)
        assert (edges[-1].version, edges[-1].to) == (now.version, now.state)
        assert (now.paused_at is None) is (now.state != "needs_info")
        seen.append(now)
    approved = [edge.who for edge in await history(office, seen[0].ref) if edge.to == "resolved"]
    assert len(await changes(office)) == (len(approved) if kind == "phone_review" else 0)
    assert not await office.store.asides(limit=1)


async def _something(chance: random.Random, town: Town, seen: list[Dossier]) -> None:
    """An officer decides on a version of any age, or the citizen answers or goes away."""
    lan = town.citizen()
    if chance.random() < 0.2:
        await lan.says("hồ sơ", "Tôi gửi câu trả lời")
        return
    steps = ("receive", "review", "review", "ask", "verify", "approve", "approve", "reject")
    step = chance.choice(steps[: chance.choice((4, 7, 7, 8))])
    why = chance.choice(("", "Vì sao?", "Vì sao?"))
    looked_at = seen[-1] if chance.random() < 0.7 else chance.choice(seen)
    decided = decision(looked_at, step, chance.choice((ANA, BEN)), why)
    for _ in range(chance.choice((1, 1, 2))):
        await town.engine.turns.take([decided])
    town.clock.pass_(chance.choice((1, 3600, 86_400)))
