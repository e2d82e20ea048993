"""How an actor gets a session: one function for each strategy of `[sign_in]`, for whoever can make a call.

The API client and the access check have callers of their own; both hand one in, and get a `Session`.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jwt
import requests

from stormwalk.api.in_browser import cookies_after_sign_in
from stormwalk.api.proof import proof_in
from stormwalk.config import Actor, SignInTable
from stormwalk.config.sign_in import CsrfTable
from stormwalk.errors import ApplicationError, UsageError
from stormwalk.redact.patterns import names_a_secret

_MOST_REDIRECTS = 3
_ASKS_FOR_PASSWORD = re.compile(r"<input\b[^>]*\btype\s*=\s*[\"']?password", re.IGNORECASE)
_LOOKS_RANDOM = re.compile(r"\S{16,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """With what a call says who makes it. `set_cookies` are the headers that set the cookies, as they came; `proof` is
    what writes say beside them, where a page holds it and no cookie."""

    token: str = field(default="", repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    set_cookies: tuple[str, ...] = field(default=(), repr=False)
    answer: Any = field(default=None, repr=False)
    proof: str = field(default="", repr=False)

    @property
    def secrets(self) -> Iterator[str]:
        """Every value that must not be seen anywhere."""
        yield from filter(
            _LOOKS_RANDOM.fullmatch, (self.token, self.proof, *self.cookies.values(), *self.headers.values())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """One call of a sign-in. `path` is below the API root, or from the root; `body` is sent as JSON or as a form."""

    method: str
    path: str
    body: Mapping[str, str] | None = None
    form: bool = False
    from_root: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Its answer. `status` is None where none came, and `words` says why; `data` is its JSON, None without any.

    `location` is the path of a redirect, `text` the source of a page.
    """

    status: int | None
    words: str = ""
    data: Any = None
    cookies: Mapping[str, str] = field(default_factory=dict)
    set_cookies: tuple[str, ...] = ()
    location: str = ""
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIn:
    """Somebody at the door: who, where, and how a call is made. A function of yours is given one too."""

    actor: Actor
    table: SignInTable
    base_url: str
    ask: Callable[[Knock], Reply]
    folder: Path = Path()


class NotLetIn(Exception):
    """The sign-in was answered, and brought no session."""

    def __init__(self, knock: Knock, reply: Reply) -> None:
        super().__init__(f"{knock.method} {knock.path}: {reply.words}")
        self.knock = knock
        self.reply = reply


def session_for(visit: SigningIn) -> Session:
    """A new session, by the strategy of the project. Raises NotLetIn, ApplicationError, or UsageError."""
    session, csrf = _STRATEGIES[visit.table.strategy](visit), visit.table.csrf
    return session if csrf is None or csrf.pattern is None or session.token else _with_proof(visit, csrf, session)


def credentials(actor: Actor, table: SignInTable) -> dict[str, str]:
    """The body that signs the actor in."""
    return {table.user_field: actor.username, table.password_field: actor.password.get_secret_value(), **table.fields}


def _by_token(visit: SigningIn) -> Session:
    table = visit.table
    knock = Knock(method="POST", path=table.path, body=credentials(visit.actor, table), form=table.encoding == "form")
    reply = _let_in(visit, knock)
    token = token_in(reply.data, table)
    return Session(token=token, cookies=reply.cookies, set_cookies=reply.set_cookies, answer=reply.data)


def _by_cookie(visit: SigningIn) -> Session:
    """The page of the form first, where there is one: it gives the cookie without which the form is refused."""
    table, csrf = visit.table, visit.table.csrf
    before, proof = dict[str, str](), ""
    if csrf is not None and csrf.page is not None:
        looked = Knock(method="GET", path=csrf.page, from_root=True)
        page = visit.ask(looked)
        before, proof = dict(page.cookies), proof_in(csrf, page.text, page.cookies)
        _expect_proof(csrf, proof, looked, page)
    body, headers = credentials(visit.actor, table), {}
    if csrf is not None and proof:
        headers = {csrf.header: proof, "Referer": f"{visit.base_url}{csrf.page}"}
        body |= {csrf.field: proof} if table.encoding == "form" else {}
    knock = Knock(
        method="POST",
        path=table.path,
        body=body,
        form=table.encoding == "form",
        headers=headers,
        cookies=before,
    )
    reply = _let_in(visit, knock)
    cookies = {**before, **reply.cookies}
    # A form that is wrong comes back with 200 and the words of what is wrong, and seldom with a cookie.
    with_session = table.session_cookie in reply.cookies if table.session_cookie else bool(reply.cookies)
    if not with_session or _form_came_back(reply):
        raise NotLetIn(knock, reply)
    kept = proof if csrf is not None and csrf.pattern else ""
    return Session(cookies=cookies, set_cookies=reply.set_cookies, answer=reply.data, proof=kept)


def _with_proof(visit: SigningIn, csrf: CsrfTable, session: Session) -> Session:
    """The session with the proof that its own pages hold. One that lives on after the sign-in keeps that of before."""
    cookies, path = dict(session.cookies), csrf.page or "/"
    for _ in range(_MOST_REDIRECTS):
        looked = Knock(method="GET", path=path, from_root=True, cookies=cookies)
        page = visit.ask(looked)
        cookies |= page.cookies
        if not page.location:
            break
        path = page.location
    proof = proof_in(csrf, page.text, cookies) or session.proof
    _expect_proof(csrf, proof, looked, page)
    return replace(session, cookies=cookies, proof=proof)


def _expect_proof(csrf: CsrfTable, proof: str, looked: Knock, page: Reply) -> None:
    if csrf.pattern is None or proof:
        return
    if page.status is None or page.status >= 400:
        raise NotLetIn(looked, page)
    raise ApplicationError(f"the page {looked.path} holds nothing that the pattern finds; see sign_in.csrf")


def _form_came_back(reply: Reply) -> bool:
    """Whether the page asks for a password again: many keep the words of what is wrong in a session of nobody."""
    return reply.status == 200 and _ASKS_FOR_PASSWORD.search(reply.text) is not None


def _by_browser(visit: SigningIn) -> Session:
    assert visit.table.form is not None
    cookies = cookies_after_sign_in(visit.actor, visit.table.form, visit.base_url)
    if visit.table.session_cookie and visit.table.session_cookie not in cookies:
        raise ApplicationError(f'signed in, and there is no cookie "{visit.table.session_cookie}"; see sign_in')
    return Session(cookies=cookies)


def _by_callable(visit: SigningIn) -> Session:
    session = _function(visit.table.function or "", visit.folder)(visit)
    if not isinstance(session, Session):
        raise UsageError(f"{visit.table.function} gave no stormwalk.api.sign_in.Session; see sign_in.function")
    return session


def _function(name: str, folder: Path) -> Callable[[SigningIn], object]:
    """The function of the project; its module may lie in the project's own folder."""
    module, _, function = name.partition(":")
    sys.path.insert(0, str(folder.resolve()))
    try:
        found: Callable[[SigningIn], object] = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as problem:
        raise UsageError(f"sign_in.function: {name} cannot be imported: {problem}") from problem
    finally:
        sys.path.remove(str(folder.resolve()))
    return found


_STRATEGIES: Mapping[str, Callable[[SigningIn], Session]] = {
    "json-token": _by_token,
    "cookie": _by_cookie,
    "browser": _by_browser,
    "callable": _by_callable,
}


def _let_in(visit: SigningIn, knock: Knock) -> Reply:
    reply = visit.ask(knock)
    if reply.status is None or reply.status >= 400:
        raise NotLetIn(knock, reply)
    return reply


def token_in(data: Any, table: SignInTable) -> str:
    """The token of an answer; `token_field` may lead into it, as in `data.token`. Raises ApplicationError."""
    for name in table.token_field.split("."):
        data = data.get(name) if isinstance(data, dict) else None
    if isinstance(data, str) and data:
        return data
    raise ApplicationError(f'the answer to the sign-in holds no text "{table.token_field}"; see sign_in.token_field')


def secrets_in(answer: requests.Response) -> Iterator[str]:
    """Tokens of the JSON body and values of cookies that were set."""
    values = (*_named_secrets(body_of(answer)), *(cookie.value or "" for cookie in answer.cookies))
    # Short ones and sentences are none: `{"password": "is too short"}`, `theme=dark`.
    yield from filter(_LOOKS_RANDOM.fullmatch, values)


def body_of(answer: requests.Response) -> Any:
    """The JSON of an answer, None where it is none."""
    try:
        return answer.json()
    except requests.JSONDecodeError:
        return None


def _named_secrets(body: Any) -> Iterator[str]:
    if isinstance(body, list):
        for one in body:
            yield from _named_secrets(one)
    elif isinstance(body, dict):
        for name, one in body.items():
            yield from [one] if isinstance(one, str) and names_a_secret(name) else _named_secrets(one)


def claims_of(token: str) -> dict[str, Any]:
    """What a JSON Web Token claims. Its signature is not checked: only the application has the key."""
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as problem:
        raise ApplicationError(f"the access token is no JSON Web Token: {problem}") from None
    return claims
