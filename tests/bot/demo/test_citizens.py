"""The sample citizens are whole, varied and made up."""

import re
import tomllib

from bot.demo import app
from bot.demo.citizens import REGISTRY_FILE, international, sample_citizens
from bot.registry import people as members
from bot.registry.table import COLUMNS, MORE_COLUMNS
from flows.checks import Got, new_email, vn_mobile


def test_the_registry_file_has_the_columns_of_a_registry_import() -> None:
    """The file the demo loads is one an operator could load."""
    assert REGISTRY_FILE.read_text(encoding="utf-8").splitlines()[0] == ",".join(
        (*COLUMNS, *MORE_COLUMNS)
    )


def test_numbers_have_the_shape_of_the_papers() -> None:
    """Every number reads as the thing it stands for, and none is used twice."""
    people = sample_citizens()
    for person in people:
        assert re.fullmatch(r"79000000\d\d", person.bhxh_number)
        assert re.fullmatch(r"\d{12}", person.national_id)
        assert re.fullmatch(rf"[A-Z]{{2}}\d{{3}}{person.bhxh_number}", person.card)
        assert re.fullmatch(r"(09000001\d\d)?", person.phone)
        assert re.fullmatch(r"(\w+@example\.(vn|com))?", person.email)
        assert re.fullmatch(r"(\d\d/\d\d/)?\d{4}", person.birth_date)
        assert re.fullmatch(r"09000002\d\d", person.new_phone)
        assert re.fullmatch(r"[\w.]+@example\.(vn|com)", person.new_email)
    for kept in ("bhxh_number", "national_id", "new_phone", "new_email"):
        assert len({getattr(person, kept) for person in people}) == len(people)


def test_new_contacts_can_be_typed_into_the_chat() -> None:
    """A procedure takes them as they stand on the page, and does not ask back for a slip."""
    for person in sample_citizens():
        phone, email = vn_mobile(person.new_phone), new_email(person.new_email)
        assert phone == Got(international(person.new_phone))
        assert email == Got(person.new_email)


def test_every_procedure_can_be_played() -> None:
    """Somebody lacks an e-mail, a birth date, a phone; somebody is old, has a password."""
    people = {one.bhxh_number: one for one in members(REGISTRY_FILE)}
    assert any(one.phone and not one.email for one in people.values())
    assert any(not one.birth_date and not one.national_id for one in people.values())
    assert any(len(one.birth_date) == len("1948") for one in people.values())
    assert any(one.birth_date and one.birth_date[:4] <= "1958" for one in people.values())
    secrets = [one for one in sample_citizens() if one.password]
    assert any(one.phone and one.email for one in secrets)
    assert any(one.email and not one.phone for one in secrets)


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
    fields = {"name", "birth_date", "bhxh_number", "national_id", "card", "phone", "email"}
    assert texts["vi"].keys() == texts["en"].keys()
    assert set(re.findall(r"\bt\.(\w+)", template)) | fields == texts["vi"].keys()
    assert all(text for lang in texts.values() for text in lang.values())
