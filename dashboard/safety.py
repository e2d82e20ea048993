"""What keeps strangers out: the Host header, the token, the origin of writes, and what a page may load.

Loopback alone is no fence. Any page that the same browser shows can send requests to it, a name of its own can be made
to point to it, and cookies do not know ports: the application under test often is on the same host. So every request is
checked for the host that it asks for, and every write for where it comes from, whatever cookies it has.
"""

from __future__ import annotations

import hmac
import ipaddress
from hashlib import sha256
from http import HTTPStatus
from secrets import token_bytes

from flask import Flask, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from dashboard.settings import Settings

COOKIE = "stormwalk_dashboard"
CSRF_FIELD = "csrf"
LONGEST_QUERY = 4096
LONGEST_BODY = 16 * 1024
MOST_FIELDS = 8
OPEN_ENDPOINTS = frozenset({"enter.form", "enter.check", "static", "styles.sheet", "styles.theme"})
"""What is there before the token was given: the form for it, and what the form looks like."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with it a browser says no origin when it sends one of our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Decides about each request before anything else looks at it."""

    def __init__(self, settings: Settings) -> None:
        self._names = {"localhost", settings.host.lower(), *(name.lower() for name in settings.names)}
        self._token = settings.token
        # Of the token where there is one, so that whoever was let in stays in when the server starts again.
        secret = settings.token.encode() or token_bytes(32)
        self.csrf = hmac.new(secret, b"write", sha256).hexdigest()
        self._pass = hmac.new(secret, b"enter", sha256).hexdigest()

    def install(self, app: Flask) -> None:
        app.before_request(self.check)
        app.after_request(_add_headers)

    def check(self) -> BaseResponse | None:
        """Refuse what may not be answered; None lets the request on."""
        if not self._is_known(request.host):
            abort(HTTPStatus.MISDIRECTED_REQUEST, "This dashboard is not known by that name: see --allow-host.")
        if len(request.query_string) > LONGEST_QUERY:
            abort(HTTPStatus.REQUEST_URI_TOO_LONG, "The address is too long to be one of this dashboard.")
        if not self.is_let_in() and request.endpoint not in OPEN_ENDPOINTS:
            return _to_the_door()
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            self._check_write()
        return None

    def _is_known(self, host: str) -> bool:
        """A literal address is no name that somebody else could make point to us; any other name must be ours."""
        name = _without_port(host)
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def is_let_in(self) -> bool:
        if not self._token:
            return True
        return hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), self._pass.encode())

    def opens(self, token: str) -> bool:
        """Whether it is the token; takes the same time for every wrong one."""
        theirs, ours = (sha256(one.encode("utf-8", "replace")).digest() for one in (token, self._token))
        return bool(self._token) and hmac.compare_digest(theirs, ours)

    def let_in(self, response: BaseResponse) -> None:
        response.set_cookie(COOKIE, self._pass, httponly=True, samesite="Strict", secure=request.is_secure)

    def _check_write(self) -> None:
        origin = request.headers.get("Origin", "")
        if origin != request.host_url.rstrip("/"):
            abort(HTTPStatus.FORBIDDEN, "Only a page of this dashboard may do that.")
        if len(request.form) > MOST_FIELDS:
            abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "No form of this dashboard has so many fields.")
        if request.endpoint == "enter.check":
            return  # there is nothing to lose yet, and whoever is not in is told nothing to show
        given = request.form.get(CSRF_FIELD, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.csrf.encode()):
            abort(HTTPStatus.FORBIDDEN, "This page is older than the server. Load it again, then repeat it.")


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0].strip("[").lower()
    return host.rpartition(":")[0].lower() if ":" in host else host.lower()


def _to_the_door() -> BaseResponse:
    # A page is led to the form; whatever a script asks for is refused, since it could not read a form.
    if (
        request.method == "GET"
        and request.accept_mimetypes.accept_html
        and "text/html" in str(request.accept_mimetypes)
    ):
        return redirect(url_for("enter.form"))
    abort(HTTPStatus.UNAUTHORIZED, "Give the token first, at /enter.")


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    return response
