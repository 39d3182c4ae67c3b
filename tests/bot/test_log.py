"""Logs are JSON a machine can read, and hold nothing a thief can use."""

import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import log

TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
SECRETS = (
    TOKEN,
    f"https://api.telegram.org/bot{TOKEN}/getMe",
    "bot42:short",
    "bot42%3Ashort",
    "0901234567",
    "+84 901 234 567",
    "0901.234.567",
    "012345678901",
    "483920",
    "nam.nguyen@mail.vn",
    "\uff10\uff19\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
)

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Lines]:
    """Set logging up on a file, hand out what was written, put everything back."""
    root, hook, raises = logging.getLogger(), sys.excepthook, logging.raiseExceptions
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    file = tmp_path / "bot.log"
    log.set_up("DEBUG", str(file))
    yield lambda: [json.loads(line) for line in file.read_text("ascii").splitlines()]
    logging.captureWarnings(capture=False)
    for handler in root.handlers:
        handler.close()
    root.handlers, sys.excepthook, logging.raiseExceptions = handlers, hook, raises
    root.setLevel(level)
    structlog.reset_defaults()


def test_own_and_library_logs_look_the_same(lines: Lines) -> None:
    """One object a line with time in UTC, level and logger, whoever wrote it."""
    structlog.get_logger("bot.turn").info("batch", size=3)
    logging.getLogger("a.library").warning("slow %s", "disk")

    own, library = lines()
    assert own["at"].endswith("Z")
    assert {**own, "at": ""} == {
        "at": "",
        "event": "batch",
        "level": "info",
        "logger": "bot.turn",
        "size": 3,
    }
    assert (library["event"], library["level"]) == ("slow disk", "warning")


@pytest.mark.parametrize("secret", SECRETS)
def test_what_must_not_be_written_is_not(secret: str, lines: Lines) -> None:
    """Secrets are hidden in events, values, keys, arguments and exceptions, ours or not."""
    own, library = structlog.get_logger(), logging.getLogger("somebody")
    own.info(f"got {secret}", **{secret: 1}, deep={"list": [(secret, {secret})]}, obj=Path(secret))
    library.warning("got %s and %r", secret, [secret])
    try:
        raise ValueError(secret)  # noqa: TRY301
    except ValueError as error:
        own.exception("failed", error=error)
        library.exception("failed")

    written = json.dumps(lines(), ensure_ascii=False)
    for part in (secret, secret.rpartition(":")[2], secret.rpartition("/")[0] or secret):
        assert part not in written
    assert "ValueError" in written


def test_numbers_are_masked_and_small_ones_stay(lines: Lines) -> None:
    """A chat id or code given as a number is hidden; a count is not."""
    structlog.get_logger().info("x", chat=5_123_456_789, code=483920, n=42, ok=True, took=0.25)

    (line,) = lines()
    assert (line["chat"], line["code"]) == ("[number]", "[number]")
    assert (line["n"], line["ok"], line["took"]) == (42, True, 0.25)


def test_bytes_are_never_shown(lines: Lines) -> None:
    """Keys and sealed rows do not belong into a log."""
    structlog.get_logger().info("x", key=b"0123")

    assert lines()[0]["key"] == "[bytes]"


def test_control_characters_do_not_reach_a_terminal(lines: Lines) -> None:
    """Nobody can forge a line or colour a terminal with what he typed."""
    structlog.get_logger().info('a\n{"event": "forged"}\x1b[31m\x7f\x9b\u202e')

    (line,) = lines()
    assert line["event"].startswith("a\n")


def test_talkative_libraries_are_quiet(lines: Lines) -> None:
    """URLs with the token in them are not even offered to the masks."""
    for name in ("aiohttp.client", "httpx", "httpcore.connection", "telegram.ext"):
        logging.getLogger(name).info("https://…")
    assert lines() == []


def test_warnings_are_logged(lines: Lines) -> None:
    """What Python warns of goes the same way as everything else."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old 0901234567", stacklevel=1)

    assert "[number]" in lines()[0]["event"]


def test_the_file_is_its_owners_only(tmp_path: Path, lines: Lines) -> None:
    """Other accounts of the machine cannot read the log."""
    assert lines() == []
    assert (tmp_path / "bot.log").stat().st_mode & 0o077 == 0


def test_last_words_are_masked_too() -> None:
    """An error nobody caught ends in one JSON line on stderr, without its secrets."""
    program = f"from bot import log; log.set_up(); raise ValueError('bot{TOKEN} 0901234567')"

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    (line,) = done.stderr.splitlines()
    assert done.returncode == 1
    assert json.loads(line)["level"] == "critical"
    assert TOKEN not in line
    assert "0901234567" not in line


@given(st.text(), st.from_regex(r"[0-9]{9,12}|[0-9]{6}", fullmatch=True), st.text())
def test_no_number_of_a_person_or_code_survives(before: str, number: str, after: str) -> None:
    """Whatever stands around it, a number of nine to twelve or of six digits is hidden."""
    assert number not in log.mask(f"{before}{number}{after}")
