"""Walk through a procedure completely: every state and input, every fact that is possible there.

A world is where a chat stands and what exists outside of it: codes on their way, codes that
were right, pages that are open, accounts that were proved. The walk knows which facts are
possible in a world, and no others; in doubt it takes more for possible than the bot does: a code
may be right whatever it was sent for, if no table made it void, and may lapse at any moment.

What codes and proofs are bound to (`BOUND`) is combined with everything. All other answers are
not combined with each other: a world is gone on from if one of them has a value that it had not
yet in that place. Nobody goes on from a world with a third account, phone or e-mail.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, combinations, product
from typing import Any, NamedTuple

from msgspec.structs import replace

from flows import checks
from flows.checks import Reader
from flows.dialogue import Dialogue, Heard, Outcome
from flows.effects import (
    OfferSignIn,
    Say,
    SendCode,
    SendPasswordLink,
    ShowPicture,
    VoidCodes,
)
from flows.model import (
    CONTACT,
    OTHER,
    PHOTO,
    STALE,
    TEXT,
    Allowance,
    CheckCode,
    CheckHuman,
    CodeCheck,
    DossierView,
    Event,
    Facts,
    Judged,
    LookUp,
    MaySend,
    OnFile,
    Proof,
    Talk,
    start,
)
from flows.path import no_words
from flows.scam import REASONS, pasted
from flows.table import Draft
from tests.play import RESULTS, house

ACCOUNT, OTHER_ACCOUNT = "0123456789", "7912345678"
PHONE, OTHER_PHONE = "+84912345678", "+84987654321"
MAILS = ("a@b.vn", "c@d.vn", "an@gmail.con", "an@gmail.com", "an@gmail")
# What codes and proofs depend on, and the values with which a walk goes on.
BOUND: Mapping[str, frozenset[str] | None] = {
    "account": frozenset({"", ACCOUNT, OTHER_ACCOUNT}),
    "contact": frozenset({"", PHONE, OTHER_PHONE, MAILS[0], "on_file:phone"}),
    "phone": frozenset({"", PHONE, OTHER_PHONE}),
    "email": frozenset({"", *MAILS, "reads", "no_email"}),
    "reply": None,
    "proven": None,
}
# Not combined; a code that went to one of them is still told from all others.
LOOSE = frozenset({"reads", "no_email", "an@gmail.con", "an@gmail", "an@gmail.com"})
LONG = 10
# What is typed where it is asked for. Two accounts, two phones: what is bound to one must be
# seen to open nothing of the other.
TYPED: Mapping[Reader, tuple[str, ...]] = {
    checks.account_number: (
        *("0123456789", "7912 345 678", "DN 4 79 79 1234 5678", "079 091 234 567"),
    ),
    checks.vn_mobile: ("0912.345.678", "0987 654 321"),
    checks.contact: ("0912.345.678", "A@B.vn"),
    checks.new_email: ("c@d.vn", "an@gmail.con", "an@gmail"),
    checks.six_digits: ("482 913",),
    checks.picture_digits: ("1234",),
    checks.line_number: tuple("12345678"),
    checks.full_name: ("Nguyễn Thị An",),
    checks.birth_date: ("03/04/1948", "1948", "01/01/2090", "01/01/1800"),
    checks.national_id: ("079091234567", "012345678"),
    checks.short_words: ("Tày",),
    checks.postal_address: ("12 Lê Lợi, phường Bến Thành, TP.HCM",),
    checks.free_text: ("BHXH quận 1",),
    checks.province: ("vào Huế",),
    checks.agency: ("phường Hải Châu",),
    checks.holder_name: ("NGUYEN THI AN",),
    checks.bank_name: ("Agribank", "quỹ tín dụng Yên Mỹ"),
    checks.bank_account: ("stk 0071 0001 23456",),
    checks.bank_account_again: ("0071000123456", "0071000123457"),
    no_words: (),
    pasted: ("bhxh-gov.com", "1900 9068", "cháu chuyển bà một tin dài, bà xem giúp cháu nhé"),
}
# What is typed in every world, whatever it asks.
ALWAYS = (
    "cháu không biết gì cả",
    "12345",
    "bao lâu thì xong?",
    "x" * 4096,
    "MatKhau@2026x",
    "nhầm, mã số là 7912345678",
    "nhầm, số là 0987654321",
    "nhầm, email là c@d.vn",
    "KHÔNG A7K2M9B4C3",
    "hủy",
    "dừng",
    "quay lại",
    "gửi lại",
    "menu",
    "làm sau",
    "ngắn thôi",
    "đầy đủ",
    "/canbo",
    "/english",
)
# What is typed besides, once in every place, and not gone on from.
ONCE = (
    "",
    "\u200f\u200b",
    "12345678901",
    "091234567",
    "01234567890",
    "02437899999",
    "+14155550132",
    "1900 9068",
    "0912345678 hoặc 0987654321",
    "0123456789 hoặc 7912345678",
    "@gmail.com",
    "a@b.vn, c@d.vn",
    "\u0661\u0662\u0663\u0664\u0665\u0666",
    "123456 hay 654321",
    "1 và 2",
    "\N{GRINNING FACE}",
    "x" * 301,
    "mật khẩu của tôi là: hoa123",
    "nhầm, thẻ là DN4797912345678",
    "nhầm",
    "/start",
    "/start forgot_password",
    "/khoa",
    "/huy",
    "/khong_co",
    "1. Đồng ý",
    "xong",
    *"0123456789",
)
FILED = (
    OnFile(phone=True, email=True, name=True, birth_date=True, national_id=True),
    OnFile(phone=True, email=False, old=True),
)
REQUESTS = (
    (),
    (DossierView("HS-2", "reissue_card", "needs_info", 3),),
    (DossierView("HS-1", "reissue_book", "in_review"),),
    (DossierView("HS-3", "unfreeze", "submitted"),),
)
AGREED = (("add_email",), ("add_email", "reissue"))
# Every reason comes up, three at a time, with every verdict.
JUDGED = tuple(
    Judged(verdict, REASONS[at : at + 3])
    for verdict in ("official", "not_official", "unclear")
    for at in range(0, len(REASONS), 3)
)
GRANTED, REFUSED = Allowance(granted=True), Allowance(granted=False)
NEAR, SOON = Allowance(granted=True, near=True), Allowance(granted=False, soon=True)
ALIVE = Allowance(granted=False, soon=True, alive=True)
TODAY = 1_795_000_000.0
TURN, RUN = 5, 2  # the numbers by which the bubble and the run of every world go


class Code(NamedTuple):
    """A one-time code, and all that it is bound to."""

    slot: str
    account: str
    to: str
    value: str


class Proven(NamedTuple):
    """An account that was proved, and how: by the slot of a code or by the password."""

    account: str
    by: str


class World(NamedTuple):
    """Where a chat stands, and what exists outside of it.

    sent: codes that are alive. right: codes that were right and are not void, but for those that
    do nothing but prove an account. shown: the event of the page that is open for the account.
    proof: what was proved last in this run.
    """

    talk: Talk
    sent: frozenset[Code] = frozenset()
    right: frozenset[Code] = frozenset()
    shown: str = ""
    proof: Proven | None = None


class Step(NamedTuple):
    """One thing that can happen in a world. draft: the answers by which it was decided."""

    world: World
    event: Event
    heard: Heard
    facts: Facts
    draft: Draft
    outcome: Outcome
    once: bool

    @property
    def keys(self) -> list[str]:
        """What the bubble says; words of a picture are said by whoever carries that out."""
        effects = self.outcome.effects
        keys = [effect.key for effect in effects if isinstance(effect, Say)]
        in_words = any(isinstance(each, ShowPicture) and each.in_words for each in effects)
        return [*keys, "picture_words"] if in_words else keys

    @property
    def right_now(self) -> frozenset[Code]:
        """The code that this very event has proved right."""
        check = self.facts.code
        slot = check.slot if check and check.result == "right" else None
        return frozenset(code for code in self.world.sent if code.slot == slot)

    @property
    def held(self) -> frozenset[Code]:
        """The codes of this run that were right, or are now, and have not lapsed."""
        ever = self.world.right | self.right_now
        return frozenset(code for code in ever if code.slot in self.facts.held)

    @property
    def proof(self) -> Proven | None:
        """What was proved last in this run, this very event included."""
        # The page's event comes too late where the conversation has gone on.
        if self.heard.kind == "web:proved" and self.outcome.talk.state != self.world.talk.state:
            return Proven(self.draft.account, "password")
        proofs = (code for code in self.right_now if code.slot.startswith("proof"))
        return next((Proven(code.account, code.slot) for code in proofs), self.world.proof)

    def __str__(self) -> str:
        words = repr(self.event.text[:40]) if self.event.text else self.event.kind
        usual = Facts()
        told = {
            name: value
            for name in Facts.__struct_fields__
            if (value := getattr(self.facts, name)) != getattr(usual, name)
        }
        to = self.outcome.ended or self.outcome.talk.state or "menu"
        return f"{self.world.talk.state or 'menu'}: {words} {told} -> {to}"


@dataclass
class Walk:
    """One procedure on its way: each step once, and how each world was first reached."""

    name: str
    dialogue: Dialogue = field(default_factory=house)
    came: dict[World, Step | None] = field(default_factory=dict)
    _keys: set[Any] = field(default_factory=set)
    _values: set[Any] = field(default_factory=set)
    _heard: dict[Any, list[tuple[Event, Heard, bool]]] = field(default_factory=dict)
    _once: set[Any] = field(default_factory=set)
    _resumed: set[tuple[str, str]] = field(default_factory=set)

    def steps(self) -> Iterator[Step]:
        """Everything that can happen, from the menu to every end."""
        todo = deque(self._beginnings())
        self.came |= dict.fromkeys(todo)
        while todo:
            world = todo.popleft()
            for step in self._steps(world):
                yield step
                after = _after(step, self)
                if after is not None and after not in self.came and self._is_new(after):
                    self.came[after] = step
                    todo.append(after)

    def path(self, step: Step) -> str:
        """What to do to see this step, one line each."""
        lines, last = [str(step)], self.came[step.world]
        while last is not None:
            lines.append(str(last))
            last = self.came[last.world]
        return "\n".join(reversed(lines))

    def _beginnings(self) -> Iterator[World]:
        """At the menu; for one who proved an account there, too."""
        choices = (*self.dialogue.menu, start(self.name))
        yield World(Talk(turn=TURN, run=RUN, choices=choices))
        proof = Proof(ACCOUNT, 0, 0)
        yield World(Talk(turn=TURN, run=RUN, choices=choices, proof=proof))

    def _is_new(self, world: World) -> bool:
        talk = world.talk
        draft = {name: getattr(talk.draft, name) for name in talk.draft.__struct_fields__}
        bound = {name: value for name, value in draft.items() if name in BOUND}
        bound = {name: value for name, value in bound.items() if value not in LOOSE}
        # Of a long text it matters only that it is there.
        values = {
            (talk.state, name, bool(value) if len(str(value)) > LONG else value)
            for name, value in draft.items()
            if name not in bound
        }
        aside = {"misses": talk.misses, "plain": talk.plain, "choices": talk.choices}
        values |= {(talk.state, name, value) for name, value in aside.items()}
        key = (talk.state, talk.proof, tuple(bound.items()), *world[1:])
        if key in self._keys and values <= self._values:
            return False
        self._keys.add(key)
        self._values |= values
        return True

    def _steps(self, world: World) -> Iterator[Step]:
        dialogue, talk = self.dialogue, world.talk
        for event, heard, once in self._events(world):
            draft = dialogue.draft_after(talk, heard) or talk.draft
            for facts in self._facts(world, heard, draft):
                outcome = dialogue.step(talk, heard, facts)
                yield Step(world, event, heard, facts, draft, outcome, once)

    def _events(self, world: World) -> Iterator[tuple[Event, Heard, bool]]:
        """Every event that means something of its own here, and whether it is tried only once."""
        talk = world.talk
        place = (talk.state, talk.choices, talk.first)
        given = talk.draft and tuple(
            bool(getattr(talk.draft, name)) for name in talk.draft.__struct_fields__
        )
        if (place, given) not in self._heard:
            self._heard[place, given] = list(self._hear(talk))
        fresh = place not in self._once
        self._once.add(place)
        for event, heard, once in self._heard[place, given]:
            if once and not fresh:
                continue
            kind = heard.kind
            sent = getattr(talk.draft, "sent", 0) - getattr(talk.draft, "photos", 0)
            possible = kind == world.shown if kind.startswith("web:") else True
            if possible and (sent or not kind.startswith("file:")):
                yield event, heard, once

    def _hear(self, talk: Talk) -> Iterator[tuple[Event, Heard, bool]]:
        seen = set()
        often = [*self._often(talk), *(Event(TEXT, text) for text in ALWAYS)]
        once = [Event(TEXT, text) for text in ONCE]
        for event in chain(often, once):
            heard = self.dialogue.hear(talk, event)
            refusal = heard.refusal.key if heard.refusal else ""
            mark = (heard.kind, heard.value, heard.at, refusal)
            if mark not in seen:
                seen.add(mark)
                yield event, heard, event in once

    def _often(self, talk: Talk) -> Iterator[Event]:
        yield from (Event(choice) for choice in talk.choices)
        if not talk.flow:
            yield Event(start(self.name))
            return
        flow = self.dialogue.flows[talk.flow]
        question = flow.question(talk.state)
        if question and hasattr(question, "reader"):
            yield from (Event(TEXT, text) for text in TYPED[question.reader])
        # Every event name of the table, as if a channel could be made to raise it.
        for on in dict.fromkeys(on for _, on in flow.rows):
            yield Event(on, "a-ref" if on == "file:kept" else "")
        yield from (Event(kind) for kind in (OTHER, STALE, "clock:forget", "typed:code"))
        yield from (Event("clock:apply", "a change"), Event("staff:decide", "a decision"))
        yield Event(PHOTO, "file-id")
        yield Event(TEXT, "123456", fresh=False)
        yield from (Event(CONTACT, phone) for phone in (PHONE, OTHER_PHONE, "+14155550132"))

    def _facts(self, world: World, heard: Heard, draft: Draft) -> Iterator[Facts]:
        wants = self.dialogue.wants(world.talk, heard)
        looks = {want.what for want in wants if isinstance(want, LookUp)}
        proof = world.talk.proof.account if world.talk.proof else ""
        sides = product(
            _checks(world, wants),
            _allowances(world, wants),
            (True, False) if any(isinstance(want, CheckHuman) for want in wants) else (None,),
            (proof, "") if proof else ("",),
            (False, True) if "undo" in looks else (False,),
            JUDGED if LookUp("pasted", heard.value) in wants and heard.value else (None,),
            _about_the_account(self.name, looks),
        )
        for (code, held), (sending, policy), human, live, undo, judged, known in sides:
            if code and code.result not in ("right", "expired"):
                sending = None  # noqa: PLW2901 - nothing is sent beside a code that is still good
            facts = Facts(
                code=code,
                held=held,
                sending=sending,
                human_policy=policy,
                human=human,
                proof=live,
                undo=undo,
                judged=judged,
                at=TODAY,
            )
            yield from self._variants(world, heard, draft, replace(facts, **known))

    def _variants(self, world: World, heard: Heard, draft: Draft, facts: Facts) -> Iterator[Facts]:
        flow = self.dialogue.flows.get(world.talk.flow)
        right = flow and facts.code and facts.code.result == "right"
        proves = (right and flow and facts.code and flow.codes[facts.code.slot].on_file) or (
            heard.kind.startswith("web:")
            or bool(facts.proof and facts.proof == getattr(draft, "account", ""))
        )
        if proves:
            yield from (replace(facts, on_file=filed) for filed in FILED)
            if self.name == "forgot_password":
                yield replace(facts, on_file=FILED[0], password_by="link")
        else:
            yield facts
        if (world.talk.state, heard.kind) not in self._resumed:
            self._resumed.add((world.talk.state, heard.kind))
            yield replace(facts, resumed=True)


def _about_the_account(name: str, looks: set[str]) -> Iterator[dict[str, Any]]:
    """What was looked up besides: one thing at a time, since the tables look at one first."""
    owner = {"owner": "same"} if "owner" in looks else {}
    yield owner
    if "cooling" in looks:
        yield {"cooling": True, **owner}
    if "owner" in looks:
        yield from ({"owner": word} for word in ("", "other", "unnamed"))
    if "dossiers" in looks:
        yield from ({"dossiers": each, **owner} for each in _requests(name))
    if "my_data" in looks:
        yield from ({"consents": each} for each in AGREED)


def _requests(name: str) -> tuple[tuple[DossierView, ...], ...]:
    """The requests that somebody may have who is in this procedure."""
    if name == "my_dossiers":
        return REQUESTS[1:]
    kind = {"transfer_pension": "pension_place", "change_payment": "pension_payment"}.get(name)
    return ((DossierView("HS-4", kind, "received", mine=True),),) if kind else ()


def _checks(
    world: World, wants: tuple[Any, ...]
) -> Iterator[tuple[CodeCheck | None, frozenset[str]]]:
    """What a typed code may be worth, with the earlier right ones that have not lapsed."""
    held = frozenset(code.slot for code in world.right)
    check = next((want for want in wants if isinstance(want, CheckCode)), None)
    if check is None:
        yield None, held
        return
    live = sorted(code.slot for code in world.sent if code.slot in check.slots)
    results = [CodeCheck(result) for result in RESULTS if result != "right"]
    for result in results if live or held else [CodeCheck("void")]:
        yield result, held
    for slot in live:
        for kept in _subsets(held - {slot}):
            yield CodeCheck("right", slot), kept | {slot}


def _subsets(slots: frozenset[str]) -> Iterator[frozenset[str]]:
    for size in range(len(slots) + 1):
        yield from map(frozenset, combinations(sorted(slots), size))


def _allowances(world: World, wants: tuple[Any, ...]) -> list[tuple[Allowance | None, Any]]:
    """Whether codes may be sent now, under each policy of the human check that matters."""
    asked = [want for want in wants if isinstance(want, MaySend)]
    if not asked:
        return [(None, "never")]
    may: list[tuple[Allowance | None, Any]] = [(GRANTED, "never"), (GRANTED, "always")]
    # Another chat may have asked for a code to the same contact at any moment.
    may += [(NEAR, "near"), (REFUSED, "never"), (SOON, "never")]
    # Whoever says "alive" may have looked at the address alone.
    sent = {(code.slot, code.to) for code in world.sent}
    return [*may, (ALIVE, "never")] if all((w.slot, w.contact) in sent for w in asked) else may


def _after(step: Step, walk: Walk) -> World | None:
    """The world that a step leaves, if the walk goes on there."""
    talk, world = step.outcome.talk, step.world
    if step.once or talk.flow != walk.name or talk.parked:
        return None
    for name, known in BOUND.items():
        if known is not None and getattr(talk.draft, name, "") not in known:
            return None
    sent, right = world.sent - step.right_now, world.right | step.right_now
    flow = walk.dialogue.flows[walk.name]
    before = getattr(world.talk.draft, "account", "")
    shown = world.shown if getattr(talk.draft, "account", "") == before else ""
    for effect in step.outcome.effects:
        if isinstance(effect, VoidCodes):
            sent = right = frozenset()
        if isinstance(effect, SendCode):
            slot, binds = effect.slot, flow.codes[effect.slot].binds
            sent = frozenset(code for code in sent if code.slot != slot)
            right = frozenset(code for code in right if code.slot != slot)
            value = getattr(talk.draft, binds) if binds else ""
            sent |= {Code(slot, effect.account, effect.contact, value)}
        if isinstance(effect, OfferSignIn):
            shown = "web:proved"
        if isinstance(effect, SendPasswordLink):
            shown = "web:chosen"
    right = frozenset(code for code in right if not code.slot.startswith("proof"))
    since = talk.proof and replace(talk.proof, at=0, seen=0)
    rest = replace(talk, turn=TURN, run=RUN, lang="vi", proof=since)
    return World(rest, sent, right, shown, step.proof)
