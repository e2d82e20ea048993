from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.test_alerts import load, problem


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_named_secrets_and_patterns_are_hidden_beside_what_always_is() -> None:
    shop = load(
        "[redaction]\nsecrets = [{ env = \"KEY\" }]\npatterns = ['\\b[\\w.]+@[\\w.]+']\nmask = [' #iban ']",
        KEY="hush-hush",
    )
    hide = shop.redactor()

    assert hide.text("hush-hush of jo@shop.test, password=x1y2z3") == "[redacted] of [redacted], password=[redacted]"
    assert hide.url("http://127.0.0.1/?who=jo%40shop.test&page=2") == "http://127.0.0.1/?who=[redacted]&page=2"
    assert hide.url("http://127.0.0.1/a%20b/jo%40shop.test?next=%2Fa%20b") == (
        "http://127.0.0.1/a%20b/[redacted]?next=%2Fa%20b"
    )
    assert hide.json({"who": ["jo@shop.test"]}) == {"who": ["[redacted]"]}
    assert shop.redaction.mask == ("#iban",)
    assert "hush" not in repr(shop.redaction)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('secrets = ["hush"]', 'redaction.secrets[0]: expected { env = "NAME_OF_A_VARIABLE" }'),
        (
            "patterns = ['(']",
            "redaction.patterns[0]: expected a regular expression: missing ), unterminated subpattern",
        ),
        (
            "patterns = ['x*']",
            "redaction.patterns[0]: expected a regular expression that does not match the empty text",
        ),
        (
            f"patterns = ['{'x' * 501}']",
            "redaction.patterns[0]: expected a regular expression of at most 500 characters",
        ),
        ("mask = [' ']", 'redaction.mask[0]: expected a locator such as "#iban" or "role=textbox[name=\\"IBAN\\"]"'),
        ("masks = []", "redaction.masks: unknown key; did you mean mask?"),
    ],
)
def test_what_is_wrong_is_one_line(text: str, line: str) -> None:
    said = problem(f"[redaction]\n{text}")

    assert said.startswith(line)
    assert "hush" not in said
