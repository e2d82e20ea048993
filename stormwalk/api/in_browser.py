"""Signs an actor in through the log-in page, in a browser of its own, and takes the cookies that come of it.

For applications whose sign-in only a browser can do. It takes a second or two, where a call takes milliseconds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Error, Locator, Page, TimeoutError, sync_playwright

from stormwalk.browser import find_browser, launch_options, wants_sandbox
from stormwalk.config import Actor
from stormwalk.config.budgets import patience_of
from stormwalk.config.sign_in import FormTable
from stormwalk.errors import SignInRefused

_PATIENCE_MS = 15_000
_PRESSED: tuple[Literal["link", "button"], ...] = ("link", "button")


def cookies_after_sign_in(actor: Actor, form: FormTable, base_url: str) -> dict[str, str]:
    """The cookies of the session. Raises SignInRefused where nobody is signed in in the end."""
    # A thread of its own: there may be only one Playwright in a thread, and the journey has it.
    with ThreadPoolExecutor(1, thread_name_prefix="stormwalk-sign-in") as alone:
        return alone.submit(_signed_in, actor, form, base_url).result()


def _signed_in(actor: Actor, form: FormTable, base_url: str) -> dict[str, str]:
    found = find_browser(headed=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(found, headed=False, sandbox=wants_sandbox()))
        page = browser.new_page(base_url=base_url)
        page.set_default_timeout(_PATIENCE_MS * patience_of(os.environ))
        try:
            fill_in(page, form, actor)
        except (Error, _NotThere) as problem:
            why = (str(problem).strip().splitlines() or [""])[0]
            raise SignInRefused(
                f"{actor.name} could not sign in on the page {form.page}: {why[:200]}; see sign_in.form"
            ) from None
        return {str(one["name"]): str(one["value"]) for one in page.context.cookies()}


class _NotThere(Exception):
    """What was waited for in vain; Playwright says only for how long."""


@contextmanager
def _waiting(for_what: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise _NotThere(for_what) from None


def fill_in(page: Page, form: FormTable, actor: Actor) -> None:
    """Opens the log-in page, fills it in as a user does, and waits for what only those see who are signed in."""
    answer = page.goto(form.page)
    if answer is not None and answer.status >= 400:
        raise _NotThere(f"it answers {answer.status}")
    # There may be another form beside it, for newcomers or for a search.
    form_of_password = page.locator("form").filter(has=_field(page, form.password)).first
    with _waiting(f'no form has a field "{form.password}"'):
        form_of_password.wait_for(state="attached")
    with _waiting(f'the form has no field "{form.user}" that can be filled in'):
        _field(form_of_password, form.user).first.fill(actor.username)
    with _waiting(f'the field "{form.password}" cannot be filled in'):
        _field(form_of_password, form.password).first.fill(actor.password.get_secret_value())
    with _waiting(f'the form has no button "{form.button}" that can be pressed'):
        form_of_password.get_by_role("button", name=form.button).first.click()
    link, button = (page.get_by_role(role, name=form.signed_in) for role in _PRESSED)
    with _waiting(f'no link or button "{form.signed_in}" is there then; see username and password of {actor.name} too'):
        link.or_(button).first.wait_for(state="attached")


def _field(within: Page | Locator, name: str) -> Locator:
    """A field by its label or its name."""
    return within.locator(f'[name="{name}"]').or_(within.get_by_label(name))
