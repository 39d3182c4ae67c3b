"""House rules that no linter can say; each failure tells what to do instead."""

import ast
import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "flows", "storage")
FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))

# Who may be imported by whom; nothing runs uphill.
BELOW = {"bot": {"bot", "flows", "storage"}, "flows": {"flows"}, "storage": {"storage"}}

# One home for each given package, so that changing it means changing one place.
HOMES = {
    "aiohttp": ["bot/pool.py"],
    "aiosqlite": ["storage/sqlite/*", "storage/sqlite.py"],
    "asyncpg": ["storage/postgres/*"],
    "email_validator": ["flows/checks/email.py"],
    "fpdf": ["bot/papers/pen.py"],
    "holidays": ["bot/workdays.py"],
    "phonenumbers": ["flows/checks/phone.py"],
    "PIL": ["bot/photos.py"],
    "pyotp": ["bot/codes.py", "bot/console/totp.py"],
    "segno": ["bot/papers/sheet.py", "bot/console/totp.py"],
    "telegram": ["bot/channels/telegram*.py"],
    "transitions": ["flows/machine.py"],
}

# What a pure function has no use for.
OUTSIDE = {"asyncio", "http", "io", "logging", "os", "pathlib", "random", "secrets", "shutil"}
OUTSIDE |= {"socket", "sqlite3", "structlog", "subprocess", "tempfile", "threading", "time"}
OUTSIDE |= {"urllib", "uuid"}
IMPURE_CALLS = {"open", "print", "input", "now", "utcnow", "today", "read_text", "write_text"}

# Letters no other alphabet has; hardly a Vietnamese sentence does without one of them.
VIETNAMESE = re.compile("[\u0103\u0111\u01a1\u01b0\u1ea0-\u1ef9]", re.IGNORECASE)

LONGEST_FILE = 250
LONGEST_FUNCTION = 40

pytestmark = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))


class Import(NamedTuple):
    """One imported module, by its full name, and the line that does it."""

    line: int
    module: str

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


def test_imports_run_downhill(file: Path) -> None:
    """The bot may import flows and storage; these know nothing of each other or of bot."""
    room = _name(file).partition("/")[0]
    wrong = [at for at in _imports(file) if at.top in ROOMS and at.top not in BELOW[room]]
    assert not wrong, f"{_name(file)}: {room}/ may not import {wrong}; hand the value in from bot/"


def test_each_given_package_has_one_home(file: Path) -> None:
    """A given package is imported where it lives and nowhere else."""
    for at in _imports(file):
        homes = HOMES.get(at.top, ["*"])
        assert any(fnmatch(_name(file), home) for home in homes), (
            f"{_name(file)}:{at.line}: {at.top} lives in {homes[0]}; call what stands there"
        )


def test_what_is_imported_is_declared(file: Path) -> None:
    """Every library in use stands in pyproject.toml by itself, not by luck of another."""
    for at in _imports(file):
        if at.top not in ROOMS and at.top not in sys.stdlib_module_names:
            assert _distributions(at.top) & _declared(), (
                f"{_name(file)}:{at.line}: declare what brings {at.top} in pyproject.toml,"
                " with the reason, then `python3 run.py lock`"
            )


def test_flows_are_pure(file: Path) -> None:
    """A flow has no clock, no randomness, no I/O and nothing to wait for."""
    if not _name(file).startswith("flows/"):
        return
    wrong = [at for at in _imports(file) if at.top in OUTSIDE]
    assert not wrong, f"{_name(file)}: {wrong}: return an effect, or take the value as a fact"
    for node in ast.walk(_tree(file)):
        where = f"{_name(file)}:{getattr(node, 'lineno', 0)}"
        assert not isinstance(
            node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith
        ), f"{where}: a flow waits for nothing; return an effect"
        if isinstance(node, ast.Call):
            assert _called(node) not in IMPURE_CALLS, (
                f"{where}: {_called(node)}() looks outside; take the value as a fact"
            )


def test_what_people_read_is_not_in_python(file: Path) -> None:
    """Vietnamese stands in text files; Python holds keys."""
    tree = _tree(file)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            spoken = VIETNAMESE.search(unicodedata.normalize("NFC", node.value))
            assert id(node) in prose or not spoken, (
                f"{_name(file)}:{node.lineno}: move this to a text file and say it by its key"
            )


def test_files_and_functions_fit_the_eye(file: Path) -> None:
    """A file is read in one sitting, a function at one glance."""
    lines = len(_source(file).splitlines())
    assert lines <= LONGEST_FILE, (
        f"{_name(file)}: {lines} lines; what in it is a thing of its own? Give that a file"
    )
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, (
                f"{_name(file)}:{node.lineno}: {node.name} has {length} lines;"
                " name the steps in it and let them be functions"
            )


def test_every_file_says_what_it_is_for(file: Path) -> None:
    """A module with code in it begins with its purpose."""
    tree = _tree(file)
    assert not tree.body or ast.get_docstring(tree), (
        f"{_name(file)}: say in a docstring what this file is for and what it refuses to do"
    )


def _imports(file: Path) -> Iterator[Import]:
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(file)}:{node.lineno}: write the import in full"
            yield Import(node.lineno, node.module or "")


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


@cache
def _declared() -> frozenset[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = (re.match(r"[\w.-]+", need) for need in project["dependencies"])
    return frozenset(_plain(name[0]) for name in names if name)


def _distributions(module: str) -> set[str]:
    return {_plain(name) for name in _installed().get(module, [])}


@cache
def _installed() -> dict[str, list[str]]:
    return dict(packages_distributions())


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def _source(file: Path) -> str:
    return file.read_text("utf-8")


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(_source(file))
