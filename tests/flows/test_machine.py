"""The table under every procedure: what is refused when it is built, what never happens."""

import gc
import importlib
import shutil
import sys
import weakref
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

import flows
from bot.wording import Wording
from flows import checks, discover
from flows.dialogue import Dialogue
from flows.drawing import document, fingerprint, mermaid
from flows.effects import Say
from flows.machine import BrokenFlow, Flow
from flows.model import OK, Facts, Talk, code, human, tap
from flows.table import Ask, AskCode, AskHuman, Do, Move, Question, Turn, say
from tests.play import Played, play, procedures

YES, NO = tap("yes"), tap("no")


class S(StrEnum):
    """Where the smallest procedure can stand."""

    ASKED = "asked"
    DONE = "done"


class Draft(msgspec.Struct, frozen=True):
    """What the smallest procedure keeps."""

    number: str = ""


MOVES = (Move(S.ASKED, OK, S.DONE),)
NUMBER = Ask(checks.account_number, keep="number")
RIGHT = Move(S.ASKED, code("right"), S.DONE)
CODE = AskCode("proof", to="number")


def small(
    moves: tuple[Move, ...] = (Move(S.ASKED, YES, S.DONE),),
    question: Question | None = None,
    ends: frozenset[str] = frozenset({S.DONE}),
) -> Flow:
    """The smallest procedure that works, with one thing changed."""
    return Flow(
        name="small",
        version=1,
        order=1,
        states=S,
        start=S.ASKED,
        draft=Draft,
        asks={S.ASKED: question} if question else {},
        moves=moves,
        ends=ends,
    )


BROKEN: list[tuple[Callable[[], Flow], str]] = [
    (lambda: small(moves=(Move(S.ASKED, YES, None),)), "nothing leads to 'done'"),
    (lambda: small(moves=()), "nothing leads to 'done'"),
    (lambda: small(ends=frozenset()), "no way out of 'done'"),
    (lambda: small(ends=frozenset(S)), "'asked' is an end but has moves"),
    (
        lambda: small((Move(S.ASKED, YES, S.DONE), Move(S.DONE, NO, None)), ends=frozenset()),
        "no way out of 'done'",
    ),
    (lambda: small(question=NUMBER), "'asked' does not answer 'read:ok'"),
    (lambda: small(MOVES, NUMBER), "'asked' does not answer 'read:card'"),
    (
        lambda: small(MOVES, Ask(checks.contact, keep="phone")),
        "'asked' keeps 'phone', not in the draft",
    ),
    (lambda: small(question=CODE), "'asked' does not answer 'code:right'"),
    (lambda: small((RIGHT,), CODE), "'asked' does not answer 'code:wrong'"),
    (lambda: small(question=AskHuman()), "'asked' does not answer 'human:right'"),
    (
        lambda: small((Move(S.ASKED, human("right"), S.DONE),), AskHuman()),
        "'asked' does not answer 'human:wrong'",
    ),
]


@pytest.mark.parametrize(("build", "words"), BROKEN)
def test_a_table_that_cannot_work_is_refused(build: Callable[[], Flow], words: str) -> None:
    """The mistake is named when the module is imported, not when a citizen meets it."""
    with pytest.raises(BrokenFlow, match=f"small: {words}"):
        build()


def test_the_smallest_table_works() -> None:
    """A state, a move, an end."""
    flow, turn = small(), _turn("asked")
    assert flow.fire(turn, YES)
    assert turn.state == "done"


def test_the_first_move_that_fits_is_made() -> None:
    """Guards are tried in the order of the table; a move to nowhere stays."""
    stays = Move(S.ASKED, YES, None, (say("no"),), lambda turn: turn.facts.resumed)
    flow = small((stays, Move(S.ASKED, YES, S.DONE, (say("yes"),))))
    for resumed, state, key in ((True, "asked", "no"), (False, "done", "yes")):
        turn = Turn(flow, Talk(state="asked"), YES, Facts(resumed=resumed))
        assert flow.fire(turn, YES)
        assert (turn.state, turn.effects) == (state, [Say(key)])


def test_actions_know_the_state_they_leave() -> None:
    """A request for a person is kept with the step at which it was made."""
    seen: list[str] = []
    flow = small((Move(S.ASKED, YES, S.DONE, (Do(lambda turn: seen.append(turn.state)),)),))
    assert flow.fire(_turn("asked"), YES)
    assert seen == ["asked"]


def test_an_event_the_state_does_not_answer_moves_nothing() -> None:
    """Unknown events, other states' events and unknown states are all "no"."""
    flow = small()
    for state, event in (("asked", NO), ("asked", "nonsense"), ("done", YES), ("gone", YES)):
        turn = _turn(state)
        assert not flow.fire(turn, event)
        assert (turn.state, turn.effects) == (state, [])


def test_a_guard_that_refuses_moves_nothing() -> None:
    """Where no move of the row fits, the chat stays."""
    never = Move(S.ASKED, YES, S.DONE, when=lambda _turn: False)
    assert not small((never, Move(S.ASKED, NO, S.DONE))).fire(_turn("asked"), YES)


@pytest.mark.parametrize("name", procedures())
def test_no_event_leads_anywhere_by_itself(name: str) -> None:
    """The machine knows the events of the table and no `to_<state>` besides."""
    flow = procedures()[name]
    assert set(flow._machine.events) == {move.on for move in flow.moves}


def test_the_machine_keeps_nothing() -> None:
    """What moved is a working copy that the machine never met and nobody remembers."""
    flow, turn = small(), _Remembered(small(), Talk(state="asked"), YES, Facts())
    assert flow.fire(turn, YES)
    ghost = weakref.ref(turn)
    del turn
    gc.collect()
    assert ghost() is None
    assert flow._machine.models == []


def test_buttons_follow_the_table() -> None:
    """Taps become buttons in table order; "keep" only where there is something to keep."""
    moves = tuple(
        Move(S.ASKED, on, S.DONE) for on in (tap("keep"), OK, "read:card", NO, tap("cancel"), YES)
    )
    flow = small(moves, NUMBER)
    assert flow.choices("asked", Draft()) == (NO, YES)
    assert flow.choices("asked", Draft("0123456789")) == (tap("keep"), NO, YES)
    assert flow.choices("done", Draft()) == ()


def test_drawing() -> None:
    """A diagram is a fixed text, one line a move; a colon inside a label would break it."""
    unsure = Move(S.ASKED, NO, None, when=sure)
    assert mermaid(small((Move(S.ASKED, YES, S.DONE), unsure))).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> asked",
        "    asked --> done : tap yes",
        "    asked --> asked : tap no (if sure)",
        "    done --> [*]",
    ]


def test_a_document_tells_what_the_table_tells() -> None:
    """Title, version, fingerprint, diagram, states and events, all from the table."""
    page = document(small((Move(S.ASKED, OK, S.DONE), Move(S.ASKED, "read:card", S.DONE)), NUMBER))
    for words in ("# small", "Version 1", "```mermaid", "text kept as `number`", "`read:card`"):
        assert words in page


def test_a_changed_table_has_another_fingerprint() -> None:
    """Drawn again, a table has the same mark; with another move, another one."""
    assert fingerprint(small()) == fingerprint(small())
    assert fingerprint(small()) != fingerprint(small((Move(S.ASKED, NO, S.DONE),)))


TOY = '''"""A toy: ask for a number, thank for it."""

from enum import StrEnum

import msgspec

from flows import checks, common
from flows.machine import Flow
from flows.table import Ask, Move
from flows.model import OK, read


class S(StrEnum):
    NUMBER = "number"
    DONE = "done"
    CANCELLED = "cancelled"
    PERSON = "person"


class Draft(msgspec.Struct, frozen=True):
    account: str = ""


flow = Flow(
    name="NAME",
    version=1,
    order=ORDER,
    command="COMMAND",
    states=S,
    start=S.NUMBER,
    draft=Draft,
    asks={S.NUMBER: Ask(checks.account_number, keep="account")},
    moves=(
        Move(S.NUMBER, OK, S.DONE),
        Move(S.NUMBER, read("card"), S.DONE),
        *common.moves((S.NUMBER,), cancelled=S.CANCELLED, person=S.PERSON),
    ),
    ends=frozenset({S.DONE, S.CANCELLED, S.PERSON}),
)
'''
TOY_TEXTS = """
[LANG.step]
number = "Number?"
done = "Thanks."
cancelled = "Stopped."
person = "Noted."
[LANG.again]
number = "The number, please."
[LANG.button]
start = "Toy procedure"
[LANG.commands]
COMMAND = "A toy"
"""


@pytest.fixture
def newcomer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., ModuleType]]:
    """Drops procedures into a package of their own, as a newcomer would into flows/."""
    home = tmp_path / f"toys_{tmp_path.name}"
    home.mkdir()
    (home / "__init__.py").write_text('"""Toys."""\n')
    shutil.copytree(Path(flows.__path__[0]) / "texts", home / "texts")
    monkeypatch.syspath_prepend(tmp_path)

    def drop(module: str, name: str, order: int = 1, command: str = "toy") -> ModuleType:
        toy = TOY.replace("NAME", name).replace("ORDER", str(order)).replace("COMMAND", command)
        (home / f"{module}.py").write_text(toy, "utf-8")
        texts = TOY_TEXTS.replace("COMMAND", command)
        both = texts.replace("LANG", "vi") + texts.replace("LANG", "en")
        (home / "texts" / f"{name}.toml").write_text(both, "utf-8")
        importlib.invalidate_caches()
        return importlib.import_module(home.name)

    yield drop
    for module in [each for each in sys.modules if each.partition(".")[0] == home.name]:
        del sys.modules[module]


def test_a_newcomer_needs_one_file_and_its_texts(newcomer: Callable[..., ModuleType]) -> None:
    """A procedure dropped into the folder is found, worded, offered and played."""
    package = newcomer("toy", "toy")
    found = discover(package)
    assert list(found) == ["toy"]
    together: dict[str, Flow] = {**procedures(), **found}
    words = Wording(together, Path(package.__path__[0]) / "texts")
    toys = Dialogue(together, words.phrases())
    number = toys.menu.index("start:toy") + 1
    for begin in (str(number), "toy procedure", "I want a toy procedure", "/toy"):
        played = play("", ["hello", begin, "0123456789"], dialogue=toys)
        assert played.ended == "done"
    assert _cancelled(toys).ended == "cancelled"
    assert ("toy", "A toy") in words.commands("en")


def test_procedures_stand_in_the_order_of_the_menu(newcomer: Callable[..., ModuleType]) -> None:
    """The menu is ordered by the procedures themselves, not by file names."""
    newcomer("a_toy", "late", order=9, command="late")
    package = newcomer("b_toy", "early", order=1, command="early")
    assert list(discover(package)) == ["early", "late"]


@pytest.mark.parametrize(
    ("name", "command"), [("toy", "another"), ("another", "toy")], ids=["name", "command"]
)
def test_two_procedures_of_one_name_are_refused(
    newcomer: Callable[..., ModuleType], name: str, command: str
) -> None:
    """A name and a command belong to one procedure."""
    newcomer("toy", "toy")
    package = newcomer("second", name, command=command)
    with pytest.raises(BrokenFlow, match="share a name or a command"):
        discover(package)


def _cancelled(dialogue: Dialogue) -> Played:
    return play("", ["hello", "/toy", "hủy", "dừng"], dialogue=dialogue)


def sure(turn: Turn) -> bool:
    return turn.facts.resumed


def _turn(state: str) -> Turn:
    return Turn(small(), Talk(state=state), YES, Facts())


class _Remembered(Turn):
    __slots__ = ("__weakref__",)

    state: Any
