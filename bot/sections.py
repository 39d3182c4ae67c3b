"""The sections of config.toml: every key, its default and its bounds.

What would switch off a control (longer codes, more guesses) is out of bounds here.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from bot.advice_rules import AdviceDate, AdviceRow
from bot.listening import for_operators
from bot.notifier.described import Described
from bot.notifier.gateway import SmsGateway
from bot.web.address import for_citizens


class ConfigError(Exception):
    """What must be mended before anything can start; one line a key, never a value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Limit:
    """At most n in any window of so many seconds."""

    n: int
    seconds: int


def _limit(written: object) -> object:
    if isinstance(written, Limit):
        return written
    found = re.fullmatch(r"([1-9]\d{0,8})/([1-9]\d{0,5})([smhd])", str(written), re.ASCII)
    if not found:
        raise ValueError('must look like "3/15m": how many, and in how many s, m, h or d')
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[3]]
    return Limit(int(found[1]), int(found[2]) * unit)


def _no_truth(written: object) -> object:
    if isinstance(written, bool):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic collects ValueErrors
    return written


def _shaped(pattern: str, wanted: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, secret.get_secret_value(), re.ASCII):
            raise ValueError(f"must be {wanted}")
        return secret

    return AfterValidator(check)


Limits = Annotated[
    tuple[Annotated[Limit, BeforeValidator(_limit)], ...], Field(min_length=1, max_length=8)
]
Count = Annotated[int, BeforeValidator(_no_truth), Field(ge=1, le=1_000_000_000)]
Hours = Annotated[int, BeforeValidator(_no_truth), Field(ge=0, le=720)]
Delay = Annotated[float, BeforeValidator(_no_truth), Field(gt=0, le=86400)]
Delays = Annotated[tuple[Delay, ...], Field(min_length=1, max_length=20)]
BotToken = Annotated[SecretStr, _shaped(r"\d+:[\w-]+", "the number, a colon, what BotFather gave")]
WebhookSecret = Annotated[SecretStr, _shaped(r"[\w-]{32,256}", "32 to 256 letters, digits, _, -")]
NoticeWay = Literal["all", "email_or_sms", "sms_or_email", "chat_only"]
HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s/@]+(/\S*)?$")]


class Database(Described):
    """Where the rows are. A PostgreSQL address may hold a password, so it is never shown."""

    url: str = Field(
        "sqlite:///data/vssid.db", pattern=r"^(sqlite:///|postgres(ql)?://)\S", repr=False
    )
    direct_url: str = Field("", pattern=r"^(postgres(ql)?://\S+)?$", repr=False)
    connections: int = Field(8, ge=2, le=100)


class Keys(Described):
    """Where the keys are; never beside a copy of the database."""

    file: str = Field("data/keys.json", min_length=1)


class Telegram(Described):
    """The bot's account and how updates come in."""

    token: BotToken | None = None
    api_base_url: HttpUrl = "https://api.telegram.org/bot"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_secret: WebhookSecret | None = None
    webhook_path: str = Field("/telegram", pattern=r"^(/[A-Za-z0-9_-]+)+$")


class Http(Described):
    """Where we listen, and how the outside reaches us."""

    host: str = Field("127.0.0.1", pattern=r"^[A-Za-z0-9.:-]+$")
    port: int = Field(8080, ge=0, le=65535)
    public_url: Annotated[str, AfterValidator(for_citizens)] = ""
    drain_seconds: Annotated[float, BeforeValidator(_no_truth)] = Field(4, ge=0, le=5)
    metrics_public: bool = False
    metrics_listen: Annotated[str, AfterValidator(for_operators)] = Field(
        "", pattern=r"^(([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5})?$"
    )


class Sms(Described):
    """The gateways, in the order in which they are tried."""

    gateways: tuple[SmsGateway, ...] = ()


class Codes(Described):
    """One-time codes; `tries` counts guesses and `sends` sendings per run of a procedure."""

    sms_seconds: Count = Field(300, le=600)
    email_seconds: Count = Field(600, le=600)
    tries: Count = Field(5, le=5)
    sends: Count = Field(3, le=10)
    resend_after: Count = 60  # seconds
    min_life: Count = 60  # seconds; a message with a code that has less left is not sent


class Recovery(Described):
    """How a new password reaches the citizen."""

    password: Literal["temporary", "link"] = "temporary"
    temporary_hours: Count = 24
    page_minutes: Count = 15


class HumanCheck(Described):
    """When the picture with digits is asked for."""

    policy: Literal["always", "near", "never"] = "near"


class LimitsOf(Described):
    """Who may do how much."""

    destination_sends: Limits = (Limit(1, 60), Limit(3, 900), Limit(5, 86400))
    account_flows: Limits = (Limit(5, 86400),)
    chat_flows: Limits = (Limit(5, 3600), Limit(10, 86400))
    chat_accounts: Limits = (Limit(3, 86400),)
    prefix_sends: Limits = (Limit(20, 3600),)
    prefix_trial: Limits = (Limit(50, 86400),)  # from so many on, a fifth must be typed rightly
    system_sends: Limits = (Limit(2000, 3600),)
    vnd_per_day: Count = 20_000_000  # all codes by SMS in 24 hours
    vnd_per_sms: Count = 1000
    account_failures: Limits = (Limit(15, 86400),)
    linked_reserve: Count = 5  # of account_failures, kept for chats that proved the account
    chat_failures: Limits = (Limit(10, 86400),)
    system_failures: Limits = (Limit(500, 3600),)
    pauses: Annotated[tuple[Count, ...], Field(min_length=1)] = (900, 3600, 21600, 86400)
    streak: Count = 50


class Talk(Described):
    """How long a chat's buttons live, and after what silence it is asked to resume."""

    button_minutes: Count = 15
    resume_minutes: Count = 30
    proof_idle_minutes: Count = Field(15, le=60)  # an account once proved need not be again (R30)
    proof_minutes: Count = Field(60, le=60)


class Days(Described):
    """Days for which each kind of row is kept."""

    seen: Count = Field(8, ge=7)
    challenges: Count = 1
    transcript: Count = 90
    outbound: Count = 30
    tallies: Count = 2
    abandoned: Count = 30
    changes: Count = 730  # of contacts; evidence of who decided what
    photos: Count = 30  # after the dossier was closed (rule R63)
    dossiers: Count = 730  # after they were closed
    asides: Count = 7  # events that could not be handled (rule R63)
    evidence: Count = 1826  # consents, and requests about one's own data


class Holds(Described):
    """Hours before a change takes effect, by how it was proved; and to undo it."""

    both_sides: Hours = 0  # codes to the old and to the new contact
    one_side: Hours = 24  # the password instead of a code to the old contact
    review: Hours = Field(72, ge=72)  # two officers, without the old phone (rule R18)
    cancel: Hours = Field(72, ge=72)  # closing an account
    undo: Hours = Field(72, ge=72)


class Notices(Described):
    """Which of a member's addresses hear of what; `contact` and `password` are for all (R20)."""

    registration: NoticeWay = "email_or_sms"
    account_approved: NoticeWay = "email_or_sms"
    profile_change: NoticeWay = "email_or_sms"
    dossier: NoticeWay = "email_or_sms"

    def way(self, kind: str) -> NoticeWay:
        """The way of one kind of notice; what concerns the account's safety goes everywhere."""
        if "registration_submitted" in kind:
            return self.registration
        if kind.startswith("dossier_"):
            return self.dossier
        chosen = {
            "account_approved": self.account_approved,
            "profile_change_submitted": self.profile_change,
        }
        return chosen.get(kind, "all")


class Notifier(Described):
    """How messages are claimed and repeated; the retries are seconds after each failure."""

    lease_seconds: Count = 30
    batch: Count = 64
    sms_retries: Delays = (1, 3, 7, 15)
    chat_retries: Delays = (1, 3, 7, 15, 60, 300)
    mail_retries: Delays = (1, 5, 30, 120)
    photo_retries: Delays = (1, 3, 7, 15, 30)


class Help(Described):
    """Where people are reached."""

    hotline: str = Field("1900 9068", pattern=r"^[0-9 .-]{4,13}$")
    hours: str = Field("24/7", max_length=80)


class Procedures(Described):
    """When somebody last compared the rules with those in force; rows of `flows/advice.toml`."""

    checked_on: date = date(2026, 11, 22)
    advice_off: tuple[AdviceRow, ...] = ()
    advice_checked: tuple[AdviceDate, ...] = ()


class Log(Described):
    """Where logs go; an empty path means stderr."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    path: str = ""
