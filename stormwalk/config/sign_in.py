"""`[sign_in]` of a project file: how an actor gets a session of the API, by one of four strategies.

strategy = "json-token"   # a call whose JSON answer holds a token
strategy = "cookie"       # a call, or a form that is sent, whose answer sets the cookie of a session
strategy = "browser"      # a log-in page that is filled in by a browser of its own, whose cookies are taken
strategy = "callable"     # a function of yours: `function = "package.module:name"`
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stormwalk.config.tables import Table, below
from stormwalk.config.values import Finding, RequestLine, Text, UrlPath


def _import_path(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", value):
        raise ValueError(f'expected a module and a function such as "my_package.sign_in:by_code", got "{value[:60]}"')
    return value


class CsrfTable(Table):
    """How writes prove that they come from the application's own pages: a cookie whose value is sent as `header`.

    `page`, a path from the root, is where the cookie is set; `field` is what a form calls it. Where the proof is in no
    cookie, `pattern` is a regular expression that finds it in the page, as its first group.
    """

    cookie: Text = "csrftoken"
    header: Text = "X-CSRFToken"
    field: Text = "csrfmiddlewaretoken"
    page: UrlPath | None = None
    pattern: Finding | None = None

    @model_validator(mode="after")
    def _in_a_page(self) -> Self:
        if self.pattern is not None and self.page is None:
            raise below(("page",), 'expected the path of the page in which pattern finds it, such as "/login"')
        return self


class FormTable(Table):
    """A log-in page as a browser fills it in. `page` is its path from the root; fields are found by their label, a
    field without one by its name. `signed_in` is the name of a link or button that only those see who are signed in."""

    page: UrlPath
    user: Text = "Email"
    password: Text = "Password"
    button: Text = "Log in"
    signed_in: Text = "Log out"


class SignInTable(Table):
    """How an actor signs in to the API; `path` is relative to the API root, `sign_out` a method and a path.

    `encoding` is that of the body, and `fields` stand in it beside user and password. `session_cookie` is the cookie
    that stands for a session; where it is empty, any cookie that the sign-in sets does.
    """

    strategy: Literal["json-token", "cookie", "browser", "callable"] = "json-token"
    path: UrlPath = "/session"
    user_field: Text = "email"
    password_field: Text = "password"
    token_field: Text = "access_token"
    encoding: Literal["json", "form"] = "json"
    fields: dict[str, str] = Field(default_factory=dict)
    session_cookie: str = ""
    csrf: CsrfTable | None = None
    form: FormTable | None = None
    function: Annotated[Text, AfterValidator(_import_path)] | None = None
    sign_out: RequestLine = "DELETE /session"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.strategy == "browser" and self.form is None:
            raise below(("form",), 'expected a table, such as form = { page = "/login" }')
        if self.strategy == "callable" and self.function is None:
            raise below(("function",), 'expected a module and a function such as "my_package.sign_in:by_code"')
        return self

    @property
    def sign_out_request(self) -> tuple[str, str]:
        """Method and path."""
        method, _, path = self.sign_out.partition(" ")
        return method, path
