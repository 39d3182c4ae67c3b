"""What free texts may do: begin what is surely meant, and nothing beside an open question."""

import dataclasses
from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from flows import common
from flows.dialogue import Dialogue
from flows.free import BEYOND, THANKS, WHICH, Sense
from flows.heard import Heard
from flows.model import TEXT, Event, Facts, OnFile, Parked, start, tap
from tests.flows.test_any_text import worlds
from tests.play import USUAL, Played, play, procedures, say_to, wording

PASSWORD, EMAIL, CARD = start("forgot_password"), start("add_email"), start("reissue")
SENSES: Mapping[str, Sense] = {
    "sure": Sense((PASSWORD, EMAIL), sure=True),
    "doubt": Sense((PASSWORD, EMAIL)),
    "question": Sense(("guide:fee",), sure=True, leads=PASSWORD),
    "two questions": Sense(("guide:fee", "guide:days")),
    "weather": Sense((BEYOND,), sure=True),
    "perhaps weather": Sense((BEYOND, common.PERSON)),
    "bye": Sense((THANKS,), sure=True),
    "hi": Sense((common.MENU,), sure=True),
    "two things": Sense((PASSWORD,), sure=True, also=(EMAIL, CARD)),
    "for my mother": Sense((PASSWORD,), sure=True, for_other=True),
    "I lost it": Sense((PASSWORD,), sure=True, lang="en"),
    "forgot password": Sense((PASSWORD,), sure=True, lang="en"),
    "yep": Sense((tap("yes"),), sure=True),
    "nope": Sense((tap("no"),), sure=True),
    "out": Sense((common.CANCEL,), sure=True),
    "return": Sense((common.BACK,), sure=True),
    "human please": Sense((common.PERSON,), sure=True),
    "perhaps a human": Sense((common.PERSON,)),
    "where is it": Sense((common.RESEND,), sure=True),
    "nothing": Sense(),
}
# These steer on purpose; a button or a word of the texts would do the same.
STEERING = {"yep", "nope", "out", "return", "human please", "where is it"}


def sensing() -> Dialogue:
    """The product's procedures; each of the texts above means what stands beside it."""
    return Dialogue(procedures(), wording().phrases(), lambda text, _: SENSES.get(text, Sense()))


def at_menu(*lines: str) -> Played:
    """A chat that has been here before."""
    return play("", ["xin chào", *lines], dialogue=sensing())


def test_what_is_surely_meant_begins() -> None:
    """At the menu a procedure that is surely meant begins with its first question."""
    assert at_menu("sure").talk.flow == "forgot_password"


def test_doubt_is_asked_about() -> None:
    """At the menu a doubtful text begins nothing: both readings are buttons."""
    played = at_menu("doubt")
    assert (played.talk.flow, played.keys) == ("", ("which",))
    assert played.talk.choices == (PASSWORD, EMAIL, common.MENU)
    say_to(played, "2")
    assert played.talk.flow == "add_email"


def test_a_question_is_answered() -> None:
    """A guide is told, with more of it and the procedure it leads to as buttons."""
    played = at_menu("question")
    assert [(say.key, say.holes["guide"]) for say in played.says] == [("guide", "fee")]
    assert played.talk.choices == ("more:fee", PASSWORD, common.MENU)
    say_to(played, "Xem thêm")
    assert played.keys == ("guide_more", "menu")


@pytest.mark.parametrize(("text", "key"), [("weather", "beyond"), ("bye", "thanks")])
def test_what_is_no_ask_is_answered(text: str, key: str) -> None:
    """What the bot cannot do is said to be so; thanks are taken."""
    assert at_menu(text).keys == (key,)


@pytest.mark.parametrize("text", ["perhaps weather", "nothing", "yep", "nope"])
def test_what_means_nothing_here_is_not_understood(text: str) -> None:
    """At the menu neither an empty reading nor a yes begins anything."""
    assert at_menu(text).talk.flow == ""


def test_two_asks() -> None:
    """The second ask waits, is named at once, and is offered when the first is done."""
    played = at_menu("two things")
    assert [each.flow for each in played.talk.parked] == ["reissue", "add_email"]
    assert [say.holes for say in played.says if say.key == "also"] == [
        {"procedure": "add_email"},
        {"procedure": "reissue"},
    ]
    say_to(played, "không")
    assert played.keys[-1] == "unfinished"
    say_to(played, "làm tiếp")
    assert (played.talk.flow, played.keys[-1]) == ("add_email", f"step.{played.talk.state}")
    assert [each.flow for each in played.talk.parked] == ["reissue"]


def test_for_somebody_else() -> None:
    """Whoever does it for another person is told where the codes go, before the question."""
    assert at_menu("for my mother").keys[0] == "for_other"


def test_the_language_of_the_first_text() -> None:
    """Whoever begins in English is answered in English; later a button chooses."""
    first = play("", ["I lost it"], dialogue=sensing())
    assert (first.talk.lang, first.keys[0]) == ("en", "hello")
    assert at_menu("I lost it").talk.lang == "vi"


def test_a_command_s_own_words_tell_the_language_too() -> None:
    """Also where a procedure is begun by the very words that the bot teaches."""
    first = play("", ["forgot password"], dialogue=sensing())
    assert (first.talk.flow, first.talk.lang, first.keys[0]) == ("forgot_password", "en", "hello")
    assert play("", ["quên mật khẩu"], dialogue=sensing()).talk.lang == "vi"


@pytest.mark.parametrize("name", procedures())
def test_nothing_is_done_beside_a_question(name: str) -> None:
    """No free text leaves an open question, loses an answer or begins another procedure."""
    talked = sensing()
    for world in worlds(name):
        for text in SENSES.keys() - STEERING:
            heard = talked.hear(world.talk, Event(TEXT, text))
            if not heard.sense:
                continue  # it was an answer, or a word that is known here
            there = talked.step(world.talk, heard, Facts()).talk
            assert (there.flow, there.state) == (world.talk.flow, world.talk.state), text
            assert (there.draft, there.parked) == (world.talk.draft, world.talk.parked), text


@pytest.mark.parametrize("name", procedures())
def test_what_steers_could_have_been_pressed(name: str) -> None:
    """A free yes, no or "send it again" counts only where there is a button for it."""
    talked = sensing()
    for world in worlds(name):
        for text in ("yep", "nope", "where is it"):
            heard = talked.hear(world.talk, Event(TEXT, text))
            assert not heard.sense or heard.kind in world.talk.choices


def test_a_question_beside_a_question() -> None:
    """It is answered, and the open question comes once more in the same bubble (F06)."""
    played = at_menu("/quenmatkhau", "đồng ý", "question")
    assert played.keys == ("guide", "again.number")
    assert played.talk.choices[-1] == "more:fee"
    say_to(played, "xem thêm")
    assert played.keys == ("guide_more", "again.number")
    say_to(played, "0123456789")
    assert played.talk.draft.account == "0123456789"


def test_another_wish_beside_a_question() -> None:
    """It is offered as a button; pressed, it begins, and the open one is kept for later."""
    played = at_menu("/quenmatkhau", "đồng ý", "doubt")
    assert played.keys == ("which_here", "again.number")
    say_to(played, str(len(played.talk.choices)))
    assert (played.talk.flow, played.parked) == ("add_email", ["forgot_password"])


def test_a_button_that_is_there_is_not_offered_again() -> None:
    """What seems to be meant stands below the question already, so nothing is added."""
    played = at_menu("/quenmatkhau", "đồng ý", "perhaps a human")
    assert played.keys == ("lost", "again.number")
    assert played.talk.choices.count(common.PERSON) == 1


def test_a_summary_speaks_of_no_further_button() -> None:
    """Its numbers are those of its lines; none is offered, and none is spoken of."""
    facts = replace(USUAL, on_file=OnFile(phone=True, email=True, name=True, birth_date=True))
    lines = ("[cash]", "[yes]", "0123456789", "right code")
    played = play("change_payment", lines, facts, dialogue=sensing())
    own = played.talk.choices
    say_to(played, "doubt", facts)
    assert (played.keys, played.talk.choices) == (("lost", "again.check"), own)


def test_an_attempt_at_an_answer_is_told_what_is_wrong() -> None:
    """A number that is too short is no question, whatever else it may seem to mean."""
    talked = Dialogue(procedures(), wording().phrases(), lambda *_: SENSES["question"])
    played = play("", ["xin chào", "/quenmatkhau", "đồng ý", "số 01234567"], dialogue=talked)
    assert played.keys == ("error.number_length",)


def test_what_was_only_asked_for_is_not_gone_on_with() -> None:
    """A procedure that waits for its turn has no open question to come back to."""
    flow = procedures()["add_email"]
    waits = Parked(flow.name, flow.version, "", 0, flow.draft())
    talk = replace(at_menu().talk, parked=(waits,))
    assert sensing().left_before(talk, Heard(common.GO_ON)) is None


def test_which_without_a_reading_says_nothing() -> None:
    """The buttons come from what was understood; without it there is nothing to offer."""
    played = at_menu()
    outcome = sensing().step(played.talk, Heard(WHICH), Facts())
    assert outcome.talk.flow == ""


def test_the_second_page_of_the_menu() -> None:
    """What is not on the first page is one tap behind it, and begins from there."""
    found = dict(procedures())
    found["add_email"] = dataclasses.replace(found["add_email"], listed=False, on_second_page=True)
    talked = Dialogue(found, wording().phrases())
    played = play("", ["xin chào", "dịch vụ khác"], dialogue=talked)
    assert played.keys == ("services",)
    assert played.talk.choices[0] == EMAIL
    assert played.talk.choices[-1] == common.MENU
    say_to(played, "1")
    assert played.talk.flow == "add_email"


def test_without_other_services_there_is_no_second_page() -> None:
    """A button that leads nowhere is not shown."""
    first = {name: flow for name, flow in procedures().items() if not flow.on_second_page}
    assert common.SERVICES not in Dialogue(first, wording().phrases()).menu
