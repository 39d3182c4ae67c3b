"""The documents tell the truth: links lead somewhere, names exist, the example runs."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from bot.config import keys

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
HOW_TO = ROOT / "docs/how-to/add-a-procedure.md"
# Pages that other commands write; until they have, a link to them leads nowhere yet.
GENERATED = {ROOT / "docs/performance.md"}

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
FILE_BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND_HEADING = re.compile(r"^## `(\w+)", re.MULTILINE)
NOT_HERE = re.compile(r"/(?:tmp|home|root|srv)/\w|/Users/\w")

each_document = pytest.mark.parametrize("file", DOCS, ids=lambda file: str(file.relative_to(ROOT)))


@each_document
def test_every_link_leads_somewhere(file: Path) -> None:
    """A link inside the project names a file that exists and a heading that is in it."""
    for target in LINK.findall(FENCE.sub("", file.read_text("utf-8"))):
        if re.match(r"\w+:", target):
            continue
        name, _, heading = target.partition("#")
        there = (file.parent / name).resolve() if name else file
        assert there.exists() or there in GENERATED, f"{target}: no such file"
        if heading:
            assert heading in _anchors(there), f"{target}: no such heading"


@each_document
def test_no_document_names_a_place_on_somebodys_machine(file: Path) -> None:
    """Paths are given from the project's folder."""
    found = NOT_HERE.search(file.read_text("utf-8"))
    assert not found, f"{found[0] if found else ''}...: write it from the project's folder"


@each_document
def test_every_setting_that_is_named_exists(file: Path) -> None:
    """`section.key` in a document is a key of the settings, unless it is a file's name."""
    known = set(keys())
    sections = {key.partition(".")[0] for key in known}
    for section, name in re.findall(r"`(\w+)\.(\w+)`", file.read_text("utf-8")):
        if section in sections and name not in {"py", "toml", "json", "md"}:
            assert f"{section}.{name}" in known, f"{section}.{name}: no such key"


def test_every_command_is_described() -> None:
    """The reference has one heading for each command of the program, and no other."""
    page = (ROOT / "docs/reference/commands.md").read_text("utf-8")
    assert sorted(COMMAND_HEADING.findall(page)) == sorted(COMMANDS)


@each_document
def test_commands_in_examples_exist(file: Path) -> None:
    """What stands behind `vssid-bot` or `run.py` in an example can be typed."""
    text = file.read_text("utf-8")
    typed = {*re.findall(r"(?:vssid-bot|run\.py) ([a-z]\w*)", "\n".join(_code(text)))}
    unknown = typed - COMMANDS.keys() - {"test", "check", "bench", "lock"}
    assert not unknown, f"no such command: {', '.join(sorted(unknown))}"


def test_the_example_of_the_how_to_runs(tmp_path: Path) -> None:
    """The three files of the how-to, put into a copy, pass their own test and the whole walk."""
    blocks = dict(FILE_BLOCK.findall(HOW_TO.read_text("utf-8")))
    assert [Path(name).suffix for name in blocks] == [".py", ".toml", ".py"]
    for room in ("flows", "tests/flows"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tests/__init__.py", "tests/play.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name, block in blocks.items():
        assert not (tmp_path / name).exists(), f"{name} is part of the product now"
        (tmp_path / name).write_text(block, "utf-8")
    (name,) = (Path(name).stem for name in blocks if name.endswith(".toml"))
    tests = [name for name in blocks if name.startswith("tests/")]
    walk = f"tests/flows/test_every_flow.py::test_every_step_obeys_every_law[{name}]"
    result = _pytest(tmp_path, *tests, walk)
    assert result.returncode == 0, result.stdout[-4000:]


def _pytest(folder: Path, *files: str) -> "subprocess.CompletedProcess[str]":
    """Run these tests on the `flows` of `folder` and on everything else as it is."""
    quiet = ["-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, f"--rootdir={folder}", *files],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


def _code(text: str) -> Iterator[str]:
    yield from chain(FENCE.findall(text), re.findall(r"`[^`\n]+`", FENCE.sub("", text)))


def _anchors(file: Path) -> set[str]:
    """The names by which headings are linked: small letters, words joined by dashes."""
    titles = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
