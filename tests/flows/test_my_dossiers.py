"""One's own requests: seen, answered, taken back; what an officer does meanwhile.

Each table holds (what the citizen does, where it ends or waits, what the last bubble says).
"""

from typing import Any

import pytest
from msgspec.structs import replace

from flows.dossier import GRAPHS
from flows.effects import HandOver, KeepPhoto, MoveDossier, ShowDossiers, VoidCodes
from flows.model import DossierView, Facts
from flows.path import REFUSALS
from tests.play import USUAL, Played, play, say_to, wording

P5 = "my_dossiers"
BOOK = DossierView("HS-1", "reissue_book", "in_review")
ASKED = DossierView("HS-2", "reissue_card", "needs_info", 3)
DONE = DossierView("HS-3", "reregister", "resolved", 4)
FROZEN = DossierView("HS-4", "unfreeze", "submitted")
SHOW, VOID = ShowDossiers(), VoidCodes()
PHOTOED = ("(photo)",)


def having(*dossiers: DossierView) -> Facts:
    """The facts of a chat with these requests, the newest first."""
    return replace(USUAL, dossiers=dossiers)


def ask(lines: tuple[str, ...], facts: Facts) -> Played:
    """Have this conversation."""
    return play(P5, lines, facts)


@pytest.mark.parametrize(
    ("dossiers", "state", "ref", "effects"),
    [
        ((), "none", "", []),
        ((BOOK, DONE), "list", "", [SHOW]),
        ((DONE,), "seen", "", [SHOW]),
        ((FROZEN, DONE), "seen", "", [SHOW]),
        ((ASKED, BOOK), "answer", "HS-2", [SHOW]),
        ((BOOK, ASKED), "answer", "HS-2", [SHOW]),
    ],
)
def test_where_it_begins(
    dossiers: tuple[DossierView, ...], state: str, ref: str, effects: list[Any]
) -> None:
    """Where nothing can be done it is over at once; an open question comes first."""
    played = ask((), having(*dossiers))
    assert (played.at, played.keys, list(played.effects)) == (state, (f"step.{state}",), effects)
    assert played.ended or played.talk.draft.ref == ref


OPEN, OPEN_ASKED = having(BOOK, DONE), having(ASKED, BOOK)

LOOKS = [
    (("[show]",), OPEN, "list", ("again.list",), (SHOW,)),
    (("[withdraw]",), OPEN, "withdraw", ("step.withdraw",), ()),
    (("rút hồ sơ",), OPEN, "withdraw", ("step.withdraw",), ()),
    (("[withdraw]", "[leave_it]"), OPEN, "list", ("step.list",), (SHOW,)),
    (("[withdraw]", "[back]"), OPEN, "list", ("step.list",), (SHOW,)),
    (
        ("[withdraw]", "[take_back]"),
        OPEN,
        "withdrawn",
        ("step.withdrawn",),
        (MoveDossier("HS-1", "tap:withdraw"),),
    ),
    (("[done]",), OPEN, "left", ("step.left",), ()),
    (("cảm ơn",), OPEN, "left", ("step.left",), ()),
    (("hủy",), OPEN, "left", ("step.left",), ()),
    (("menu",), OPEN, "left", ("step.left",), ()),
    (("[person]",), OPEN, "person", ("step.person",), (HandOver("list"),)),
    (("bao giờ xong?",), OPEN, "list", ("side_question", "again.list"), ()),
    ((), OPEN_ASKED, "answer", ("step.answer",), (SHOW,)),
    (
        ("Tôi làm ở công ty may Hưng Yên",),
        OPEN_ASKED,
        "answered",
        ("step.answered",),
        (MoveDossier("HS-2", "text:answer", "Tôi làm ở công ty may Hưng Yên"),),
    ),
    (("(sticker)",), OPEN_ASKED, "answer", ("not_text", "again.answer"), ()),
    (("quay lại",), OPEN_ASKED, "list", ("step.list",), (SHOW,)),
    (("hủy", "[stop]"), OPEN_ASKED, "cancelled", ("step.cancelled",), (VOID,)),
    (("gặp cán bộ",), OPEN_ASKED, "person", ("step.person",), (HandOver("answer"),)),
]


@pytest.mark.parametrize(("inputs", "facts", "state", "keys", "effects"), LOOKS)
def test_what_can_be_done(
    inputs: tuple[str, ...],
    facts: Facts,
    state: str,
    keys: tuple[str, ...],
    effects: tuple[Any, ...],
) -> None:
    """See, answer, take back, leave: each by a button or by its words."""
    played = ask(inputs, facts)
    assert (played.at, played.keys, played.effects) == (state, keys, effects)


@pytest.mark.parametrize(
    ("line", "now", "state", "effects"),
    [
        ("[withdraw]", having(replace(BOOK, state="resolved")), "seen", (SHOW,)),
        ("[withdraw]", having(FROZEN), "seen", (SHOW,)),
        ("[withdraw]", having(), "none", ()),
        ("[show]", having(replace(BOOK, state="rejected"), DONE), "seen", (SHOW,)),
        ("[show]", having(replace(BOOK, state="needs_info")), "answer", (SHOW,)),
    ],
)
def test_what_changed_since_the_list_was_shown(
    line: str, now: Facts, state: str, effects: tuple[Any, ...]
) -> None:
    """Each step looks again: what is closed cannot be taken back, a new question is asked."""
    played = ask((), OPEN)
    say_to(played, line, now)
    assert (played.at, played.keys, played.effects) == (state, (f"step.{state}",), effects)


@pytest.mark.parametrize("inputs", [("tôi đây",), ("(photo)", "file: kept")])
def test_an_answer_that_comes_too_late(inputs: tuple[str, ...]) -> None:
    """Where the officer has gone on meanwhile, nothing is moved, and the list says how it is."""
    played = ask(inputs[:-1], OPEN_ASKED)
    gone_on = having(replace(ASKED, state="rejected", version=4), BOOK)
    say_to(played, inputs[-1], gone_on)
    if played.at == "more":
        say_to(played, "[send]", gone_on)
    assert (played.at, played.keys) == ("list", ("error.overtaken", "step.list"))
    assert played.effects == (SHOW,)


def test_taking_back_what_is_closed_already() -> None:
    """An officer was quicker: nothing is moved, and the list says how it is."""
    played = ask(("[withdraw]",), OPEN)
    say_to(played, "[take_back]", having(replace(BOOK, state="resolved"), DONE))
    assert (played.at, played.effects) == ("list", (SHOW,))


# --- photos ---------------------------------------------------------------------------


def test_a_photo_is_an_answer() -> None:
    """It is fetched without a word; then it goes to the officer with or without words."""
    assert ask(PHOTOED, OPEN_ASKED).effects == (KeepPhoto("file-id"),)
    kept = ask((*PHOTOED, "file: kept"), OPEN_ASKED)
    assert (kept.at, kept.keys) == ("more", ("photo_kept", "step.more"))
    say_to(kept, "[send]", OPEN_ASKED)
    assert kept.effects == (MoveDossier("HS-2", "text:answer", "photos: 1"),)
    words = ask((*PHOTOED, "file: kept", "bìa sổ đây"), OPEN_ASKED)
    assert words.effects == (MoveDossier("HS-2", "text:answer", "bìa sổ đây"),)


def test_several_photos() -> None:
    """Each is told by its number; the answer names how many there are."""
    photos = ("(photo)", "file: kept", "(photo)", "file: kept")
    played = ask(photos, OPEN_ASKED)
    assert (played.at, played.keys) == ("more", ("photo_kept", "again.more"))
    say_to(played, "gửi cán bộ", OPEN_ASKED)
    assert played.effects == (MoveDossier("HS-2", "text:answer", "photos: 2"),)


def test_words_wait_for_the_photo_they_came_with() -> None:
    """A photo and its words often come at once: both reach the officer, once."""
    played = ask(("(photo)", "bìa sổ đây"), OPEN_ASKED)
    assert (played.at, played.keys) == ("more", ("photo_coming", "step.more"))
    assert not played.effects
    say_to(played, "file: kept", OPEN_ASKED)
    say_to(played, "[send]", OPEN_ASKED)
    assert played.effects == (MoveDossier("HS-2", "text:answer", "bìa sổ đây"),)


@pytest.mark.parametrize("word", REFUSALS)
def test_a_photo_that_is_not_kept(word: str) -> None:
    """It is said why, and the question stays open."""
    played = ask(("(photo)", f"file: {word}"), OPEN_ASKED)
    assert (played.at, played.keys) == ("answer", (f"error.photo_{word}", "again.answer"))
    say_to(played, "tôi gõ vậy", OPEN_ASKED)
    assert played.effects == (MoveDossier("HS-2", "text:answer", "tôi gõ vậy"),)


# --- words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["hồ sơ", "ho so cua toi", "hồ sơ của tôi đâu", "xem hồ sơ", "Tra cứu hồ sơ", "/hoso"],
)
def test_words_that_begin_it(words: str) -> None:
    """It is found by what people call it."""
    assert play("", ["xin chào", words], having(BOOK)).talk.flow == P5


def test_every_state_and_kind_has_a_name() -> None:
    """Whatever a dossier is and wherever it stands can be said in both languages."""
    states = {at for edges in GRAPHS.values() for edge in edges for at in (edge.source, edge.to)}
    for lang in ("vi", "en"):
        for key in (*(f"state.{it}" for it in states), *(f"kind.{it}" for it in GRAPHS)):
            assert wording().text(P5, lang, key, {})
