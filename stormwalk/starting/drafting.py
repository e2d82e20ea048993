"""Writes what was seen of a page as a project, a page object and a journey. Pure: a survey in, texts out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from stormwalk.starting.survey import Control, Survey

PROJECT_FILE = "project.toml"

_PROJECT = """# How Stormwalk tests this application. What is missing says: python -m stormwalk doctor

name = {name}

[application]
base_url = {base_url}  # where it runs already; or let it be started, on a free port:
# start = ["npm", "start", "--", "--port", "{{port}}"]
ready = {path}  # what answers once it can be used
api_root = {api_root}  # where its API lies{seen}; "" where pages are all its calls
# url_templates = ["/shops/{{town}}"]  # addresses with names in them that are not numbers

# How an actor gets a session of the API: a token in JSON, a cookie, a browser that fills in the log-in page, or a
# function of yours. Take out the comments of one of them.
# [sign_in]
# strategy = "json-token"
# path = "/session"
# user_field = "email"
# password_field = "password"
# token_field = "access_token"
#
# [sign_in]
# strategy = "browser"
# form = {{ page = {path}, user = {user}, password = {password}, button = {button}, signed_in = "Log out" }}
# csrf = {{ cookie = "csrftoken", header = "X-CSRFToken" }}  # or, of a hidden field: page, field and pattern

[roles.anonymous]
description = "Looks around, and has no account"

# Secrets stand in the environment, and here only the names of the variables.
# [roles.member]
# actors.sam = {{ username = "sam@example.com", password = {{ env = "SAM_PASSWORD" }} }}

[budgets]  # how long a user waits
expect = "5 s"
action = "10 s"
navigation = "15 s"

[safety]  # the only hosts that are called, stormed and probed; writing probes need allow_writes as well
allowed_hosts = [{host}]
only_allowed_hosts = true  # as `init` has looked; name above what else your pages need, such as a CDN
# allow_writes = [{host}]

# [storm]
# calls = "/{{basket,checkout}}**"  # what plans mean by its calls, where that is not all below api_root
# [[storm.end_state]]  # what is counted, so that a lost or a double order is seen
# kind = "order"
# read = "GET /orders"
# role = "member"
# made_by = "POST /api/orders"

# Who may do what: `python -m stormwalk access draft --run` begins a matrix from what journeys have called.
# [access]
# include = "access.toml"
"""


def drafted(seen: Survey, name: str) -> dict[str, str]:
    """The files of a new project, by their path within its folder."""
    return {
        PROJECT_FILE: _project(seen, name),
        "pytest.ini": _PYTEST_INI,
        "conftest.py": _CONFTEST,
        "pages/__init__.py": "",
        "pages/home.py": _page(seen),
        "journeys/__init__.py": "",
        "journeys/test_home.py": _journey(seen),
    }


_PYTEST_INI = f"""[pytest]
# Our plugin does something only where this line is, or --project FILE.
stormwalk_project = {PROJECT_FILE}
testpaths = journeys
pythonpath = .
addopts = --import-mode=importlib
"""

_CONFTEST = '''"""What journeys are given: `visitor` has no account, `walk_as("sam")` is one of the project file."""

from __future__ import annotations

import pytest
from pages.home import HomePage
from stormwalk.fixtures import Walker


@pytest.fixture
def home(visitor: Walker) -> HomePage:
    """The first page, as somebody without an account finds it."""
    return HomePage(visitor.page)
'''


def _project(seen: Survey, name: str) -> str:
    user, password, button = seen.log_in or ("Email", "Password", "Log in")
    said = {
        "name": name,
        "base_url": seen.base_url,
        "path": seen.path,
        "api_root": seen.api_root,
        "host": urlsplit(seen.base_url).hostname or "",
        "user": user,
        "password": password,
        "button": button,
    }
    said_of_api = ", as the page calls it" if seen.api_root else ', such as "/api": the page has called none'
    return _PROJECT.format(**{key: _toml(value) for key, value in said.items()}, seen=said_of_api)


def _page(seen: Survey) -> str:
    ready = f'get_by_role("heading", name={_text(seen.heading)}, exact=True)' if seen.heading else 'locator("body")'
    named = dict(_identifiers(seen.controls))
    parts = [_HEAD.format(title=_prose(seen.title or seen.path), path=_text(seen.path), ready=ready)]
    parts += [_LOCATOR.format(identifier=key, role=one.role, name=_text(one.name)) for key, one in named.items()]
    checks = "".join(
        f"        expect(self.{key}, {_text(f'the page has the {one.role} {one.name}')}).to_be_visible()\n"
        for key, one in named.items()
    )
    if checks:
        parts.append(f'\n    @step("Find what the page offers")\n    def expect_offers(self) -> None:\n{checks}')
    if seen.door:
        link, path = _text(seen.door.name), _text(seen.door.path)
        step_name = _text(f"Follow {_prose(seen.door.name)}")
        parts.append(_DOOR.format(step=step_name, link=link, path=path))
        parts += [_BEHIND.format(heading=_text(seen.door.heading))] if seen.door.heading else []
    text = "".join(parts)
    return text if seen.door else text.replace("import re\n\n", "", 1)


_HEAD = '''"""The first page, {title}.

A draft from what it showed: keep what you need, and name it as your users do.
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from stormwalk.journey import step
from stormwalk.page import PageObject


class HomePage(PageObject):
    path = {path}

    @property
    def ready(self) -> Locator:
        return self.page.{ready}

    @step("Open the first page")
    def visit(self) -> None:
        self.open()
'''
_LOCATOR = """
    @property
    def {identifier}(self) -> Locator:
        return self.page.get_by_role("{role}", name={name}, exact=True)
"""
_DOOR = """
    @step({step})
    def follow_link(self) -> None:
        self.page.get_by_role("link", name={link}, exact=True).click()

    @follow_link.confirm
    def expect_followed(self) -> None:
        expect(self.page, "the link leads to its page").to_have_url(re.compile(re.escape({path}) + r"(?:[?#]|$)"))
"""
# An error of the server has the address of the page too.
_BEHIND = """        heading = self.page.get_by_role("heading", name={heading}, exact=True)
        expect(heading, "the page is shown").to_be_visible()
"""


def _journey(seen: Survey) -> str:
    steps = ["home.visit()"]
    steps += ["home.expect_offers()"] if seen.controls else []
    steps += ["home.follow_link()"] if seen.door else []
    body = "\n".join(f"    {one}" for one in steps)
    return f'''from __future__ import annotations

from pages.home import HomePage


def test_home(home: HomePage) -> None:
    """A visitor opens the first page and looks around."""
{body}
'''


def _identifiers(controls: tuple[Control, ...]) -> Iterator[tuple[str, Control]]:
    used: set[str] = set()
    for number, one in enumerate(controls, 1):
        words = re.sub(r"[^a-z0-9]+", "_", one.name.lower()).strip("_")[:40].strip("_") or f"unnamed_{number}"
        kind = one.role if one.role in ("link", "button") else "field"
        identifier = f"{'the_' if words[0].isdigit() else ''}{words}_{kind}"
        identifier = f"{identifier}_{number}" if identifier in used else identifier
        used.add(identifier)
        yield identifier, one


def _text(value: str) -> str:
    """Text as Python writes it, with the quotation marks of this project."""
    return json.dumps(value, ensure_ascii=_whole(value) != value)


def _toml(value: str) -> str:
    return json.dumps(_whole(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _prose(value: str) -> str:
    """A name within a docstring or a step: on one line, and without what would end it or name a parameter."""
    return re.sub(r"\s+", " ", re.sub(r'["\\{}\x00-\x08\x0e-\x1f\x7f]', "", _whole(value))).strip()[:80] or "a page"


def _whole(value: str) -> str:
    """A page may say half of a character, which no file can hold."""
    return value.encode("utf-8", "replace").decode()
