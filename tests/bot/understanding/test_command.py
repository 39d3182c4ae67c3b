"""`vssid-bot understand` as other programs use it."""

import json
import subprocess
import sys
from datetime import datetime, timedelta

from bot.clock import SteadyClock
from bot.commands.understand import understand
from flows.dossier_dates import ZONE

_RUN = f"""
from cyclopts import App
app = App()
app.command({understand.__module__ + ":understand"!r}, name="understand")
import sys
from datetime import datetime, timedelta
app(sys.argv[1:])
"""


def _answers(asked: bytes, *options: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _RUN, "understand", *options],
        input=asked,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().splitlines()


def test_one_answer_for_each_line() -> None:
    """As many lines out as in, empty and broken ones too; the keys are those of the contract."""
    asked = "em quên mật khẩu\n\nmất sim\n".encode() + b"\xff\xfe xx\nlast one"
    answers = [json.loads(line) for line in _answers(asked, "--json")]
    assert len(answers) == 5
    assert all({"intent", "runner_up", "confidence", "asks"} <= set(one) for one in answers)
    assert [one["intent"] for one in answers][::2][:2] == ["forgot_password", "lost_phone"]


def test_a_slot_instead() -> None:
    """With --slot the value, or INVALID."""
    asked = "số em 0987 112 233\nkhông nhớ\n".encode()
    assert _answers(asked, "--slot", "phone") == ["0987112233", "INVALID"]
    as_json = _answers(asked, "--json", "--slot", "phone")
    assert [json.loads(line) for line in as_json] == [
        {"value": "0987112233"},
        {"value": "INVALID"},
    ]


def test_nobody_is_born_after_today() -> None:
    """A date that has not come yet is no birth date."""
    today = datetime.fromtimestamp(SteadyClock().now(), ZONE).date()
    asked = f"{today - timedelta(days=1):%d/%m/%Y}\n{today + timedelta(days=2):%d/%m/%Y}\n"
    answers = _answers(asked.encode(), "--slot", "date")
    assert answers == [f"{today - timedelta(days=1)}", "INVALID"]
