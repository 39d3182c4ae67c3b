"""The sample citizens are whole, varied and made up."""

import re
import tomllib

from bot.demo import app
from bot.demo.citizens import REGISTRY_FILE, international, sample_citizens

HEADER = "bhxh_number,national_id,full_name,birth_date,phone,email,agency"


def test_the_registry_file_has_the_columns_of_a_registry_import() -> None:
    """The file the demo loads is one an operator could load."""
    assert REGISTRY_FILE.read_text(encoding="utf-8").splitlines()[0] == HEADER


def test_numbers_have_the_shape_of_the_papers() -> None:
    """Every number reads as the thing it stands for, and none is used twice."""
    people = sample_citizens()
    for person in people:
        assert re.fullmatch(r"79000000\d\d", person.bhxh_number)
        assert re.fullmatch(r"\d{12}", person.national_id)
        assert re.fullmatch(rf"[A-Z]{{2}}\d{{3}}{person.bhxh_number}", person.card)
        assert re.fullmatch(r"(09000001\d\d)?", person.phone)
        assert re.fullmatch(r"(\w+@example\.(vn|com))?", person.email)
    assert len({person.bhxh_number for person in people}) == len(people)


def test_every_kind_of_citizen_is_there() -> None:
    """Each special case can be played, and its note is written in both languages."""
    notes = {person.note for person in sample_citizens()}
    for lang in ("vi", "en"):
        assert notes == set(app._TEXTS[lang]["notes"])


def test_a_number_is_addressed_as_the_notifier_does() -> None:
    """An inbox is found under E.164; nobody has the inbox of no number."""
    assert international("0900000101") == "+84900000101"
    assert international("") == ""


def test_both_languages_say_the_same_things() -> None:
    """No text of the page exists in one language only, and none is empty or unused."""
    texts = tomllib.loads((app._HERE / "texts.toml").read_text(encoding="utf-8"))
    template = (app._HERE / "templates" / "page.html").read_text(encoding="utf-8")
    fields = {"bhxh_number", "national_id", "card", "phone", "email"}
    assert texts["vi"].keys() == texts["en"].keys()
    assert set(re.findall(r"\bt\.(\w+)", template)) | fields == texts["vi"].keys()
    assert all(text for lang in texts.values() for text in lang.values())
