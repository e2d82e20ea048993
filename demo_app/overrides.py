"""Headers that send a call elsewhere than it was sent: none is honoured, unless a defect says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException

from demo_app.defects import defect_on

_ASKED = "shop.asked"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The call as it was sent, before a header sent it elsewhere."""

    method: str
    path: str

    def view(self) -> Callable[..., Any] | None:
        """The view that would have answered it, if there is one."""
        try:
            endpoint, _ = current_app.url_map.bind("").match(self.path, self.method)
        except HTTPException:
            return None
        return current_app.view_functions[endpoint]


def asked() -> Asked | None:
    """How this call was sent; None for one that no header has sent elsewhere."""
    return request.environ.get(_ASKED)


def install_overrides(app: Flask) -> None:
    with app.app_context():
        method, path = defect_on("method-override-skips-check"), defect_on("original-url-skips-check")
    if method or path:
        app.wsgi_app = _Overrides(app.wsgi_app, method=method, path=path)  # type: ignore[method-assign]


class _Overrides:
    def __init__(self, app: WSGIApplication, *, method: bool, path: bool) -> None:
        self._app = app
        self._method = method
        self._path = path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        sent = Asked(method=environ["REQUEST_METHOD"], path=environ["PATH_INFO"])
        changes = {**self._other_method(environ), **self._other_path(environ)}
        if changes:
            environ.update(changes, **{_ASKED: sent})
        return self._app(environ, start_response)

    def _other_method(self, environ: WSGIEnvironment) -> dict[str, str]:
        method = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        return {"REQUEST_METHOD": method} if self._method and method in _METHODS else {}

    def _other_path(self, environ: WSGIEnvironment) -> dict[str, str]:
        address = environ.get("HTTP_X_ORIGINAL_URL", "")
        if not self._path or not address.startswith("/"):
            return {}
        # A path that begins with two slashes would be read as a host.
        parts = urlsplit("/" + address.lstrip("/"))
        return {"PATH_INFO": unquote(parts.path, "latin-1"), "QUERY_STRING": parts.query}
