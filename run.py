#!/usr/bin/env python3
"""Makes the environment from the hash-pinned lock, then starts what was asked for.

    python3 run.py demo [...]   the local demo, or any other vssid-bot command
    python3 run.py check        format, lint and types
    python3 run.py test [...]   check, then the tests; words go to pytest
    python3 run.py bench [...]  the benchmarks
    python3 run.py lock         write all lock files anew from pyproject.toml

Needs Python 3.11 with venv, and the network the first time only. It installs nothing
outside this folder and refuses whatever does not match the lock.
"""

from __future__ import annotations  # so that an old Python reaches the message below

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
RUNTIME = (".venv", "requirements.lock")
DEVELOPMENT = (".venv-dev", "requirements-dev.lock")
BENCHMARKS = (".venv-bench", "requirements-bench.lock")
CHECKS = (["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"])
SAFE = "--require-hashes --only-binary :all:"
PIP = f"-m pip --disable-pip-version-check install -q {SAFE} --no-deps -r"
NO_VENV = "No environment could be made. On Debian or Ubuntu: apt install python3-venv"
NO_NETWORK = "could not be installed; is the network there?"
LOCK = "pip compile -q -U --universal --python-version 3.11 --generate-hashes --no-header"
LOCK += " --no-annotate --no-emit-index-url pyproject.toml --group build"


def main(words: list[str]) -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    if not words or words[0] in {"-h", "--help"}:
        print(__doc__)
        return
    word, *rest = words
    if word == "lock":
        lock(environment(*DEVELOPMENT))
    elif word in {"check", "test"}:
        tests = ["pytest", "-n", "2", "--dist", "loadgroup", *rest]
        check(environment(*DEVELOPMENT), [tests] if word == "test" else [])
    elif word == "bench":
        os.chdir(ROOT)
        become(environment(*BENCHMARKS), "benchmarks", *rest)
    else:
        become(environment(*RUNTIME), "bot", *words)


def check(python: Path, more: list[list[str]]) -> None:
    """Every tool has its say, so that one run shows all there is to mend."""
    failed = [tool[0] for tool in [*CHECKS, *more] if call([python, "-m", *tool])]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}.")


def lock(python: Path) -> None:
    """All files at once, so that the tests run on what the demo runs on."""
    uv = find_uv(python.parent.parent)
    wanted = {RUNTIME[1]: "", DEVELOPMENT[1]: " --group dev", BENCHMARKS[1]: " --extra bench"}
    for file, more in wanted.items():
        must([uv, *(LOCK + more).split(), "-o", file], "The lock could not be made.")


def environment(folder: str, lock_file: str) -> Path:
    """Return the environment's python, making it first if it is absent or out of date."""
    home, pins = ROOT / folder, (ROOT / lock_file).read_text("utf-8")
    python, stamp = home / "bin" / "python", home / "made-from"
    wanted = hashlib.sha256("\0".join((pins, str(ROOT), sys.version)).encode()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    print(f"Making {folder} from {lock_file} (the first time only) ...", file=sys.stderr)
    stamp.unlink(missing_ok=True)
    must([sys.executable, "-m", "venv", "--clear", home], NO_VENV)
    uv = find_uv(home, pins)
    quiet = ["-q", "--python", str(python)]
    if call([uv, "pip", "sync", *quiet, *SAFE.split(), lock_file]):
        print("uv found no way; pip may know another index ...", file=sys.stderr)
        must([python, *PIP.split(), lock_file], f"{lock_file} {NO_NETWORK}")
    own = [uv, "pip", "install", *quiet, "--offline", "--no-deps", "--no-build-isolation"]
    must([*own, "-e", "."], "The project itself could not be installed.")
    stamp.write_text(wanted, "utf-8")
    return python


def find_uv(home: Path, pins: str = "") -> str:
    """Return uv: the one on PATH, or the pinned one, put into the environment by pip."""
    own = home / "bin" / "uv"
    if found := shutil.which("uv"):
        return found
    if pins and not own.exists():
        (home / "uv.txt").write_text(re.findall(r"^uv==.*(?:\n .*)*", pins, re.MULTILINE)[0])
        must([home / "bin" / "python", *PIP.split(), home / "uv.txt"], f"uv {NO_NETWORK}")
    return str(own)


def must(command: Sequence[str | Path], otherwise: str) -> None:
    """Run a command; where it fails, end with the remedy below what it said itself."""
    if call(command):
        sys.exit(otherwise)


def call(command: Sequence[str | Path]) -> int:
    os.environ |= {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "true"}
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode


def become(python: Path, module: str, *words: str) -> None:
    """Give this process away, so that signals reach the program itself."""
    sys.stdout.flush()
    os.execv(python, [str(python), "-m", module, *words])  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
