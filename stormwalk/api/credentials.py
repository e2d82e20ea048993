"""What a client shows of itself with every call: a token, cookies, and the proof that a write comes from a page."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from stormwalk.api.sign_in import Session, claims_of
from stormwalk.api.transport import Transport
from stormwalk.config.sign_in import CsrfTable
from stormwalk.errors import ApplicationError, UsageError
from stormwalk.redact import Redactor

_READING = ("GET", "HEAD", "OPTIONS")


class Credentials:
    """Of one client; its cookies lie in the transport. Whatever is kept here is hidden from then on."""

    def __init__(self, transport: Transport, redactor: Redactor, base_url: str, csrf: CsrfTable | None) -> None:
        self._transport = transport
        self._redactor = redactor
        self._base_url = base_url
        self._csrf = csrf
        self._token: str | None = None
        self._headers: dict[str, str] = {}
        self._proof = ""
        self._has_session = False

    @property
    def has_proof(self) -> bool:
        """Whether a page has given a proof of origin, which forms carry."""
        return bool(self._proof)

    def use(self, session: Session) -> None:
        for secret in session.secrets:
            self._redactor.learn(secret)
        if session.token:
            self.use_token(session.token)
        elif session.cookies:
            self.use_cookies(session.cookies)
        self._headers, self._proof = dict(session.headers), session.proof
        self._has_session = True

    def use_token(self, token: str) -> None:
        self._redactor.learn(token)
        self._token = token

    def use_cookies(self, cookies: Mapping[str, str]) -> None:
        for value in cookies.values():
            self._redactor.learn(value)
        self._transport.set_cookies(cookies, urlsplit(self._base_url).hostname or "")
        self._has_session = True

    def forget(self) -> None:
        self._token, self._headers, self._proof, self._has_session = None, {}, "", False
        self._transport.forget_cookies()

    def claims(self, who: str) -> dict[str, Any]:
        """The claims of the token, its signature unchecked. Raises UsageError where `who` has none, ApplicationError
        for one that has no claims."""
        if self._token is None:
            raise UsageError(f"{who} has no token; call sign_in() first")
        return claims_of(self._token)

    def hold(self) -> bool:
        """Whether there is a session whose token, if it has one, has not expired by its own claim. Asks nobody."""
        if self._token is None:
            return self._has_session
        try:
            expires = claims_of(self._token).get("exp")
        except ApplicationError:  # an opaque token says nothing of its age
            return True
        return not isinstance(expires, int | float) or expires > time.time()

    def headers(self, method: str) -> dict[str, str]:
        """The headers of a call; a write of a session by cookie says beside it where it comes from."""
        token = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        proof = self._proof_now() if method not in _READING else ""
        origin = {self._csrf.header: proof, "Referer": f"{self._base_url}/"} if self._csrf and proof else {}
        return {**token, **self._headers, **origin}

    def in_form(self) -> dict[str, str]:
        """What a form has beside what is filled in."""
        proof = self._proof_now()
        return {self._csrf.field: proof} if self._csrf and proof else {}

    def _proof_now(self) -> str:
        """The application may have changed the value of a cookie by now."""
        if self._csrf is None:
            return ""
        return self._proof if self._csrf.pattern else self._transport.cookie(self._csrf.cookie)
