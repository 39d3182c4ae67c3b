"""`dossier list|show|decide`: what officers see, what they may not see, and who won."""

import asyncio
import stat
import sys
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from msgspec.structs import replace

from bot.commands import dossier as command
from bot.commands.opening import Opened
from bot.dossiers import Decision
from bot.requests import Form, write_form
from flows import dossier as graph
from storage.base import Backlog, Dossier, Edge, Person, Photo
from tests.bot.commands.conftest import Installation, Outcome

DAY = 86_400
LAN = Person(
    "7900000001", "079085000001", "Nguyễn Thị Lan", "1960-03-12", "+84900000101", "lan@example.vn"
)
AS_AN = ("--as", "an.nguyen")
REF, REVIEW = "HS-261122-AAAAAA", "HS-261122-BBBBBB"
ANSWERS = {
    "thing": "book",
    "cause": "lost",
    "full_name": "Nguyễn Thị Lan",
    "national_id": "079085000001",
    "address": "12 Lê Lợi, Huế",
}
LINES = (
    "1. Lý do: Bị mất",
    "2. Họ tên: Nguyễn Thị Lan",
    "3. Số căn cước: ..0001",
    "4. Ảnh đã nhận: 2",
    "5. Nhận qua bưu điện: 12 Lê Lợi, Huế",
)
PERSONAL = (
    "Nguyễn",
    "Lê Lợi",
    "079085000001",
    "0001\n",
    "lan@example.vn",
    "900000101",
    "7900000001",
)


@pytest.fixture
def agency(house: Installation) -> Installation:
    """Two officers, a book that was asked for and a phone that is to be reviewed."""
    with house.config.open("a", encoding="utf-8") as config:
        config.write('[dossiers]\nofficers = ["an.nguyen", "binh.tran"]\n')
    house.ask(_handed_in)
    return house


async def _handed_in(here: Opened) -> None:
    await here.store.add_members([LAN])
    now, account = here.clock.now(), here.store.index("bhxh", LAN.bhxh_number)
    book = Dossier(
        ref=REF,
        kind="reissue_book",
        account=account,
        chat="telegram:7",
        lang="vi",
        state="submitted",
        version=1,
        is_open=True,
        opened_at=now - 3 * DAY,
        due_at=now - DAY,
        paused_at=None,
        form=write_form(Form(ANSWERS, lines=LINES)),
    )
    phone = Form({"phone": "+84912345678"}, lines=("1. Số mới: 09xx xxx 678",))
    review = replace(
        book, ref=REVIEW, kind="phone_review", due_at=now + 9 * DAY, form=write_form(phone)
    )
    async with here.store.unit(now=now) as unit:
        await unit.save_dossiers([book, review])
        opened = Edge(REF, 1, now - 3 * DAY, "draft", "submitted", "citizen", "")
        await unit.add_edges([opened, replace(opened, ref=REVIEW)])
        shots = [
            Photo(f"p{n}", "telegram:7", 1, REF, now, b"\xff\xd8" + bytes([n])) for n in (1, 2)
        ]
        await unit.add_photos(shots)


def _decide(
    agency: Installation, step: str, officer: str = "an.nguyen", *words: str, ref: str = REF
) -> Outcome:
    return agency.run("dossier", "decide", ref, step, "--as", officer, *words)


def _read(agency: Installation, ref: str = REF) -> tuple[Dossier, list[Edge]]:
    async def look(here: Opened) -> tuple[Dossier, list[Edge]]:
        async with here.store.unit(now=here.clock.now()) as unit:
            return (await unit.dossiers([ref]))[ref], await unit.edges([ref])

    return agency.ask(look)


def _acts(agency: Installation) -> list[str]:
    async def look(here: Opened) -> list[str]:
        rows = await here.store._look(  # type: ignore[attr-defined]
            lambda db: db.execute("SELECT kind, detail FROM audit ORDER BY seq").fetchall()
        )
        return [" ".join(row) for row in rows]

    return agency.ask(look)


def _backlog(agency: Installation) -> Backlog:
    async def look(here: Opened) -> Backlog:
        return await here.store.backlog(now=here.clock.now())

    return agency.ask(look)


# --- list -----------------------------------------------------------------------------


def test_nothing_is_there(house: Installation) -> None:
    """An empty installation has no dossiers, and that is no failure."""
    done = house.run("dossier", "list")
    assert (done.code, done.out) == (0, "no dossiers\n")


def test_list(agency: Installation) -> None:
    """What is due first comes first, with its day in Vietnamese, late ones in words, no names."""
    done = agency.run("dossier", "list")
    head, first, second = done.out.splitlines()
    assert head.split() == ["REFERENCE", "KIND", "STATE", "OPENED", "DUE", "WAITS", "FOR"]
    assert first.startswith(REF)
    assert "OVERDUE" in first
    assert second.startswith(REVIEW)
    assert "OVERDUE" not in second
    assert all("an officer" in line for line in (first, second))
    assert all(("thứ " in line or "Chủ" in line or "chủ" in line) for line in (first, second))
    assert not [word for word in PERSONAL if word in done.out]


def test_list_chooses(agency: Installation) -> None:
    """By kind and state; a limit that cuts says so; ended ones only if they are asked for."""
    assert REF not in agency.run("dossier", "list", "--kind", "phone_review").out
    cut = agency.run("dossier", "list", "--limit", "1")
    assert (REF in cut.out, REVIEW in cut.out, "there are more" in cut.err) == (True, False, True)
    cut = agency.run("dossier", "list", "--kind", "phone_review", "--limit", "1")
    assert (REVIEW in cut.out, cut.err) == (True, "")
    _decide(agency, "receive")
    _decide(agency, "reject", "an.nguyen", "--why", "Sổ cũ còn dùng được.")
    assert REF not in agency.run("dossier", "list").out
    ended = agency.run("dossier", "list", "--state", "rejected", "--state", "resolved").out
    assert (REF in ended, REVIEW in ended, "nobody" in ended) == (True, False, True)
    for wrong in (("--state", "lost"), ("--kind", "x"), ("--limit", "0"), ("--limit", "-1")):
        assert agency.run("dossier", "list", *wrong).code == 2


def test_list_goes_on(agency: Installation) -> None:
    """A page that is cut names the reference to go on behind; the next one begins there."""
    first = agency.run("dossier", "list", "--limit", "1")
    assert f"--after {REF}" in first.err
    second = agency.run("dossier", "list", "--limit", "1", "--after", REF.lower())
    assert (REVIEW in second.out, REF in second.out, second.err) == (True, False, "")
    assert agency.run("dossier", "list", "--after", REVIEW).out == "no dossiers\n"
    unknown = agency.run("dossier", "list", "--after", "HS-000000-ZZZZZZ")
    assert (unknown.code, "no dossier" in unknown.err) == (1, True)


def test_a_kind_among_many_others(agency: Installation) -> None:
    """The only one of its kind is found behind more of another kind than a page holds."""

    async def many(here: Opened) -> None:
        async with here.store.unit(now=here.clock.now()) as unit:
            row = (await unit.dossiers([REF]))[REF]
            others = [
                replace(row, ref=f"HS-1-{n:05}", account=b"%016d" % n, due_at=0.0)
                for n in range(command.MOST)
            ]
            await unit.save_dossiers(others)

    agency.ask(many)
    done = agency.run("dossier", "list", "--kind", "phone_review", "--limit", "1")
    assert (REVIEW in done.out, done.err) == (True, "")


def test_list_says_whose_turn_it_is(agency: Installation) -> None:
    """The citizen, an officer, or another officer than the one who has approved."""
    _decide(agency, "receive")
    _decide(agency, "ask", "an.nguyen", "--why", "Ông/bà mất sổ ở đâu?")
    _decide(agency, "review", ref=REVIEW)
    _decide(agency, "approve", ref=REVIEW)
    told = {line.split()[0]: line for line in agency.run("dossier", "list").out.splitlines()}
    assert told[REF].endswith("the citizen")
    assert "stands still since" in told[REF]
    assert told[REVIEW].endswith("another officer than an.nguyen")


# --- show -----------------------------------------------------------------------------


def test_show_masks(agency: Installation) -> None:
    """Answers as they were read, without what says who it is; history and next steps."""
    done = agency.run("dossier", "show", REF.lower())
    assert done.code == 0
    assert not [word for word in PERSONAL if word in done.out]
    for told in ("1. Lý do: Bị mất", "2. Họ tên: .....", "4. Ảnh đã nhận: 2", "photos     2"):
        assert told in done.out
    assert "next       receive, review" in done.out
    assert "draft -> submitted  by citizen" in done.out
    assert [act for act in _acts(agency) if act.startswith("dossier.")] == []
    masked = agency.run("dossier", "show", REVIEW).out
    assert "1. Số mới: 09xx xxx 678" in masked


def test_show_in_full_leaves_a_record(agency: Installation) -> None:
    """Everything, once somebody has said why; the reason is kept, without its numbers."""
    refused = agency.run("dossier", "show", REF, "--reveal")
    assert (refused.code, refused.out, "--why" in refused.err) == (2, "", True)
    assert agency.run("dossier", "show", REF, "--reveal", *AS_AN, "--why", " ").code == 2
    why = ("--why", "compare with 0912345678")
    done = agency.run("dossier", "show", REF, "--reveal", *AS_AN, *why)
    assert all(word in done.out for word in (*LINES, "079085000001", "lan@example.vn"))
    (record,) = [act for act in _acts(agency) if act.startswith("dossier.revealed")]
    assert record == f"dossier.revealed {REF} answers: compare with ........78"


def test_who_looked_is_named(agency: Installation) -> None:
    """The record is the officer's own, not the operator's, and names the account looked at."""
    words = ("dossier", "show", REF, "--reveal", "--why", "a complaint")
    for name in ("", "mallory", "citizen", "operator"):
        done = agency.run(*words, "--as", name)
        assert (done.code, done.out) == (2, "")
    assert agency.run(*words).code == 2
    assert _acts(agency) == []
    assert agency.run(*words, "--as", "binh.tran").code == 0
    assert _who(agency, "dossier.revealed") == [("binh.tran", True)]


def _who(agency: Installation, kind: str) -> list[tuple[str, bool]]:
    """Who did such things, and whether to the account of the dossier."""

    async def look(here: Opened) -> list[tuple[str, bool]]:
        rows = await here.store._look(  # type: ignore[attr-defined]
            lambda db: db.execute("SELECT kind, who, account FROM audit ORDER BY seq").fetchall()
        )
        account = here.store.index("bhxh", LAN.bhxh_number)
        return [(who, whose == account) for which, who, whose in rows if which == kind]

    return agency.ask(look)


def test_show_history(agency: Installation) -> None:
    """Who did what and why; what a citizen answered only in full."""
    _decide(agency, "receive")
    _decide(agency, "ask", "binh.tran", "--why", "Gọi lại số 0912345678 được không?")
    masked = agency.run("dossier", "show", REF).out
    assert "received -> needs_info  by binh.tran" in masked
    assert "0912345678" not in masked
    assert "Gọi lại số" in masked
    assert "waits for  the citizen" in masked
    full = agency.run("dossier", "show", REF, "--reveal", *AS_AN, "--why", "a complaint").out
    assert "Gọi lại số 0912345678 được không?" in full


def test_show_the_photos(agency: Installation) -> None:
    """The pictures, into new files that only their owner can read, and a record of it."""
    folder = agency.folder / "pictures"
    assert agency.run("dossier", "show", REF, "--photos", folder).code == 2
    assert not folder.exists()
    why = (*AS_AN, "--why", "is the book damaged")
    words = ("dossier", "show", REF, "--photos", folder, *why)
    assert agency.run(*words).code == 0
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"{REF}-photo-1.jpg", f"{REF}-photo-2.jpg"]
    assert [file.read_bytes()[-1] for file in files] == [1, 2]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    again = agency.run(*words)
    assert (again.code, "nothing is overwritten" in again.err) == (1, True)
    records = [act for act in _acts(agency) if act.startswith("dossier.revealed")]
    assert records == [f"dossier.revealed {REF} photos: is the book damaged"] * 2


@pytest.mark.parametrize(("ref", "papers"), [(REF, ["receipt", "tk1_ts"]), (REVIEW, ["receipt"])])
def test_show_the_papers(agency: Installation, ref: str, papers: list[str]) -> None:
    """The PDFs that belong to this kind, into new files that only their owner can read."""
    folder = agency.folder / "papers"
    why = (*AS_AN, "--why", "for the archive")
    done = agency.run("dossier", "show", ref, "--papers", folder, *why)
    assert done.code == 0
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"{ref}-{name}.pdf" for name in papers]
    assert all(file.read_bytes().startswith(b"%PDF-") for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_show_nothing(agency: Installation) -> None:
    """A reference that nobody has is said to be none, and leaves no record."""
    done = agency.run("dossier", "show", "HS-000000-ZZZZZZ", "--reveal", *AS_AN, "--why", "x")
    assert (done.code, done.out) == (1, "")
    assert _acts(agency) == []


def test_no_text_steers_the_terminal(agency: Installation) -> None:
    """Whatever a citizen has typed, an officer's terminal only shows it."""

    async def typed(here: Opened) -> None:
        async with here.store.unit(now=here.clock.now()) as unit:
            row = (await unit.dossiers([REF]))[REF]
            nasty = Form({"address": "\x1b[2J"}, replies=("a\x1b]0;x\x07\nhistory",), lines=LINES)
            await unit.save_dossiers([replace(row, version=2, form=write_form(nasty))])

    agency.ask(typed)
    out = agency.run("dossier", "show", REF, "--reveal", *AS_AN, "--why", "x").out
    assert all(c.isprintable() or c == "\n" for c in out)
    assert out.splitlines().count("history") == 1


# --- decide ---------------------------------------------------------------------------


def test_decide(agency: Installation) -> None:
    """A step that counts: exit code 0, one version more, who and why; messages only wait."""
    done = _decide(agency, "receive")
    assert (done.code, done.err) == (0, "")
    assert f"{REF}: submitted -> received, now version 2" in done.out
    assert "notifier" in done.out
    row, edges = _read(agency)
    assert (row.state, row.version) == ("received", 2)
    assert (edges[-1].who, edges[-1].to) == ("an.nguyen", "received")
    assert _backlog(agency).waiting == 2  # the chat and the e-mail
    assert _acts(agency) == [f"dossier_moved {REF} submitted received an.nguyen"]


def test_decide_overtaken(agency: Installation) -> None:
    """Who looked at an older version is told whose step came first, and when."""
    _decide(agency, "review", "binh.tran")
    late = _decide(agency, "receive", "an.nguyen", "--version", "1")
    assert (late.code, late.out) == (1, "")
    assert f"{REF}: overtaken by binh.tran at " in late.err
    assert "submitted -> in_review" in late.err
    assert _read(agency)[0].version == 2
    again = _decide(agency, "review", "binh.tran", "--version", "1")
    assert again.code == 0  # it was this officer's very step


REFUSED = [
    ("reject", (), "possible now: receive, review"),
    ("approve", (), "possible now: receive, review"),
    ("receive", ("--version", "9"), "no version 9 yet"),
]


@pytest.mark.parametrize(("step", "words", "says"), REFUSED)
def test_decide_refused(
    agency: Installation, step: str, words: tuple[str, ...], says: str
) -> None:
    """A step that cannot be taken: exit code 1, why, and what could be done instead."""
    done = _decide(agency, step, "an.nguyen", *words)
    assert (done.code, done.out) == (1, "")
    assert says in done.err
    assert _read(agency)[0].version == 1
    assert _backlog(agency).waiting == 0


def test_decide_needs_a_reason(agency: Installation) -> None:
    """What the citizen will read must be said; then the very same decision counts."""
    _decide(agency, "receive")
    bare = _decide(agency, "ask")
    assert (bare.code, "--why" in bare.err) == (1, True)
    assert _decide(agency, "ask", "an.nguyen", "--why", "Ông/bà mất sổ ở đâu?").code == 0
    assert _decide(agency, "reject", "an.nguyen", "--why", "x" * 1001).code == 2


def test_reject_with_a_reason_of_the_list(agency: Installation) -> None:
    """A key of the list is enough; words of one's own may follow; other steps have no key."""
    _decide(agency, "receive")
    bare = _decide(agency, "reject")
    assert (bare.code, "--reason papers|" in bare.err) == (1, True)
    other = _decide(agency, "reject", "an.nguyen", "--reason", "other")
    assert (other.code, "--why" in other.err) == (1, True)
    assert _decide(agency, "reject", "an.nguyen", "--reason", "x").code == 2
    assert _decide(agency, "ask", "an.nguyen", "--reason", "papers", "--why", "?").code == 2
    assert _decide(agency, "reject", "an.nguyen", "--reason", "papers").code == 0
    assert _read(agency)[1][-1].why == "papers"
    _decide(agency, "review", ref=REVIEW)
    words = ("--reason", "identity", "--why", "Số cũ không nghe máy.")
    assert _decide(agency, "reject", "an.nguyen", *words, ref=REVIEW).code == 0
    assert _read(agency, REVIEW)[1][-1].why == "identity: Số cũ không nghe máy."


def test_decide_twice_by_one(agency: Installation) -> None:
    """A second approval by the same officer is refused by name; another officer's counts."""
    _decide(agency, "review", ref=REVIEW)
    assert _decide(agency, "approve", ref=REVIEW).code == 0
    same = _decide(agency, "approve", ref=REVIEW)
    assert (same.code, "an.nguyen has approved it already" in same.err) == (1, True)
    assert _decide(agency, "approve", "binh.tran", ref=REVIEW).code == 0
    assert _read(agency, REVIEW)[0].state == "resolved"


def test_decide_once_it_is_closed(agency: Installation) -> None:
    """After its end nothing can be decided, and that is what is said."""
    _decide(agency, "receive")
    _decide(agency, "reject", "an.nguyen", "--why", "Không đủ giấy tờ.")
    done = _decide(agency, "review")
    assert (done.code, "closed: rejected" in done.err) == (1, True)


def test_decide_as_nobody(agency: Installation) -> None:
    """Only officers of the settings decide; nothing is written for anybody else."""
    for name in ("mallory", "citizen", "", "operator"):
        done = _decide(agency, "receive", name)
        assert (done.code, done.out) == (2, "")
    assert agency.run("dossier", "decide", REF, "receive").code == 2
    assert agency.run("dossier", "decide", REF, "withdraw", "--as", "an.nguyen").code == 2
    assert _read(agency)[0].version == 1
    assert _acts(agency) == []


def test_two_officers_in_two_processes(agency: Installation) -> None:
    """Of two commands at once exactly one says that it counted; the other names the winner."""
    with agency.elsewhere():
        done = asyncio.run(_both(agency.config))
    assert sorted(code for code, _ in done) == [0, 1]
    _, edges = _read(agency)
    (lost,) = [err for code, err in done if code]
    assert f"overtaken by {edges[-1].who}" in lost
    assert len(edges) == 2


async def _both(config: Path) -> list[tuple[int, str]]:
    return [
        *await asyncio.gather(*(_process(config, name) for name in ("an.nguyen", "binh.tran")))
    ]


async def _process(config: Path, officer: str) -> tuple[int, str]:
    words = ["-m", "bot", "dossier", "decide", REF, "review", "--as", officer, "--version", "1"]
    child = await asyncio.create_subprocess_exec(
        sys.executable, *words, "--config", str(config),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, err = await child.communicate()
    assert child.returncode is not None
    return child.returncode, err.decode()


# --- what it is made of ---------------------------------------------------------------


def test_every_word_of_the_graph_can_be_typed() -> None:
    """States, kinds and steps of the command are those of the graph, none missing, none more."""
    edges = {edge for edges in graph.GRAPHS.values() for edge in edges}
    assert {*get_args(command.State)} == {edge.to for edge in edges}
    assert {*get_args(command.Kind)} == {*graph.GRAPHS}
    steps = {edge.event.removeprefix("staff:") for edge in edges if edge.who == "officer"}
    assert {*get_args(command.Step)} == steps
    assert get_args(command.Reason) == graph.REASONS
    assert {*command.OPEN} == {edge.to for edge in edges} - graph.ENDS


def test_a_decision_holds_a_decision() -> None:
    """What the command puts into its event is what the turn reads."""
    said = Decision(REF, "staff:ask", "an.nguyen", 3, 'quo"te\n', "papers")
    assert msgspec.json.decode(msgspec.json.encode(said), type=Decision) == said


# --- the page of the graph ----------------------------------------------------------------


def test_the_page_of_the_graph_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """docs/reference/dossiers.md was printed from the table that runs."""
    page = Path(__file__).parents[3] / "docs/reference/dossiers.md"
    command.draw()
    drawn = capsys.readouterr().out
    assert drawn.startswith("# Dossiers\n")
    assert page.exists(), "run `vssid-bot dossier draw > docs/reference/dossiers.md`"
    assert page.read_text("utf-8") == drawn, (
        "docs/reference/dossiers.md is old: run `vssid-bot dossier draw >"
        " docs/reference/dossiers.md` and commit it; give GRAPH_VERSION one more if edges changed"
    )
