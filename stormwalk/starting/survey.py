"""Looks at a live page as a newcomer does: what it is called, what can be pressed and filled in, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Error, Locator, Page, Response, sync_playwright

from stormwalk.access.site import Sight
from stormwalk.browser import Browser, launch_options
from stormwalk.camera import first_line
from stormwalk.errors import ApplicationError

Role = Literal["heading", "link", "button", "textbox", "searchbox", "combobox"]

_PATIENCE_MS = 15_000
_LOOK_MS = 2_000
_MOST_TRIED = 12
_MOST_CONTROLS = 8
_LINE = re.compile(r'^\s*- \'?(heading|link|button|textbox|searchbox|combobox) "((?:[^"\\]|\\.)+)"')
# What changes by itself: counts, prices and dates. A check of it would be red tomorrow.
_CHANGES = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Something on the page that a user finds by its role and name, and that is there once."""

    role: Role
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A link of the page, the path that it led to when it was followed, and a heading that was to be seen there; empty
    where none can be told apart."""

    name: str
    path: str
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was seen of a page. `path` is where one ends up; `heading` is empty where none can be told apart.

    `log_in` are the labels of user and password and the name of the button, where the page has such a form. `api_root`
    is what the addresses have in common that its scripts have called, empty where they have called none.
    """

    base_url: str
    path: str
    title: str
    heading: str = ""
    controls: tuple[Control, ...] = ()
    door: Door | None = None
    log_in: tuple[str, str, str] | None = None
    api_root: str = ""


def survey(base_url: str, browser: Browser, *, sandbox: bool) -> Survey:
    """Opens the page in a browser of its own. Raises ApplicationError where there is none."""
    root = f"{urlsplit(base_url).scheme}://{urlsplit(base_url).netloc}"
    options = launch_options(browser, headed=False, sandbox=sandbox)
    # A page may ask the whole world for something; it is only the application that is looked at.
    options["args"] += [f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {urlsplit(base_url).hostname}"]
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(**options).new_page(base_url=root)
        page.set_default_timeout(_PATIENCE_MS)
        try:
            return _surveyed(page, root, urlsplit(base_url).path or "/")
        except Error as problem:
            raise ApplicationError(
                f"{base_url} cannot be looked at: {first_line(problem)[:160]}; see whether it runs there"
            ) from None


def _surveyed(page: Page, root: str, path: str) -> Survey:
    called: list[str] = []
    page.on("request", lambda one: called.append(one.url) if one.resource_type in ("xhr", "fetch") else None)
    answer = page.goto(path)
    if answer is None or answer.status >= 400:
        status = answer.status if answer else "nothing"
        raise ApplicationError(f"{root}{path} answers {status}; name the address of a page with --base-url")
    Sight(page, root).look_at(path, "")
    controls = [one for one in _named(page) if _stands_alone(page, one)][:_MOST_TRIED]
    return Survey(
        base_url=root,
        path=urlsplit(page.url).path,
        title=page.title().strip(),
        heading=_heading(controls),
        controls=tuple(one for one in controls if one.role != "heading")[:_MOST_CONTROLS],
        log_in=_log_in_form(page),
        door=_door(page, root, [one.name for one in controls if one.role == "link"]),
        api_root=_root_of([one.removeprefix(root) for one in called if one.startswith(f"{root}/")]),
    )


def _heading(controls: Iterable[Control]) -> str:
    return next((one.name for one in controls if one.role == "heading"), "")


def _root_of(paths: list[str]) -> str:
    """The first part that all these paths have in common, where each has more than that."""
    parts = {(one.split("/")[1] if one.count("/") > 1 else "") for one in (urlsplit(path).path for path in paths)}
    first = parts.pop() if len(parts) == 1 else ""
    return f"/{first}" if re.fullmatch(r"[A-Za-z0-9._~-]+", first) else ""


def _named(page: Page) -> Iterator[Control]:
    """The headings and controls of the snapshot, each once, without those whose names change by themselves."""
    found: dict[Control, None] = {}
    for line in page.locator("body").aria_snapshot().splitlines():
        match = _LINE.match(line)
        if match and not _CHANGES.search(match[2]) and len(match[2]) <= 80:
            found[Control(role=match[1], name=_unescaped(match[2]))] = None  # type: ignore[arg-type]
    return iter(found)


def _unescaped(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name)


def located(page: Page, control: Control) -> Locator:
    """The control as the draft finds it."""
    return page.get_by_role(control.role, name=control.name, exact=True)


def _stands_alone(page: Page, control: Control) -> bool:
    try:
        found = located(page, control)
        return found.count() == 1 and found.is_visible(timeout=_LOOK_MS)
    except Error:
        return False


def _log_in_form(page: Page) -> tuple[str, str, str] | None:
    form = page.locator("form").filter(has=page.locator("input[type=password]")).first
    if not form.count():
        return None
    names = (
        form.locator("input:not([type=password]):not([type=hidden]):not([type=submit])").first,
        form.locator("input[type=password]").first,
        form.get_by_role("button").first,
    )
    if not all(one.count() for one in names):
        return None
    user, password = (one.get_attribute("name") or one.get_attribute("id") or "" for one in names[:2])
    return user, password, names[2].inner_text().strip() or names[2].get_attribute("value") or ""


def _door(page: Page, root: str, names: list[str]) -> Door | None:
    """The first link that leads to another page of the application, and does so a second time."""
    here = page.url
    for name in names:
        paths = {_followed(page, here, name), _followed(page, here, name)}
        path = paths.pop()
        if not paths and path and page.url.startswith(f"{root}/") and path != urlsplit(here).path:
            return Door(name=name, path=path, heading=_heading(one for one in _named(page) if _stands_alone(page, one)))
    return None


def _followed(page: Page, here: str, name: str) -> str:
    """Where a link leads, empty where it does not open a page that can be seen."""
    wrong: list[int] = []

    def heard(answer: Response) -> None:
        if answer.request.is_navigation_request() and answer.status >= 400:
            wrong.append(answer.status)

    page.on("response", heard)
    try:
        Sight(page, here).look_at(here, "")
        page.get_by_role("link", name=name, exact=True).click(timeout=_LOOK_MS)
        page.wait_for_url(lambda url: url != here, timeout=_LOOK_MS)
        page.wait_for_load_state("load", timeout=_PATIENCE_MS)
    except Error:
        return ""
    finally:
        page.remove_listener("response", heard)
    return "" if wrong else urlsplit(page.url).path
