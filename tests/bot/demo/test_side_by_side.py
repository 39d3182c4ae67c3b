"""The demo's page and the console beside it: two officers, and a crowd that writes."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx
import pytest
import pytest_asyncio
import uvicorn
from msgspec.structs import replace
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.clock import ManualClock, SteadyClock
from bot.commands.demo import Walk, settle
from bot.console import totp
from bot.demo import office
from bot.demo.app import Officers, demo_routes
from bot.demo.channel import WebChat
from bot.demo.citizens import sample_citizens
from bot.demo.crowd import STORIES, Crowd
from bot.demo.stage import Stage
from storage.inbox import Picked
from tests.bot.demo.conftest import Demo, Eyes, Listening, listening
from tests.bot.demo.hands import bubbles, start, write

pytestmark = pytest.mark.asyncio(loop_scope="module")

LAPTOP = (1366, 768)
ROOT = Path(__file__).parents[3]


@dataclass
class Beside:
    """Both sides of a running demo."""

    stage: Stage
    page: str
    console: str


@pytest_asyncio.fixture(loop_scope="module")
async def beside(tmp_path: Path) -> AsyncIterator[Beside]:
    """The demo as the command serves it, on two free ports."""
    socks = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    page, desk = (f"http://localhost:{sock.getsockname()[1]}" for sock in socks)
    port = int(desk.rpartition(":")[2]) - 1
    stage = Stage(settle(tmp_path, port, link=False), SteadyClock())
    await stage.begin()
    officers = Officers(f"{desk}/", stage.phones)
    routes = demo_routes(stage, stage.posts, sample_citizens(), stage.reset, officers)
    apps = (Starlette(routes=routes), Starlette(routes=[Mount("/", stage.console)]))
    one, other = (
        Listening(uvicorn.Config(app, log_level="critical", lifespan="off")) for app in apps
    )
    async with listening(one, socks[:1]), listening(other, socks[1:]):
        yield Beside(stage, page, desk)
        await stage.posts.chat.close()
        await stage.end()


async def signs_in(citizen: Page, desk: Page, name: str) -> None:
    """By what the citizen's page shows of this officer."""
    phone = citizen.locator(".officer", has_text=name)
    for label, part in (("Tên", "name"), ("Mật khẩu", "password"), ("Mã", "code")):
        shown = await phone.locator(f"[data-of={part}]").inner_text()
        await desk.get_by_label(label).first.fill(shown)
    await desk.keyboard.press("Enter")
    await expect(desk.locator("h1")).to_have_text("Hộp việc")


async def test_an_officer_answers_a_citizen(beside: Beside, eyes: Eyes) -> None:
    """Sign in by what the page shows, take who waits, write, give back; the citizen sees it."""
    citizen = await eyes.open(beside.page, *LAPTOP)
    await start(citizen)
    await write(citizen, "gặp cán bộ")
    await expect(bubbles(citizen)).to_have_count(2)
    link = citizen.get_by_role("link", name="Mở bàn làm việc bên cạnh")
    async with citizen.context.expect_page() as opened:
        await link.click()
    desk = await opened.value
    assert desk.url.startswith(beside.console)
    await desk.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    await signs_in(citizen, desk, "an.nguyen")
    await desk.locator("[data-row] a").first.click()
    await desk.get_by_role("button", name="Tiếp quản").click()
    await desk.get_by_label("Trả lời người dân").fill("Chào bác, cháu đang xem hồ sơ ạ")
    await desk.wait_for_load_state()
    await desk.keyboard.press("Control+Enter")
    await expect(bubbles(citizen).last).to_contain_text("cháu đang xem hồ sơ")
    await write(citizen, "cảm ơn cháu")
    await expect(desk.locator(".words li").last).to_contain_text("cảm ơn cháu")
    await pictured(citizen, "demo-officers")
    await pictured(desk, "demo-console")
    before = await bubbles(citizen).count()
    await desk.get_by_role("button", name="Trả lại bot").click()
    await expect(desk.locator("h1")).to_have_text("Hộp việc")
    await expect(bubbles(citizen)).not_to_have_count(before)


async def test_the_console_stands_in_no_frame(beside: Beside) -> None:
    """What the demo serves is as strict as elsewhere, and foreign pages learn no code."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{beside.console}/sign-in")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        phones = f"{beside.page}/demo/officers"
        assert (await client.get(phones, headers={"Host": "evil.example"})).status_code == 403
        told = await client.get(phones)
        assert told.headers["cross-origin-resource-policy"] == "same-origin"
        assert [one["name"] for one in told.json()] == ["an.nguyen", "binh.tran"]


async def test_a_spent_code_is_shown_no_more(beside: Beside) -> None:
    """After a sign-in the page shows the neighbour, which the console takes too."""
    now = ManualClock(1_800_000_000.0).now()
    engine = beside.stage.engine
    at_work = await office.enrol(engine, now)
    (first, _) = await at_work.phones(now)
    step = totp.step_of(at_work.secrets[first.name], first.code, now, 0)
    assert step == now // totp.SECONDS
    async with engine.store.unit(now=now) as unit:
        row = (await unit.staff([first.name]))[first.name]
        await unit.save_staff([replace(row, step=step)])
    (again, _) = await at_work.phones(now)
    assert totp.step_of(at_work.secrets[first.name], again.code, now, step) == step + 1


async def test_a_reset_brings_new_officers(beside: Beside) -> None:
    """The console plays with the page: after a reset it knows the new officers alone."""
    (old, _) = await beside.stage.phones()
    walk = Walk(beside.stage, 3)
    walk.begin()
    await walk.reset()
    (new, _) = await beside.stage.phones()
    await walk.end()
    assert old.password != new.password
    async with httpx.AsyncClient(headers={"Origin": beside.console}) as client:
        for phone, status in ((old, 422), (new, 303)):
            form = {"name": phone.name, "password": phone.password, "code": phone.code}
            answer = await client.post(f"{beside.console}/sign-in", data=form)
            assert answer.status_code == status


async def test_a_crowd_writes(beside: Beside) -> None:
    """Whoever comes is answered by the bot; some of them wait for an officer then."""
    crowd = _crowd(beside.stage, 7)
    for _ in range(2 * len(STORIES)):
        await crowd.visit()
    assert (await beside.stage.engine.store.counts("")).waiting > 0
    everybody = await beside.stage.engine.store.inbox(Picked("all"))
    flows = {one.conversation.flow for one in everybody}
    assert len(everybody) == 2 * len(STORIES)
    assert len(flows) > 2


def _crowd(stage: Stage, seed: int) -> Crowd:
    citizens = sample_citizens()
    return Crowd(WebChat(stage, stage.posts, citizens), citizens, Random(seed), _at_once)


async def _at_once(_: float) -> None:
    await asyncio.sleep(0)


async def test_a_crowd_goes_home(demo: Demo) -> None:
    """So many as were asked for write at once, and none of them after the end."""
    citizens = sample_citizens()

    crowd = Crowd(WebChat(demo.bot, demo.posts, citizens), citizens, Random(1), _at_once)
    walking = asyncio.create_task(crowd.walk(5))
    while len({incoming.chat for incoming in demo.bot.heard}) < 5:  # noqa: ASYNC110
        await asyncio.sleep(0)
    walking.cancel()
    await asyncio.gather(walking, return_exceptions=True)
    told = len(demo.bot.heard)
    await asyncio.sleep(0.01)
    assert len(demo.bot.heard) == told


async def pictured(page: Page, name: str) -> None:
    """Leave a picture for the docs, if a folder for them is named."""
    if folder := os.environ.get("VSSID_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_port_that_is_taken() -> None:
    """One line says which, and what to try; the demo leaves with 1."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
        words = (sys.executable, "-m", "bot", "demo", "--port", str(port - 1))
        process = await asyncio.create_subprocess_exec(*words, stderr=PIPE, cwd=ROOT)
        _, told = await process.communicate()
    assert process.returncode == 1
    assert f"127.0.0.1:{port}; is the port taken? Try `--port {port + 9}`." in told.decode()
