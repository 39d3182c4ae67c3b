"""After whole dialogues no file holds a code, a password or a personal datum, in any spelling."""

import base64
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import structlog

from bot.log import set_up
from bot.notifier.parcel import Later
from bot.passwords import token_hash
from bot.web import rules
from bot.web.sign_in import attempt
from flows.model import Event, web
from storage.base import Password
from tests.bot.procedures.walks import (
    NEW,
    NEW_MAIL,
    NEWER,
    adds_email,
    asks_for_both,
    changes_phone,
    undo_code,
)
from tests.bot.test_batches import POISON, with_bug
from tests.bot.test_page import CHOSEN, LINKS, chooses, tokens
from tests.bot.town import HUNG, LAN, LINK, MAI, NOBODY, Town, incoming

TYPED_PASSWORD = "Matkhau-Bimat123!"


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """All logs of the run, at their most talkative, in one file."""
    former = structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    file = tmp_path / "data" / "bot.log"
    file.parent.mkdir()
    set_up("DEBUG", str(file))
    yield file
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    logging.basicConfig(handlers=handlers, level=level, force=True)
    logging.captureWarnings(capture=False)
    structlog.configure(**former)


async def _success(town: Town) -> list[str]:
    lan = town.citizen("telegram:1")
    await lan.recovers()
    await town.citizen("telegram:2").recovers(MAI)
    return [
        *town.codes_for(LAN.phone),
        *town.passwords_for(LAN.phone),
        *town.codes_for(MAI.email),
        *town.passwords_for(MAI.email),
    ]


async def _failures(town: Town) -> list[str]:
    """Wrong codes, a forwarded one, a password typed, a gateway in trouble, a decoy."""
    town.sms.answers(Later("busy")).then(ValueError(LAN.phone))
    lan = town.citizen("telegram:3")
    await lan.asks_for_a_code(HUNG)
    town.clock.pass_(5)
    await town.deliver()
    town.clock.pass_(60)
    await lan.taps("Gửi lại mã")
    await lan.says(town.code_for(HUNG.phone), fresh=False)
    await lan.says(f"{town.code_for(HUNG.phone)} 999111", TYPED_PASSWORD)
    await lan.guesses_wrong(5, HUNG.phone)
    await town.citizen("telegram:4").asks_for_a_code(NOBODY)
    return [*town.codes_for(HUNG.phone), TYPED_PASSWORD]


async def _poison(town: Town) -> list[str]:
    async with with_bug(town) as engine:
        await engine.batches.put(incoming("telegram:5", Event("text", POISON)))
    return ["thuốc độc", "0123456789"]


async def test_no_secret_in_any_file(tmp_path: Path, log_file: Path) -> None:
    """Success, failures, poison, notices: nothing of them can be read in any file."""
    town = Town(tmp_path / "town", on_disk=True)
    async with town:
        secrets = [*await _success(town), *await _failures(town), *await _poison(town)]
        # Also while everything is open: the -wal holds what the database does not yet.
        _examine(town.database.parent, log_file, secrets)
    assert len(secrets) >= 8
    _examine(town.database.parent, log_file, secrets)


async def test_no_secret_of_a_page(tmp_path: Path, log_file: Path) -> None:
    """With passwords chosen on a page, its token is nowhere but in the message."""
    town = Town(tmp_path / "town", on_disk=True, settings=LINKS)
    async with town:
        lan = town.citizen("telegram:1")
        await lan.recovers()
        (token,) = tokens(town)
        unused = town.citizen("telegram:2")
        await unused.recovers(HUNG)
        secrets = [token, *tokens(town, HUNG.phone), *town.codes_for(LAN.phone)]
        assert await chooses(town, lan, token, CHOSEN)
        event = incoming("telegram:1", Event(web("chosen"), "again"))
        await town.engine.batches.put(event)
    _examine(town.database.parent, log_file, secrets)


async def _signs_in(town: Town) -> list[str]:
    """A page that asks for the password: the token, a wrong password, the right one."""
    wrong, right = "sai-mat-khau-canary", "dung-mat-khau-canary"
    account = town.store.index("bhxh", MAI.bhxh_number)
    password = Password(account, rules.hashed(right), None, must_change=False)
    async with town.store.unit(now=town.clock.now()) as unit:
        await unit.set_passwords([password])
    mai = town.citizen("telegram:4")
    await mai.says("thêm email", "đồng ý", MAI.bhxh_number, "dùng mật khẩu")
    found = LINK.search(mai.last.text)
    assert found
    token = token_hash(found[1])
    async with town.store.unit(now=town.clock.now()) as unit:
        page = (await unit.pages([token]))[token]
    became = [await attempt(town.engine, page, typed) for typed in (wrong, right)]
    assert became == ["wrong", "signed_in"]
    await town.deliver()
    await mai.says("nham@example.com", "ghi nhận")
    await mai.says(town.code_for("nham@example.com"))
    return [wrong, right, found[1], "nham@example.com"]


async def test_no_secret_of_a_changed_contact(tmp_path: Path, log_file: Path) -> None:
    """Old and new contacts, codes, undo codes, passwords: none of them can be read in any file."""
    town = Town(tmp_path / "town", on_disk=True)
    async with town:
        await adds_email(town.citizen("telegram:1"), LAN)
        await changes_phone(town.citizen("telegram:2"), HUNG)
        await asks_for_both(town.citizen("telegram:3"), NOBODY, NEWER)
        undo = [undo_code(town, person.phone) for person in (LAN, HUNG)]
        page = await _signs_in(town)
        await town.citizen("telegram:5").says(f"KHÔNG {undo[0]}")
        codes = [code for to in (LAN.phone, HUNG.phone, NEW) for code in town.codes_for(to)]
        codes += [*town.codes_for(NEW_MAIL), *town.codes_for("nham@example.com")]
        secrets = [*codes, *undo, *page, NEW_MAIL, *_spellings(NEW), *_spellings(NEWER)]
        _examine(town.database.parent, log_file, secrets)
    assert len(codes) >= 5
    _examine(town.database.parent, log_file, secrets)


async def test_the_search_finds(tmp_path: Path) -> None:
    """The search would find each spelling, were it there."""
    file = tmp_path / "a file"
    for needle in _needles(["735984"]):
        file.write_bytes(b"\0\1" + needle + b"\2")
        assert _found(file, ["735984"]), needle
    file.write_bytes(b"nothing of the kind")
    assert not _found(file, ["735984"])


def _examine(folder: Path, log_file: Path, secrets: list[str]) -> None:
    data = [*secrets, *_personal()]
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "keys.json"]
    assert {file.name for file in files} >= {"town.db"}
    for file in (*files, log_file):
        assert file.exists()
        found = _found(file, data)
        assert not found, (file.name, found)


def _personal() -> Iterator[str]:
    for person in (LAN, HUNG, MAI, NOBODY):
        yield from (person.bhxh_number, person.national_id, person.full_name, person.birth_date)
        yield from (person.email, person.agency)
        if person.phone:
            yield from _spellings(person.phone)


def _spellings(phone: str) -> Iterator[str]:
    national = "0" + phone.removeprefix("+84")
    yield from (phone, phone.removeprefix("+"), national, national[1:])
    yield f"{national[:4]} {national[4:7]} {national[7:]}"
    yield f"{national[:4]}.{national[4:7]}.{national[7:]}"


def _found(file: Path, secrets: Iterable[str]) -> list[bytes]:
    content = file.read_bytes()
    folded = content.lower()
    needles = list(_needles(secret for secret in secrets if secret))
    return [needle for needle in needles if needle in content or needle.lower() in folded]


def _needles(secrets: Iterable[str]) -> Iterator[bytes]:
    """A secret in every spelling in which a file could hold it."""
    for secret in secrets:
        raw = secret.encode()
        yield raw
        yield secret.encode("utf-16-le")
        yield secret.encode("utf-16-be")
        yield raw.hex().encode()
        yield secret.encode("unicode_escape")
        for shift in range(3):
            # The letters that depend on nothing but the secret, whatever stands around it.
            encoded = base64.b64encode(b"\0" * shift + raw)
            start, end = (0, 2, 3)[shift], -4 if (shift + len(raw)) % 3 else None
            if len(core := encoded[start:end]) >= 7:
                yield core
                yield core.translate(bytes.maketrans(b"+/", b"-_"))
