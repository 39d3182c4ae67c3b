"""`vssid-bot` as a program: its exit codes, and `run` against real counterparts."""

import asyncio
import json
import os
import random
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests.bot.channels.bot_api import BotApi

ROOT = Path(__file__).parents[2]
CONFIG = """
[database]
url = "sqlite:///{folder}/bot.db"
[keys]
file = "{folder}/keys.json"
[telegram]
token = "{token}"
api_base_url = "{api}"
[http]
port = {port}
public_url = "https://x.vn"
drain_seconds = 0
[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "bot@example.vn"
[[sms.gateways]]
name = "local"
url = "{sms}/send"
method = "POST"
[sms.gateways.body]
kind = "json"
template = '{{"to": "{{to}}", "text": "{{text}}"}}'
"""


async def program(*words: str, folder: Path) -> tuple[int, str]:
    """Run `vssid-bot` with these words; its exit code and what it said on stderr."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await running.communicate()
    return running.returncode or 0, (out + err).decode()


def free_port() -> int:
    """A port nobody listens on, given once; below those that the system hands out by itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            if port not in _GIVEN:
                _GIVEN.add(port)
                return port


_GIVEN: set[int] = set()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--help"], 0),
        (["flows", "list"], 0),
        (["simulate", "--help"], 0),
        (["nonsense"], 2),
        (["run", "--port", "1"], 2),
        (["check"], 2),
        (["run"], 2),
    ],
)
async def test_exit_codes(words: list[str], code: int, tmp_path: Path) -> None:
    """0 for what worked, 2 for wrong usage and for settings that cannot serve citizens."""
    assert (await program(*words, folder=tmp_path))[0] == code


async def test_check_names_what_lacks(tmp_path: Path) -> None:
    """Without settings `check` names every key that is missing, and no value."""
    code, said = await program("check", folder=tmp_path)
    assert code == 2
    assert "telegram.token" in said
    assert "sms.gateways" in said
    assert "http.public_url: missing" in said


async def test_run_serves_and_stops_on_sigterm(tmp_path: Path) -> None:
    """`run` polls, answers, reports itself ready, and ends with 0 within its grace."""
    post = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    post.start()
    async with BotApi() as api:
        port = free_port()
        (tmp_path / "config.toml").write_text(
            CONFIG.format(
                folder=tmp_path,
                token=api.token,
                api=api.url,
                port=port,
                smtp=post.port,
                sms="http://127.0.0.1:9",
            )
        )
        assert await program("check", folder=tmp_path) == (
            0,
            "settings, texts, procedures and keys are in order\n",
        )
        running = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        )
        line = (ROOT / "tests/dialogues/forgot_password.jsonl").read_text().splitlines()[0]
        api.hears(json.loads(line))
        async with asyncio.timeout(20):
            await api.until_called("sendMessage", 1)
            async with httpx.AsyncClient() as client:
                ready = await client.get(f"http://127.0.0.1:{port}/readyz")
        assert ready.status_code == 200
        assert api.called("setMyCommands")
        running.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(running.wait(), 15) == 0
    post.stop()


async def test_the_console_alone(tmp_path: Path) -> None:
    """`run --only console` needs no token and no gateway, serves staff, and ends in good order."""
    wrong = '[database]\nurl = "sqlite:///bot.db"\n[keys]\nfile = "keys.json"\n'
    (tmp_path / "config.toml").write_text(wrong)
    code, says = await program("run", "--only", "console", folder=tmp_path)
    assert (code, says.partition(":")[0]) == (2, "console.listen")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    told = f'{wrong}[console]\nlisten = "127.0.0.1:{port}"\npublic_url = "{url}"\n'
    (tmp_path / "config.toml").write_text(told)
    words = [sys.executable, "-m", "bot", "run", "--only", "console"]
    env = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    running = await asyncio.create_subprocess_exec(*words, cwd=tmp_path, env=env)
    async with asyncio.timeout(20), httpx.AsyncClient() as client:
        while True:
            try:
                page = await client.get(f"{url}/sign-in")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    code, says = await program("staff", "add", "an.nguyen", "--role", "admin", folder=tmp_path)
    assert (code, f"{url}/enrol/" in says) == (0, True)
    running.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(running.wait(), 15) == 0
