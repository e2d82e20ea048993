"""The API client of one actor: what a role can do without a browser, each call reported like one of the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from stormwalk.api.credentials import Credentials
from stormwalk.api.sign_in import (
    Knock,
    NotLetIn,
    Reply,
    Session,
    SigningIn,
    body_of,
    secrets_in,
    session_for,
)
from stormwalk.api.transport import Exchange, Runner, Transport, directly
from stormwalk.config import Actor, Project, SignInTable
from stormwalk.errors import ApplicationError, SignInRefused, UsageError
from stormwalk.observations import Call, CallSource
from stormwalk.redact import Redactor
from stormwalk.templates import template_of

_MOST_REDIRECTS = 10
_ASK_LATER = (408, 425, 429)
_TRIES_AFTER_429 = 3
_LONGEST_PAUSE_S = 5.0


class ApiClient:
    """Calls the API as one actor, or as anonymous where `actor` is None. Paths are relative to the API root.

    `on_call` is told of every call, redirect hops and failed ones included, in the thread of the caller.
    `timeout_s` limits connecting and each wait for more of the answer.
    `run` executes each blocking call. While Playwright routes requests, a blocking call in the main thread stalls the
    page; whoever has a page passes a function that runs it in a thread and keeps Playwright's loop turning.

    Raises ApplicationError when no answer comes, UsageError for a host that the project does not allow.
    """

    def __init__(
        self,
        project: Project,
        base_url: str,
        actor: Actor | None = None,
        *,
        on_call: Callable[[Call], None] = lambda call: None,
        redactor: Redactor | None = None,
        timeout_s: float = 10.0,
        run: Runner = directly,
    ) -> None:
        self._project = project
        self._base_url = base_url.rstrip("/")
        self.actor = actor
        self._on_call = on_call
        self._redactor = redactor or project.redactor()
        if actor is not None:
            # Somebody made for one journey is not in the project file.
            self._redactor.learn(actor.password.get_secret_value())
        self._transport = Transport(timeout_s)
        self._run = run
        csrf = project.sign_in.csrf if project.sign_in else None
        self._credentials = Credentials(self._transport, self._redactor, self._base_url, csrf)

    def __repr__(self) -> str:
        return f"ApiClient({self._who()} at {self._redactor.url(self._base_url)})"

    @property
    def base_url(self) -> str:
        return self._base_url

    def mount(self, adapter: BaseAdapter) -> None:
        """Sends every later call through this adapter of requests, a storm for example."""
        self._transport.mount(adapter)

    def close(self) -> None:
        """Closes the connections; the client can still be used and opens new ones."""
        self._transport.close()

    def sign_in(self) -> Session:
        """A new session for the actor, by the strategy of the project, with which every later call is made. A 429 that
        says for how long is waited out.

        Raises SignInRefused where the actor is not let in, ApplicationError where the application cannot say.
        """
        actor, table = self._signing_in()
        self._url("/")  # a host that is not allowed is not called, not even by a browser
        self._credentials.forget()
        folder = self._project.path.parent
        visit = SigningIn(actor=actor, table=table, base_url=self._base_url, ask=self._knock, folder=folder)
        try:
            # Somebody else makes the calls of these two: the page must not stand still meanwhile.
            apart = table.strategy in ("browser", "callable")
            session = self._run(lambda: session_for(visit)) if apart else session_for(visit)
        except NotLetIn as turned_away:
            raise self._refused(actor, turned_away) from None
        self._credentials.use(session)
        return session

    def sign_out(self) -> requests.Response:
        """Ends the session at the application and forgets it, whatever the answer is."""
        method, path = self._table().sign_out_request
        try:
            return self.request(method, path, form={} if method == "POST" and self._credentials.has_proof else None)
        finally:
            self._credentials.forget()

    def use_token(self, token: str) -> None:
        """Sends this token from now on: one that a page got, for example."""
        self._credentials.use_token(token)

    def use_cookies(self, cookies: Mapping[str, str]) -> None:
        """Sends these cookies from now on: those of the session that a page has, for example."""
        self._credentials.use_cookies(cookies)

    def is_signed_in(self) -> bool:
        """Whether there is a session whose token, if it has one, has not expired by its own claim. Asks nobody."""
        return self._credentials.hold()

    def token_claims(self) -> dict[str, Any]:
        """The claims of the token, such as `role` and `exp` (seconds since the epoch), signature unchecked."""
        return self._credentials.claims(self._who())

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> requests.Response:
        return self.request("GET", path, headers=headers)

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        return self.request("POST", path, json=json, form=form, headers=headers)

    def put(self, path: str, *, json: Any = None, headers: Mapping[str, str] | None = None) -> requests.Response:
        return self.request("PUT", path, json=json, headers=headers)

    def patch(self, path: str, *, json: Any = None, headers: Mapping[str, str] | None = None) -> requests.Response:
        return self.request("PATCH", path, json=json, headers=headers)

    def delete(self, path: str, *, json: Any = None, headers: Mapping[str, str] | None = None) -> requests.Response:
        return self.request("DELETE", path, json=json, headers=headers)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer, whatever its status. Redirects are followed, each hop a call, but to no other host.

        A `form` is sent as a page sends it, with the proof that a page has.
        """
        further = {**self._credentials.headers(method), **(headers or {})}
        data = None if form is None else {**form, **self._credentials.in_form()}
        request = requests.Request(method, self._url(path), json=json, data=data, headers=further)
        answer = self._exchange(self._transport.prepare(request))
        for _ in range(_MOST_REDIRECTS):
            if answer.next is None:
                break
            answer = self._exchange(answer.next)
        return answer

    def _url(self, path: str) -> str:
        if not path.startswith("/"):
            raise UsageError(f'expected a path below {self._project.application.api_root or "/"}, got "{path}"')
        if not self._project.safety.allows(self._base_url):
            host = urlsplit(self._base_url).hostname
            raise UsageError(f"{host} is not called: it is not in safety.allowed_hosts of {self._project.file}")
        return f"{self._base_url}{self._project.application.api_root}{path}"

    def _exchange(self, request: requests.PreparedRequest) -> requests.Response:
        done = self._run(lambda: self._transport.exchange(request))
        if done.answer is not None:
            self._learn(done.answer)
        self._on_call(self._call(done))
        if done.answer is None:
            where = f"{request.method} {self._redactor.url(request.url or '')}"
            raise ApplicationError(
                f"{where} by {self._who()} got no answer ({done.failure}); see whether it still runs"
            )
        return done.answer

    def _learn(self, answer: requests.Response) -> None:
        for secret in secrets_in(answer):
            self._redactor.learn(secret)

    def _call(self, done: Exchange) -> Call:
        url, body = done.request.url or "", done.request.body
        return Call(
            method=done.request.method or "",
            url=self._redactor.url(url),
            template=self._template(url),
            source=CallSource.API,
            resource_type="api",
            started_at=done.started_at,
            status=None if done.answer is None else done.answer.status_code,
            failure=None if done.failure is None else self._redactor.text(done.failure),
            duration_ms=done.took_ms,
            request_bytes=len(body or b""),
            response_bytes=None if done.answer is None else len(done.answer.content),
        )

    def _template(self, url: str) -> str:
        return self._redactor.text(template_of(url, self._project.application.url_templates))

    # Signing in.

    def _knock(self, knock: Knock) -> Reply:
        reply = self._knock_once(knock)
        for _ in range(_TRIES_AFTER_429):
            if (pause_s := _pause(reply)) is None:
                break
            self._run(lambda: time.sleep(pause_s))
            reply = self._knock_once(knock)
        return _replied(reply)

    def _knock_once(self, knock: Knock) -> requests.Response:
        """One hop: a redirect says that the form was taken, and where it leads to is nobody's business."""
        url = f"{self._base_url}{knock.path}" if knock.from_root else self._url(knock.path)
        unheard = {name: value for name, value in knock.cookies.items() if not self._transport.cookie(name)}
        self._transport.set_cookies(unheard, urlsplit(self._base_url).hostname or "")
        sent = {"data" if knock.form else "json": knock.body} if knock.body is not None else {}
        request = requests.Request(knock.method, url, headers=dict(knock.headers), **sent)
        return self._exchange(self._transport.prepare(request))

    def _refused(self, actor: Actor, turned_away: NotLetIn) -> ApplicationError:
        knock, status = turned_away.knock, turned_away.reply.status
        # A form that comes back with 200 has said no, too.
        refused = status is not None and status < 500 and status not in _ASK_LATER
        path = knock.path if knock.from_root else f"{self._project.application.api_root}{knock.path}"
        return (SignInRefused if refused else ApplicationError)(
            f"{self._who()} could not sign in: {knock.method} {self._template(path)} answered {status}; "
            f"see sign_in and roles.{actor.role}.actors.{actor.name} in {self._project.file}"
        )

    def _signing_in(self) -> tuple[Actor, SignInTable]:
        if self.actor is None:
            raise UsageError("anonymous cannot sign in; give the client an actor")
        return self.actor, self._table()

    def _table(self) -> SignInTable:
        if self._project.sign_in is None:
            raise UsageError(
                f"{self._project.file}: sign_in: expected a table, since {self._who()} signs in to the API"
            )
        return self._project.sign_in

    def _who(self) -> str:
        return f"{self.actor.name} ({self.actor.role})" if self.actor else "anonymous"


def _replied(answer: requests.Response) -> Reply:
    raw = getattr(answer.raw, "headers", None)
    return Reply(
        status=answer.status_code,
        words=str(answer.status_code),
        data=body_of(answer),
        cookies={cookie.name: cookie.value or "" for cookie in answer.cookies},
        set_cookies=tuple(raw.getlist("Set-Cookie")) if raw is not None and hasattr(raw, "getlist") else (),
        location=urlsplit(answer.headers.get("Location", "")).path if answer.is_redirect else "",
        text=answer.text,
    )


def _pause(answer: requests.Response) -> float | None:
    """Seconds that a 429 asks to wait; None for every other answer, and for one that asks for too long or nothing."""
    asked = answer.headers.get("Retry-After", "")
    if answer.status_code != 429 or not asked.isdecimal() or float(asked) > _LONGEST_PAUSE_S:
        return None
    return float(asked)
