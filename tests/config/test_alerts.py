from __future__ import annotations

from pathlib import Path

import pytest

from stormwalk.config import Project, load_project
from stormwalk.config.alerts import When
from stormwalk.errors import ProjectFileError
from stormwalk.model import RunMode

HEAD = 'name = "Shop"\n[application]\nbase_url = "http://127.0.0.1:1"\n'


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(text: str, **environ: str) -> Project:
    Path("shop.toml").write_text(HEAD + text, encoding="utf-8")
    return load_project(Path("shop.toml"), environ)


def problem(text: str) -> str:
    with pytest.raises(ProjectFileError) as found:
        load(text)
    (line,) = str(found.value).splitlines()
    return line.removeprefix("shop.toml: ")


def test_without_a_table_nobody_is_told() -> None:
    alerts = load("").alerts

    assert (alerts.when, dict(alerts.addresses(RunMode.NORMAL)), dict(alerts.addresses(RunMode.CHAOS))) == (
        When.ON_CHANGE, {}, {}
    )  # fmt: skip


def test_each_mode_has_channels_of_its_own() -> None:
    alerts = load(
        '[alerts]\nwhen = "on-failure"\nreport_url = "https://ci.test/{run}/report.html?x=1"\n'
        '[alerts.normal]\ngoogle-chat = "A"\nwebhook = "B"\n[alerts.chaos]\napprise = "C"'
    ).alerts

    assert alerts.when is When.ON_FAILURE
    assert dict(alerts.addresses(RunMode.NORMAL)) == {"google-chat": "A", "webhook": "B"}
    assert dict(alerts.addresses(RunMode.CHAOS)) == {"apprise": "C"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            '[alerts]\nwhen = "sometimes"',
            "alerts.when: expected 'always', 'on-failure' or 'on-change'",
        ),
        (
            '[alerts.normal]\ngoogle-chat = "https://chat.googleapis.com/v1/spaces/A/messages?key=hush"',
            "alerts.normal.google-chat: expected the name of an environment variable that holds the address, "
            'such as "SHOP_CHAT"',
        ),
        ('[alerts.normal]\npigeon = "A"', "alerts.normal.pigeon: expected one of: apprise, google-chat, webhook"),
        ("[alerts.normal]\nwebhook = 7", "alerts.normal.webhook: expected text, got a number"),
        (
            "[alerts.storm]",
            "alerts.storm: unknown key; expected one of: when, normal, chaos, report_url, dashboard_url",
        ),
        *(
            (
                f'[alerts]\nreport_url = "{url}"',
                "alerts.report_url: expected an address such as "
                '"https://ci.example.com/{run}/report.html", where {run} is the run',
            )
            for url in (
                "javascript:alert(1)",
                "https://sam:pw@ci.test/",
                "https://ci.test/{id}",
                "reports/",
                "https://a b",
            )
        ),
    ],
)
def test_what_is_wrong_is_one_line_that_shows_no_address(text: str, line: str) -> None:
    said = problem(text)

    assert said == line
    assert "hush" not in said


def test_what_the_variables_hold_is_a_secret() -> None:
    shop = load(
        '[alerts.normal]\ngoogle-chat = "A"\n[alerts.chaos]\nwebhook = "B"\napprise = "C"',
        A="https://chat.googleapis.com/v1/spaces/AAAA/messages?key=key-hush&token=token-hush",
        B="https://hooks.test/services/T0123/B456/a-long-path-hush?channel=general",
        C="slack://long-token-a-hush/long-token-b-hush/#general tgram://123456789:long-bot-hush/-100",
        B_SECRET="signing-hush",
    )

    for text in (
        "key-hush",
        "token-hush",
        "signing-hush",
        "a-long-path-hush",
        "long-token-b-hush",
        "123456789:long-bot-hush",
        "https://hooks.test/services/T0123",
    ):
        assert "hush" not in shop.redactor().text(text)
    for word in ("spaces", "services", "general", "chat.googleapis.com"):
        assert shop.redactor().text(word) == word


def test_a_secret_that_is_not_set_hides_nothing_and_harms_nobody() -> None:
    assert load('[redaction]\nsecrets = [{ env = "GONE" }]').secrets() == ()
