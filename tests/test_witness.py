from __future__ import annotations

from playwright.sync_api import Page

from stormwalk.camera import Camera
from stormwalk.redact import Redactor
from stormwalk.witness import observe

FORM = """<form><label>Email <input value="joe@shop.test"></label>
<label>Password <input type="password"></label><label>Again <input type="password"></label></form>"""


def test_what_was_typed_into_password_fields_is_learned_and_so_never_shown(page: Page) -> None:
    page.set_content(FORM)
    page.get_by_label("Password").fill("Fresh-and-unknown-1")
    page.get_by_label("Again").fill("Fresh-and-unknown-2")
    redactor = Redactor()
    seen = observe(page, Camera(), redactor.learn)
    assert "Fresh-and-unknown-1" in seen.snapshot, "Playwright no longer tells passwords: the learning may go"
    assert seen.picture is not None
    assert seen.missing == ()
    hidden = redactor.text(seen.snapshot)
    assert "joe@shop.test" in hidden
    assert "Fresh-and-unknown" not in hidden


def test_a_page_that_is_gone_is_told_of_and_not_raised(page: Page) -> None:
    page.close()
    seen = observe(page, Camera(), Redactor().learn)
    assert (seen.picture, seen.snapshot) == (None, "")
    assert [what for what, _ in seen.missing] == ["picture", "accessibility snapshot"]
