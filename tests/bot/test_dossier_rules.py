"""Settings of dossiers: limits for every kind, hours that make sense, officers that suffice."""

import tomllib
from datetime import date, time

import pytest
from pydantic import ValidationError

from bot.dossier_rules import Calendar, Dossiers
from flows.dossier import CITIZEN, GRAPHS


@pytest.mark.parametrize(
    ("kind", "usual", "changed"),
    [
        ("reissue_book", 10, 10),
        ("reissue_card", 0, 3),
        ("phone_review", 3, 3),
        ("reregister", 5, 5),
        ("unfreeze", 1, 1),
        ("register", 3, 3),
        ("register_child", 1, 1),
        ("pension_place", 5, 5),
        ("pension_payment", 5, 5),
    ],
)
def test_each_kind_has_its_time(kind: str, usual: int, changed: int) -> None:
    """What an agency sets nothing for is due by the limits that are printed in the example."""
    assert Dossiers().days_of(kind, {}) == usual
    assert Dossiers().days_of(kind, {"data": "same"}) == usual
    assert Dossiers().days_of(kind, {"data": "changed"}) == changed


def test_no_kind_is_forgotten() -> None:
    """Every kind of the graph has a time limit."""
    assert all(Dossiers().days_of(kind, {}) >= 0 for kind in GRAPHS)


def test_toml_and_the_environment_say_the_same() -> None:
    """Days and times are read from TOML's own dates and from text."""
    from_file = 'closed = [2026-01-02]\nworked = [2026-01-10]\ncloses = "16:30"'
    from_environment = {"closed": ["2026-01-02"], "worked": ["2026-01-10"], "closes": "16:30"}

    read = Calendar.model_validate(tomllib.loads(from_file))
    assert read == Calendar.model_validate(from_environment)
    assert (read.closed, read.worked) == ((date(2026, 1, 2),), (date(2026, 1, 10),))
    assert (read.opens, read.closes) == (time(8), time(16, 30))


@pytest.mark.parametrize(
    "written",
    [
        {"closed": ["2026-02-30"]},
        {"closed": ["2026-01-02"], "worked": ["2026-01-02"]},
        {"closes": "25:00"},
        {"closes": "17:00+07:00"},
        {"closes": True},
        {"closes": 61200},
        {"opens": "17:00"},
        {"open": "08:00"},
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(written: dict[str, object]) -> None:
    """A slip in the calendar would move every due date."""
    with pytest.raises(ValidationError):
        Calendar.model_validate(written)


@pytest.mark.parametrize(
    "written",
    [
        {"officers": ["an"]},
        {"officers": ["an", "an"]},
        {"officers": ["an", CITIZEN]},
        {"officers": ["an", "Binh"]},
        {"officers": ["an", ""]},
        {"book_days": -1},
        {"book_days": True},
        {"card_days": 366},
        {"letter_days": 3},
    ],
)
def test_dossiers_that_nobody_could_finish_are_refused(written: dict[str, object]) -> None:
    """Two officers at least, each by one name, none by the citizen's; days are days."""
    with pytest.raises(ValidationError):
        Dossiers.model_validate(written)


def test_two_officers_suffice() -> None:
    """So the list may be empty, or two names long and more."""
    assert Dossiers.model_validate({"officers": ["an", "binh.le"]}).officers == ("an", "binh.le")
    assert Dossiers().officers == ()
