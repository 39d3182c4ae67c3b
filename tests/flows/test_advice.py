"""The decision table before the procedures: who is advised what, and how everybody goes on.

The first table holds (procedure, what is known in the words of the table, the row that is said).
"""

from datetime import date

import msgspec
import pytest
from msgspec.structs import replace

from bot.advice_rules import table
from bot.config import ConfigError, load
from bot.sections import Procedures
from flows.advice import TABLE, Advised, Row, advise, advised_by, situation
from flows.dialogue import Dialogue
from flows.effects import VoidCodes
from flows.machine import BrokenFlow
from flows.model import DossierView, Facts, OnFile
from tests.play import USUAL, Played, play, procedures, say_to, wording

ALL = OnFile(phone=True, email=True, name=True, birth_date=True, national_id=True)
BOOK, CARD, REVIEW = "reissue_book", "reissue_card", "phone_review"
NAMES = [f"{of}.{name}" for of, rows in TABLE.items() for name in rows]

SITUATIONS = [
    ("forgot_password", "", ""),
    ("forgot_password", "said=vneid", "vneid"),
    ("forgot_password", "said=yes", ""),
    ("lost_phone", "", ""),
    ("lost_phone", "said=works", "works"),
    ("lost_phone", "said=sim_gone", ""),
    ("lost_phone", "sim=sim_gone said=signs_in", "signs_in"),
    ("lost_phone", "sim=sim_gone password=remembers said=remembers", ""),
    ("lost_phone", "sim=sim_gone password=forgot said=forgot", ""),
    ("lost_phone", "password=forgot said=has_email", "has_email"),
    ("lost_phone", "password=remembers said=has_email", ""),
    ("lost_phone", "password=remembers email=no_email said=no_email", ""),
    ("lost_phone", "open=phone_review", "review_open"),
    ("lost_phone", "open=phone_review asked=phone_review", "review_asked"),
    ("lost_phone", "open=reregister", "register_open"),
    ("lost_phone", "open=reregister asked=reregister", "register_asked"),
    ("lost_phone", "open=reissue_book", ""),
    ("lost_phone", "open=reissue_card asked=reissue_card", ""),
    ("reissue", "", ""),
    ("reissue", "thing=book", ""),
    ("reissue", "thing=book cause=damaged", ""),
    ("reissue", "thing=book cause=lost data=changed", ""),
    ("reissue", "said=wrong_data", "wrong_data"),
    ("reissue", "thing=card", ""),
    ("reissue", "thing=card screen=vssid", "card_vssid"),
    ("reissue", "thing=card screen=vneid", "card_vneid"),
    ("reissue", "thing=card screen=chip", "card_chip"),
    ("reissue", "thing=card screen=none", ""),
    ("reissue", "thing=book screen=vneid", ""),
    ("reissue", "thing=book open=reissue_book", "book_open"),
    ("reissue", "thing=book open=reissue_book asked=reissue_book", "book_asked"),
    ("reissue", "thing=card open=reissue_book", ""),
    ("reissue", "thing=card open=reissue_card", "card_open"),
    ("reissue", "thing=card open=reissue_card asked=reissue_card", "card_asked"),
    ("reissue", "thing=card screen=chip open=reissue_card", "card_open"),
    ("reissue", "thing=book open=phone_review", ""),
    ("claim_phone", "", ""),
    ("claim_phone", "open=phone_review", "review_open"),
    ("claim_phone", "open=phone_review asked=phone_review", "review_asked"),
    ("claim_phone", "open=reregister", ""),
    ("freeze_account", "", ""),
    ("freeze_account", "open=unfreeze", "frozen"),
    ("freeze_account", "open=reissue_card", ""),
    ("cancel_account", "why=lost said=lost", "lost"),
    ("cancel_account", "why=new_number", "new_number"),
    ("cancel_account", "why=forgot", "forgot"),
    ("cancel_account", "why=misused", "misused"),
    ("cancel_account", "why=unused said=unused", ""),
    ("cancel_account", "why=other", ""),
    ("register_account", "open=register", "own_open"),
    ("register_account", "open=register asked=register", "own_asked"),
    ("register_account", "open=register_child", "child_open"),
    ("register_account", "open=register_child asked=register_child", "child_asked"),
    ("register_account", "open=reregister", ""),
    ("transfer_pension", "", ""),
    ("transfer_pension", "said=stays", "stays"),
    ("transfer_pension", "said=vneid", "vneid"),
    ("transfer_pension", "open=pension_place", "open"),
    ("transfer_pension", "open=pension_place asked=pension_place", "asked"),
    ("transfer_pension", "open=pension_payment", ""),
    ("change_payment", "", ""),
    ("change_payment", "said=others", "others"),
    ("change_payment", "said=vneid open=pension_payment", "vneid"),
    ("change_payment", "open=pension_payment", "open"),
    ("change_payment", "open=pension_payment asked=pension_payment", "asked"),
]

# (procedure, what she does, the requests that are open, the row's text, where it is said)
TALKS = [
    ("forgot_password", ("[vneid]",), (), "advice.vneid", "advice"),
    ("lost_phone", ("[works]",), (), "advice.works", "advice"),
    ("lost_phone", ("[sim_gone]", "[signs_in]"), (), "advice.signs_in", "advice"),
    ("lost_phone", ("[sim_gone]", "[forgot]", "[has_email]"), (), "advice.has_email", "advice"),
    ("lost_phone", (), (REVIEW,), "dossier_open", "sim"),
    ("lost_phone", (), ("reregister",), "dossier_open", "sim"),
    ("reissue", ("[wrong_data]",), (), "advice.wrong_data", "advice"),
    ("reissue", ("[card]", "[vssid]"), (), "advice.vssid", "advice"),
    ("reissue", ("[card]", "[vneid]"), (), "advice.vneid", "advice"),
    ("reissue", ("[card]", "[chip]"), (), "advice.chip", "advice"),
    ("reissue", ("[book]",), (BOOK,), "dossier_open", "advice"),
    ("reissue", ("[card]",), (CARD,), "dossier_open", "advice"),
    ("claim_phone", (), (REVIEW,), "dossier_early", "consent"),
    ("freeze_account", (), ("unfreeze",), "dossier_frozen", "confirm"),
    ("cancel_account", ("[lost]",), (), "advice.lost", "advice"),
    ("cancel_account", ("[new_number]",), (), "advice.new_number", "advice"),
    ("cancel_account", ("[forgot]",), (), "advice.forgot", "advice"),
    ("cancel_account", ("[misused]",), (), "advice.misused", "advice"),
    ("register_account", (), ("register",), "dossier_open", "who"),
    ("register_account", (), ("register_child",), "dossier_open", "who"),
    ("transfer_pension", ("[stays]",), (), "advice.stays", "advice"),
    ("transfer_pension", ("[vneid]",), (), "advice.vneid", "advice"),
    ("transfer_pension", (), ("pension_place",), "dossier_open", "benefit"),
    ("change_payment", ("[others]",), (), "advice.others", "advice"),
    ("change_payment", ("[vneid]",), (), "advice.vneid", "advice"),
    ("change_payment", (), ("pension_payment",), "dossier_open", "method"),
]
# (procedure, what she does until she goes on all the same, the question she is at then)
ANYWAY = [
    ("forgot_password", ("[vneid]", "[anyway]"), "consent"),
    ("lost_phone", ("[works]", "[anyway]"), "sim"),
    ("lost_phone", ("[sim_gone]", "[signs_in]", "vẫn làm tiếp"), "password"),
    ("lost_phone", ("[sim_gone]", "[forgot]", "[has_email]", "[anyway]"), "office"),
    ("reissue", ("[wrong_data]", "[anyway]"), "thing"),
    ("reissue", ("[card]", "[vssid]", "[paper]"), "cause"),
    ("forgot_password", ("[vneid]", "[back]"), "consent"),
    ("lost_phone", ("[sim_gone]", "[signs_in]", "[back]"), "password"),
    ("reissue", ("[card]", "[vneid]", "[back]"), "screen"),
    ("cancel_account", ("[lost]", "[anyway]"), "consent"),
    ("cancel_account", ("[lost]", "[back]"), "why"),
    ("transfer_pension", ("[stays]", "[anyway]"), "benefit"),
    ("transfer_pension", ("[vneid]", "[back]"), "benefit"),
    ("change_payment", ("[others]", "[anyway]"), "method"),
    ("change_payment", ("[others]", "[back]"), "method"),
]


def having(*kinds: str, state: str = "in_review") -> Facts:
    """Somebody whose requests of these kinds are in this state."""
    views = tuple(DossierView(f"HS-{kind}", kind, state) for kind in kinds)
    return replace(USUAL, dossiers=views, on_file=ALL)


def begun(procedure: str, inputs: tuple[str, ...], facts: Facts) -> Played:
    """Begin by name, for one of them has no button in the menu."""
    name = wording().label(procedure, "vi", f"start:{procedure}", {})
    return play("", ("xin chào", name, *inputs), facts)


@pytest.mark.parametrize(("procedure", "words", "row"), SITUATIONS)
def test_what_is_advised(procedure: str, words: str, row: str) -> None:
    """In each situation just this row is said, or none."""
    assert advise(TABLE[procedure], words.split()) == row


def test_there_are_enough_situations() -> None:
    """Every row of the table comes up in some situation, and many situations have none."""
    assert len({(procedure, words) for procedure, words, _ in SITUATIONS}) >= 30
    assert {f"{of}.{row}" for of, _, row in SITUATIONS if row} == set(NAMES)


@pytest.mark.parametrize(("procedure", "inputs", "kinds", "key", "at"), TALKS)
def test_one_bubble_with_a_way_out_and_a_way_on(
    procedure: str, inputs: tuple[str, ...], kinds: tuple[str, ...], key: str, at: str
) -> None:
    """The advice stands above one question, with its exit, and nothing has been asked for."""
    played = begun(procedure, inputs, having(*kinds))
    assert (played.keys, played.at, played.effects) == ((key, f"step.{at}"), at, ())
    (row,) = (row for row in TABLE[procedure].values() if row.say == key and _holds(played, row))
    assert row.exit in played.talk.choices
    assert row.stay in played.talk.choices or at != "advice"
    assert played.says[0].holes == {"checked": f"{row.checked:%d/%m/%Y}"}


def _holds(played: Played, row: Row) -> bool:
    kinds = {word.partition("=")[2] for word in row.when if word.startswith("open=")}
    draft = played.talk.draft
    words = {f"thing={getattr(draft, 'thing', '')}", f"screen={getattr(draft, 'screen', '')}"}
    answered = {word for word in row.when if word.startswith(("thing=", "screen="))}
    name = getattr(draft, "advised", "")
    rows = TABLE[played.talk.flow]
    return rows[name] is row if name else answered <= words and kinds <= _kinds(played)


def _kinds(played: Played) -> set[str]:
    opened = {"phone_review", "unfreeze", "register", "pension_place", "pension_payment"}
    return opened if "start:my_dossiers" in played.talk.choices else set()


@pytest.mark.parametrize(("procedure", "inputs", "at"), ANYWAY)
def test_going_on_all_the_same_loses_nothing(
    procedure: str, inputs: tuple[str, ...], at: str
) -> None:
    """She is at the question from which the advice came, or past it, and hears no more advice."""
    played = play(procedure, inputs)
    assert (played.talk.flow, played.at, played.keys) == (procedure, at, (f"step.{at}",))
    gone_on = inputs[-1] != "[back]"
    leads = {"tap:vneid", "tap:works", "tap:signs_in", "tap:has_email", "tap:wrong_data"}
    assert not (gone_on and leads & set(played.talk.choices))


def test_only_one_advice_in_a_procedure() -> None:
    """Whoever went on with an open request is not told of electronic cards as well."""
    played = play("reissue", ("[card]", "[anyway]", "[vssid]"), having(CARD))
    assert (played.at, played.keys) == ("cause", ("step.cause",))


@pytest.mark.parametrize(
    ("procedure", "inputs", "kind"),
    [
        ("reissue", ("[book]",), BOOK),
        ("reissue", ("[card]",), CARD),
        ("lost_phone", (), REVIEW),
        ("claim_phone", (), REVIEW),
        ("freeze_account", (), "unfreeze"),
        ("transfer_pension", (), "pension_place"),
        ("change_payment", (), "pension_payment"),
    ],
)
def test_an_open_request_is_shown_and_the_procedure_kept(
    procedure: str, inputs: tuple[str, ...], kind: str
) -> None:
    """The exit leads to the requests; what was begun is parked and offered again."""
    facts = having(kind)
    played = begun(procedure, (*inputs, "[my_dossiers]"), facts)
    assert (played.outcome and played.outcome.flow, played.parked) == ("my_dossiers", [procedure])
    if played.at == "list":
        say_to(played, "[done]", facts)
    say_to(played, "[go_on]", facts)
    assert played.talk.flow == procedure


@pytest.mark.parametrize("state", ["resolved", "rejected", "withdrawn"])
def test_a_request_that_is_over_is_in_nobodys_way(state: str) -> None:
    """Only what is open is advised of."""
    assert play("reissue", ("[book]",), having(BOOK, state=state)).keys == ("step.cause",)
    assert play("lost_phone", (), having(REVIEW, state=state)).keys == ("step.sim",)


@pytest.mark.parametrize(
    ("procedure", "inputs"),
    [
        ("forgot_password", ("[vneid]", "[enough]")),
        ("lost_phone", ("[sim_gone]", "[signs_in]", "không cần nữa")),
        ("reissue", ("[wrong_data]", "[enough]")),
        ("reissue", ("[card]", "[chip]", "[enough]")),
    ],
)
def test_an_exit_ends_with_what_to_do_now(procedure: str, inputs: tuple[str, ...]) -> None:
    """Nothing was asked for, and the last bubble says how to begin again."""
    played = play(procedure, inputs)
    assert (played.ended, played.effects) == ("not_needed", ())
    said = wording().text(procedure, "vi", "step.not_needed", {})
    assert "nhắn “" in said


def test_a_button_that_only_leads_to_advice_comes_only_where_there_is_some() -> None:
    """Who remembers the password is not asked for the e-mail as a way to get it back."""
    assert "tap:has_email" in play("lost_phone", ("[sim_gone]", "[forgot]")).talk.choices
    known = play("lost_phone", ("[sim_gone]", "[remembers]", "[no_email]"))
    assert known.at == "office"
    assert "tap:has_email" not in known.talk.choices


# --- dates and switches ----------------------------------------------------------------


def changed(off: tuple[str, ...] = (), *checked: tuple[str, date]) -> Dialogue:
    """The product's dialogue with some rows switched off, and others of another date."""
    flows = advised_by(procedures(), table(off, checked))
    return Dialogue(flows, wording().phrases())


def test_a_row_that_is_switched_off_is_not_said() -> None:
    """Its button is gone, its answer leads straight on, and the others stay."""
    house = changed(("reissue.card_vssid", "forgot_password.vneid", "lost_phone.review_open"))
    off = play("reissue", ("[card]", "[vssid]"), USUAL, house)
    assert (off.at, off.keys) == ("cause", ("step.cause",))
    assert play("reissue", ("[card]", "[vneid]"), USUAL, house).at == "advice"
    assert "tap:vneid" not in play("forgot_password", (), USUAL, house).talk.choices
    assert play("lost_phone", (), having(REVIEW), house).keys == ("step.sim",)


def test_a_row_says_its_own_date() -> None:
    """Another date is said with that row alone."""
    house = changed((), ("reissue.card_chip", date(2027, 1, 15)))
    chip = play("reissue", ("[card]", "[chip]"), USUAL, house)
    vssid = play("reissue", ("[card]", "[vssid]"), USUAL, house)
    dates = [played.says[0].holes["checked"] for played in (chip, vssid)]
    assert dates == ["15/01/2027", "22/11/2026"]


def test_settings_name_rows() -> None:
    """Switches and dates come from the settings; a row there is not is named, with its key."""
    written = {
        "VSSID_PROCEDURES__ADVICE_OFF": '["reissue.card_vssid"]',
        "VSSID_PROCEDURES__ADVICE_CHECKED": '["reissue.card_chip 2027-01-15"]',
    }
    said = load(None, written).procedures
    rows = table(said.advice_off, said.advice_checked)["reissue"]
    assert (rows["card_vssid"].on, rows["card_vneid"].on) == (False, True)
    assert rows["card_chip"].checked == date(2027, 1, 15)
    with pytest.raises(ConfigError) as refused:
        load(None, {"VSSID_PROCEDURES__ADVICE_OFF": '["reissue.card_vsid"]'})
    (problem,) = refused.value.problems
    assert problem.startswith("procedures.advice_off.0: 'reissue.card_vsid' is no row")


@pytest.mark.parametrize("written", ["reissue.card_chip", "reissue.card_chip 31/1/2027", "x 2027"])
def test_a_date_is_a_date(written: str) -> None:
    """A row without its date, or with another form of it, is refused."""
    with pytest.raises(ValueError, match="advice_checked"):
        Procedures.model_validate({"advice_checked": [written]})


def test_nothing_changes_without_a_setting() -> None:
    """As shipped the procedures are the very same, so nothing is built twice."""
    assert advised_by(procedures(), table((), ())) is procedures()


# --- the table itself --------------------------------------------------------------------


@pytest.mark.parametrize("full", NAMES)
def test_every_row_has_a_source_and_a_way_out(full: str) -> None:
    """Each has a source, a date, an exit that exists, and words that can be true."""
    procedure, _, name = full.partition(".")
    row, flow = TABLE[procedure][name], procedures()[procedure]
    assert row.source
    assert row.on
    assert row.exit.removeprefix("start:") in procedures() or ("advice", row.exit) in flow.rows
    assert isinstance(flow, Advised)
    answers = {word.partition("=")[0] for word in situation(flow, flow.draft(), "", ())}
    views = [DossierView("HS", word.partition("=")[2], "needs_info") for word in row.when]
    answers |= {word.partition("=")[0] for word in situation(flow, flow.draft(), "", views)}
    assert {word.partition("=")[0] for word in row.when} <= answers


def test_a_row_that_leads_nowhere_is_refused() -> None:
    """A typo in an exit is found when the procedures are built, not by a citizen."""
    flow = procedures()["reissue"]
    assert isinstance(flow, Advised)
    rows = dict(flow.advice)
    rows["card_chip"] = msgspec.structs.replace(rows["card_chip"], exit="tap:enouhg")
    with pytest.raises(BrokenFlow, match="card_chip"):
        advised_by({"reissue": flow}, {"reissue": rows})


# --- a claim that came too early -----------------------------------------------------------

CLAIM = ("[yes]", "0123456789", "0912 345 678")


def test_a_claim_that_waits_for_a_code_begins_anew() -> None:
    """Said once more, its words begin it again; everywhere else they repeat the question."""
    played = begun("claim_phone", CLAIM, USUAL)
    assert played.at == "code"
    say_to(played, "nhận số mới")
    assert (played.at, played.keys, played.effects) == (
        "consent",
        ("step.consent",),
        (VoidCodes(),),
    )
    for line in ("[yes]", "[keep]", "[keep]", "right code"):
        say_to(played, line)
    assert played.ended == "done"
    early = begun("claim_phone", CLAIM[:2], USUAL)
    say_to(early, "nhận số mới")
    assert (early.at, early.keys) == ("phone", ("again.phone",))


def test_going_on_with_a_claim_sends_nothing() -> None:
    """Whoever was asked "stop?" and goes on is still at the code."""
    played = begun("claim_phone", (*CLAIM, "hủy", "[go_on]"), USUAL)
    assert (played.at, played.keys, played.effects) == ("code", ("again.code",), ())
