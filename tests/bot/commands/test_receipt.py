"""`receipt keys|verify`: a receipt proved with a list of public keys and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot import keys
from bot.papers import receipt, seal
from tests.bot.commands.conftest import Installation, Outcome
from tests.bot.papers.samples import RECEIPT

TOLD = ("VB-7K2M-94QX", "Cấp lại sổ BHXH", "09:05:00 23/11/2026", "Đã gửi")


@pytest.fixture
def text(house: Installation) -> str:
    """A statement that this installation signed."""
    return seal.sign(_seed(house), RECEIPT.statement)


def test_verify_says_what_was_signed(house: Installation, text: str) -> None:
    """A genuine text is told in words, for the reader to compare; no database is made."""
    done = house.run("receipt", "verify", text)
    assert done.code == 0
    assert [words for words in TOLD if words not in done.out] == []
    assert not house.database.exists()


def test_every_form_a_receipt_comes_in(house: Installation, text: str) -> None:
    """The PDF itself, a file with the text, and text that was broken into lines are all read."""
    pdf = _file(house, "receipt.pdf", receipt.pdf(RECEIPT, seed=_seed(house)))
    lines = "\n".join((text[:60], text[60:120], text[120:]))
    for given in (pdf, _file(house, "receipt.txt", lines.encode()), lines):
        assert house.run("receipt", "verify", given).code == 0


def test_elsewhere(house: Installation, text: str) -> None:
    """Who has the list of keys needs neither settings nor a key file; `-` reads what comes in."""
    listed = _file(house, "list", house.run("receipt", "keys").out.encode())
    empty = house.folder / "elsewhere"
    empty.mkdir()
    for given in (f"{text}\n".encode(), receipt.pdf(RECEIPT, seed=_seed(house))):
        words = [sys.executable, "-m", "bot", "receipt", "verify", "-", "--keys", str(listed)]
        path = {"PYTHONPATH": str(Path(receipt.__file__).parents[2])}
        done = subprocess.run(
            words, cwd=empty, env=path, input=given, capture_output=True, check=True
        )
        assert "VB-7K2M-94QX" in done.stdout.decode()
    assert list(empty.iterdir()) == []


def test_what_is_not_genuine(house: Installation, text: str) -> None:
    """A changed, cut or foreign text ends with 1 and says why, but not what it holds."""
    foreign = seal.sign(bytes(32), RECEIPT.statement)
    for given in (f"{text[:-9]}{text[-9:].translate(str.maketrans('A7', '7A'))}X", text[:-1]):
        assert house.run("receipt", "verify", given).code == 1
    for given in (text.replace("VB1", "VC1"), f"x{text}", foreign):
        done = house.run("receipt", "verify", given)
        assert (done.code, done.out, "NOT genuine" in done.err) == (1, "", True)


def test_a_pdf_that_proves_nothing(house: Installation, text: str) -> None:
    """A PDF without a signed text, or with several, is not proved by guessing."""
    other = seal.sign(bytes(32), RECEIPT.statement)
    for name, content in (("none.pdf", ""), ("two.pdf", f"({text}) ({other})")):
        done = house.run("receipt", "verify", _file(house, name, b"%PDF-1.4\n" + content.encode()))
        assert (done.code, "type or scan" in done.err) == (1, True)
    twice = _file(house, "twice.pdf", f"%PDF-1.4\n({text}) ({text})".encode())
    assert house.run("receipt", "verify", twice).code == 0


def test_wrong_usage(house: Installation, text: str) -> None:
    """A file that is not there, or no list of keys, is a mistake of whoever types."""
    bad = _file(house, "bad", b"00000000 AAAA\n")
    binary = _file(house, "binary", b"\xff\xfe")
    assert _usage(house.run("receipt", "verify", "no-such.pdf"), "no such file")
    assert _usage(house.run("receipt", "verify", text, "--keys", "no-such"), "no such file")
    assert _usage(house.run("receipt", "verify", text, "--keys", bad), "line 1")
    assert _usage(house.run("receipt", "verify", text, "--keys", binary), "no text")
    house.keys.unlink()
    for words in (["keys"], ["verify", text]):
        assert _usage(house.run("receipt", *words), "there is no key file")
    assert not house.keys.exists()


def test_a_rotation(house: Installation, text: str) -> None:
    """After a rotation the list has one key more, and earlier receipts are still proved."""
    before = house.run("receipt", "keys").out
    keys.rotate(house.keys, now=1.0)
    after = house.run("receipt", "keys").out
    assert after.startswith(before)
    assert len(after.splitlines()) == 2
    assert house.run("receipt", "verify", text).code == 0
    new = seal.sign(_seed(house), RECEIPT.statement)
    assert house.run("receipt", "verify", new).code == 0
    outdated = house.run("receipt", "verify", new, "--keys", _file(house, "old", before.encode()))
    assert (outdated.code, "get the newest list" in outdated.err) == (1, True)


def test_a_word_of_a_newer_version(house: Installation) -> None:
    """A kind or step that this version has no words for is told as it was signed."""
    statement = seal.Statement("VB-1", "new_kind", 0, "new_step")
    done = house.run("receipt", "verify", seal.sign(_seed(house), statement))
    assert (done.code, "new_kind" in done.out, "new_step" in done.out) == (0, True, True)


def test_no_secret_is_printed(house: Installation) -> None:
    """The list holds public keys: nothing with which a receipt could be signed."""
    seed = _seed(house)
    out = house.run("receipt", "keys").out
    assert seal.read_list(out) == (seal.public_key(seed),)
    assert seal.write_list([seed]).split()[1] not in out


def _seed(house: Installation) -> bytes:
    return seal.seeds(keys.load_or_create(house.keys, now=0.0))[-1]


def _file(house: Installation, name: str, content: bytes) -> Path:
    file = house.folder / name
    file.write_bytes(content)
    return file


def _usage(done: Outcome, says: str) -> bool:
    return (done.code, says in done.err) == (2, True)
