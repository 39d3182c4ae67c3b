"""Settings: the example is the truth, and every mistake is named without its value."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.config import ConfigError, Limit, Settings, keys, load

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
CANARY = "Kn4ry-Zq81-not-to-be-seen"

# What an operator writes for each CHANGE-ME, in the order of the file.
FILLED = (
    "4242:AAbbCC_dd-eeFF",
    "s" * 32,
    "https://bot.agency.vn",
    "gateway-key",
    "mail.agency.vn",
    "bot@agency.vn",
)

# (key, what is written instead, the key that must be named if it is another)
WRONG: tuple[tuple[str, str, str], ...] = (
    ("database.url", f'"mysql://u:{CANARY}@db/x"', ""),
    ("database.url", '""', ""),
    ("database.url", "7", ""),
    ("keys.file", '""', ""),
    ("keys.file", "[]", ""),
    ("telegram.token", f'"{CANARY}"', ""),
    ("telegram.token", '"CHANGE-ME"', ""),
    ("telegram.token", '"<token>"', ""),
    ("telegram.token", '"xxx"', ""),
    ("telegram.token", '"123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"', ""),
    ("telegram.token", '"your-token-here"', ""),
    ("telegram.token", '""', ""),
    ("telegram.token", "42", ""),
    ("telegram.mode", f'"{CANARY}"', ""),
    ("telegram.webhook_secret", f'"{CANARY[:20]}"', ""),
    ("telegram.webhook_secret", f'"{CANARY} with blanks {CANARY}"', ""),
    ("telegram.webhook_secret", '"please change me, this is a long placeholder"', ""),
    ("telegram.webhook_path", f'"{CANARY}"', ""),
    ("telegram.api_base_url", f'"ftp://{CANARY}"', ""),
    ("telegram.api_base_url", f'"https://user:{CANARY}@api/bot"', ""),
    ("http.host", f'"{CANARY} x"', ""),
    ("http.port", "70000", ""),
    ("http.port", "-1", ""),
    ("http.port", f'"{CANARY}"', ""),
    ("http.public_url", f'"{CANARY}"', ""),
    ("http.drain_seconds", "6", ""),
    ("http.drain_seconds", "true", ""),
    ("http.metrics_listen", f'"{CANARY}"', ""),
    ("http.metrics_listen", '"9100"', ""),
    ("http.metrics_listen", '"0.0.0.0:9100"', ""),
    ("http.metrics_listen", '"[::]:9100"', ""),
    ("http.metrics_listen", '"8.8.8.8:9100"', ""),
    ("http.metrics_listen", '"bot.example.vn:9100"', ""),
    ("sms.gateways.name", f'"{CANARY}"', ""),
    ("sms.gateways.method", f'"{CANARY}"', ""),
    ("sms.gateways.url", f'"http://{CANARY}.vn/"', ""),
    ("sms.gateways.url", '"<url>"', ""),
    ("sms.gateways.timeout", "0", ""),
    ("sms.gateways.auth.kind", f'"{CANARY}"', ""),
    ("sms.gateways.auth.token", f'"{CANARY} with a blank"', ""),
    ("sms.gateways.auth.token", '"***"', ""),
    ("sms.gateways.body.kind", f'"{CANARY}"', ""),
    ("sms.gateways.body.template", f"'{{\"{CANARY}\": '", ""),
    ("sms.gateways.body.template", '\'{"to": "{to}"}\'', "sms.gateways.body"),
    ("smtp.host", '"CHANGE_ME"', ""),
    ("smtp.port", '"smtp"', ""),
    ("smtp.security", f'"{CANARY}"', ""),
    ("smtp.security", '"none"', ""),
    ("smtp.password", f'"{CANARY}"', ""),
    ("smtp.sender", f'"{CANARY}"', ""),
    ("smtp.ca_file", f'"/nowhere/{CANARY}"', ""),
    ("codes.sms_seconds", "3600", ""),
    ("codes.sms_seconds", "0", ""),
    ("codes.tries", "6", ""),
    ("codes.tries", "true", ""),
    ("codes.sends", "2.5", ""),
    ("codes.min_life", "300", ""),
    ("recovery.password", f'"{CANARY}"', ""),
    ("human_check.policy", '"sometimes"', ""),
    ("limits.destination_sends", f'["{CANARY}"]', ""),
    ("limits.destination_sends", '["3/15"]', ""),
    ("limits.account_flows", '"5/24h"', ""),
    ("limits.chat_flows", "[]", ""),
    ("limits.linked_reserve", "15", ""),
    ("limits.pauses", "[900, 60]", ""),
    ("limits.streak", "nan", ""),
    ("limits.chat_failures", '["10/9d"]', "retention.tallies"),
    ("limits.prefix_trial", '["50/9d"]', "retention.tallies"),
    ("limits.vnd_per_day", "999", ""),
    ("limits.vnd_per_sms", "0", ""),
    ("conversation.button_minutes", "-15", ""),
    ("retention.seen", "1", ""),
    ("notifier.batch", f'"{CANARY}"', ""),
    ("notifier.sms_retries", "[0]", ""),
    ("help.hotline", f'"{CANARY}"', ""),
    ("procedures.checked_on", f'"{CANARY}"', ""),
    ("log.level", f'"{CANARY}"', ""),
    ("log.path", "[]", ""),
)


def test_the_example_loads_once_it_is_filled_in(tmp_path: Path) -> None:
    """Copying the example and filling in the marked keys is all an operator has to do."""
    settings = load(_written(tmp_path, _filled()), {}).for_run()

    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == FILLED[0]
    assert settings.sms.gateways[0].name == "main"
    assert settings.limits.destination_sends == (
        Limit(1, 60),
        Limit(3, 900),
        Limit(5, 86400),
    )


def test_the_example_is_refused_as_it_stands() -> None:
    """A file that was only copied starts nothing, and every key left to fill in is named."""
    with pytest.raises(ConfigError) as refused:
        load(EXAMPLE, {})

    named = {problem.partition(":")[0] for problem in refused.value.problems}
    assert {"telegram.token", "http.public_url", "smtp.host", "smtp.sender"} <= named


def test_the_example_names_every_key_and_no_other() -> None:
    """The example is the reference: nothing in the model is missing in it."""
    written = set(_leaves(tomllib.loads(_filled())))
    known = {key for key in keys() if not any(other.startswith(f"{key}.") for other in keys())}

    assert {key for key in known ^ written if not key.startswith("sms.gateways")} == set()


def test_the_example_shows_the_defaults() -> None:
    """Leaving out what the example shows changes nothing."""
    shown = tomllib.loads(EXAMPLE.read_text("utf-8"))
    del shown["sms"], shown["smtp"], shown["telegram"]["token"], shown["http"]["public_url"]

    assert Settings.model_validate(shown) == Settings.local() == load(None, {})


@pytest.mark.parametrize(("key", "value", "named"), WRONG)
def test_a_wrong_value_is_named_and_not_shown(
    key: str, value: str, named: str, tmp_path: Path
) -> None:
    """Each mistake ends in an error with the name of the key and without what was written."""
    with pytest.raises(ConfigError) as refused:
        load(_written(tmp_path, _with(key, value)), {})

    said = str(refused.value)
    sections = (named or key).replace("gateways.", "gateways.0.").split(".")
    assert any(_names(problem, sections) for problem in refused.value.problems), said
    assert CANARY not in said
    assert CANARY not in repr(refused.value)
    assert all("\n" not in problem for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("telegram.tokn", "telegram.tokn: unknown; did you mean telegram.token?"),
        ("telegrm.token", "telegrm: unknown; did you mean telegram?"),
        ("codes.pauses", "codes.pauses: unknown; did you mean limits.pauses?"),
        ("zzzz", "zzzz: unknown"),
    ],
)
def test_an_unknown_key_is_named_with_what_was_meant(
    written: str, said: str, tmp_path: Path
) -> None:
    """A slip of the pen is told apart from a key that does not exist."""
    with pytest.raises(ConfigError) as refused:
        load(_written(tmp_path, f'{written} = "{CANARY}"'), {})

    assert refused.value.problems == [said]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Nobody has to start the program ten times to learn of ten mistakes."""
    file = _written(tmp_path, 'http.port = "x"\ncodes.tries = 9\nlog.levle = "INFO"')

    with pytest.raises(ConfigError) as refused:
        load(file, {"VSSID_HELP__HOTLINE": "none"})

    assert len(refused.value.problems) == 4


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b'[telegram]\ntoken = "' + CANARY.encode(), "is not TOML"),
        (b"token = " + CANARY.encode(), "is not TOML"),
        (b"\xff\xfe", "is not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    written: bytes | None, said: str, tmp_path: Path
) -> None:
    """What is no TOML, no UTF-8 or not there at all is said in one line."""
    file = tmp_path / "config.toml"
    if written is not None:
        file.write_bytes(written)

    with pytest.raises(ConfigError, match=said) as refused:
        load(file, {})

    assert CANARY not in str(refused.value)


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    """A variable wins over the file, in sections and inside lists."""
    environ = {
        "VSSID_TELEGRAM__TOKEN": "7:from_environment",
        "VSSID_LIMITS__CHAT_FLOWS": '["1/10s"]',
        "VSSID_SMS__GATEWAYS__0__AUTH__TOKEN": "other",
        "VSSID_HTTP__PORT": "81",
        "PATH": "/usr/bin",
    }

    settings = load(_written(tmp_path, _filled()), environ)

    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == "7:from_environment"
    assert settings.limits.chat_flows == (Limit(1, 10),)
    assert settings.http.port == 81
    assert settings.sms.gateways[0].auth.model_dump()["token"].get_secret_value() == "other"


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("VSSID_TELEGRM__TOKEN", "telegrm: unknown; did you mean telegram?"),
        ("VSSID_TELEGRAM__TOKEN", "telegram.token: "),
        ("VSSID_HTTP__PORT__X", "VSSID_HTTP__PORT__X: leads to no key"),
        ("VSSID_SMS__GATEWAYS__9__NAME", "VSSID_SMS__GATEWAYS__9__NAME: leads to no key"),
        ("VSSID_SMS__GATEWAYS__FIRST__NAME", "VSSID_SMS__GATEWAYS__FIRST__NAME: leads to no key"),
    ],
)
def test_a_wrong_variable_is_named_and_not_shown(variable: str, said: str, tmp_path: Path) -> None:
    """A variable that overrides nothing is a mistake, not something to pass over."""
    with pytest.raises(ConfigError) as refused:
        load(_written(tmp_path, _filled()), {variable: CANARY})

    assert [problem for problem in refused.value.problems if problem.startswith(said)]
    assert CANARY not in str(refused.value)


def test_running_needs_ways_to_reach_people() -> None:
    """Settings good enough for the demo are told what they lack for citizens."""
    with pytest.raises(ConfigError) as refused:
        Settings.local().for_run()

    named = [problem.partition(":")[0] for problem in refused.value.problems]
    assert named == ["telegram.token", "sms.gateways", "smtp", "http.public_url"]


def test_the_webhook_needs_its_secret() -> None:
    """Nobody can switch on the webhook and leave it open to everybody."""
    environ = {"VSSID_TELEGRAM__MODE": "webhook", "VSSID_HTTP__PUBLIC_URL": "https://bot.vn"}

    with pytest.raises(ConfigError, match="webhook_secret"):
        load(None, environ)


def test_the_webhook_needs_an_address() -> None:
    """Telegram cannot be told to come to nowhere."""
    environ = {"VSSID_TELEGRAM__MODE": "webhook", "VSSID_TELEGRAM__WEBHOOK_SECRET": "s" * 32}

    with pytest.raises(ConfigError, match=r"http\.public_url"):
        load(None, environ)


@pytest.mark.parametrize("password", ["temporary", "link"])
def test_pages_need_an_address(password: str, tmp_path: Path) -> None:
    """Signing in and forms are on pages, however a new password travels."""
    written = _filled().replace('public_url = "https://bot.agency.vn"', 'public_url = ""')
    settings = load(_written(tmp_path, written), {"VSSID_RECOVERY__PASSWORD": password})

    with pytest.raises(ConfigError) as refused:
        settings.for_run()

    (problem,) = refused.value.problems
    assert problem.startswith("http.public_url: missing")


def test_settings_do_not_show_secrets_and_do_not_change(tmp_path: Path) -> None:
    """Printing the settings gives nothing away; nothing can change them later."""
    settings = load(_written(tmp_path, _filled()), {"VSSID_TELEGRAM__TOKEN": f"7:{CANARY}"})

    assert CANARY not in repr(settings)
    assert CANARY not in str(settings.model_dump())
    with pytest.raises(ValueError, match="frozen"):
        settings.http.port = 1  # type: ignore[misc]


def _filled() -> str:
    """Return the example with every CHANGE-ME replaced and every key without default shown."""
    text = re.sub(r"(?m)^# (\w+ = )", r"\1", EXAMPLE.read_text("utf-8"))
    text = text.replace("/etc/ssl/agency.pem", str(EXAMPLE))
    for value in FILLED:
        text = text.replace('"CHANGE-ME"', f'"{value}"', 1)
    return text


def _with(key: str, value: str) -> str:
    section, _, name = key.rpartition(".")
    lines, here = _filled().splitlines(), ""
    for number, line in enumerate(lines):
        here = line.partition("#")[0].strip(" []") if line.startswith("[") else here
        if here == section and line.startswith(f"{name} = "):
            lines[number] = f"{name} = {value}"
            return "\n".join(lines)
    raise AssertionError(f"{key} is not in the example")


def _written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return file


def _names(problem: str, sections: list[str]) -> bool:
    """Tell whether a problem speaks of this key, wherever its parts stand in the line."""
    return (
        problem.startswith(sections[0]) and re.search(rf"\b{sections[-1]}\b", problem) is not None
    )


def _leaves(table: dict[str, Any], above: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield above + name


@pytest.mark.parametrize("where", ["127.0.0.1:9100", "localhost:0", "[::1]:9100", "10.1.2.3:9100"])
def test_numbers_may_be_served_inside(where: str) -> None:
    """An address that only this machine or its own network reaches needs no further word."""
    assert load(None, {"VSSID_HTTP__METRICS_LISTEN": where}).http.metrics_listen == where


def test_numbers_for_the_world_need_a_word() -> None:
    """Whoever wants them reachable from everywhere says so."""
    environ = {"VSSID_HTTP__METRICS_LISTEN": "0.0.0.0:9100", "VSSID_HTTP__METRICS_PUBLIC": "true"}
    assert load(None, environ).http.metrics_public
