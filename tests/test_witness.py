from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from stormwalk.camera import Camera
from stormwalk.evidence import EvidenceKeeper
from stormwalk.ledger import Ledger
from stormwalk.redact import Redactor
from stormwalk.witness import Witness

FORM = """<form><label>Email <input value="joe@shop.test"></label>
<label>Password <input type="password"></label><label>Again <input type="password"></label></form>"""


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture
def witness(tmp_path: Path, redactor: Redactor) -> Iterator[Witness]:
    keeper = EvidenceKeeper(tmp_path, "run", lambda kept: None, lambda error: None)
    yield Witness(Camera(), keeper, redactor, Ledger(lambda events, thumbnails: None, journey="j", worker="main"))
    keeper.close()


def test_what_was_typed_into_password_fields_is_learned_and_so_never_shown(
    page: Page, witness: Witness, redactor: Redactor
) -> None:
    page.set_content(FORM)
    page.get_by_label("Password").fill("Fresh-and-unknown-1")
    page.get_by_label("Again").fill("Fresh-and-unknown-2")
    seen = witness.observe(page)
    assert "Fresh-and-unknown-1" in seen.snapshot, "Playwright no longer tells passwords: the learning may go"
    assert seen.picture is not None
    assert seen.missing == ()
    hidden = redactor.text(seen.snapshot)
    assert "joe@shop.test" in hidden
    assert "Fresh-and-unknown" not in hidden


def test_what_stands_in_a_masked_part_is_hidden_in_texts_as_well(
    page: Page, tmp_path: Path, redactor: Redactor
) -> None:
    keeper = EvidenceKeeper(tmp_path, "run", lambda kept: None, lambda error: None)
    ledger = Ledger(lambda events, thumbnails: None, journey="j", worker="main")
    page.set_content(
        '<p id="who">Jo Doe<br>1 Lane</p><fieldset id="card"><label>IBAN <input value="DE89 3704"></label>'
    )
    seen = Witness(Camera(["#who", "#card"]), keeper, redactor, ledger).observe(page)
    keeper.close()
    assert "DE89 3704" in seen.snapshot
    hidden = redactor.text(f"{seen.snapshot} expected 'Jo Doe'")
    assert not [word for word in ("DE89 3704", "Jo Doe", "1 Lane") if word in hidden]


def test_a_page_that_is_gone_is_told_of_and_not_raised(page: Page, witness: Witness) -> None:
    page.close()
    seen = witness.observe(page)
    assert (seen.picture, seen.snapshot) == (None, "")
    assert [what for what, _ in seen.missing] == ["picture", "accessibility snapshot"]
