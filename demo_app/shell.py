"""The empty page that answers every address without a page or call of its own, if a decoy says so."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from demo_app.defects import defect_on
from demo_app.errors import http_error
from demo_app.pages import SHELL, html_of


def register_shell(app: Flask) -> None:
    with app.app_context():
        if defect_on("spa-shell"):
            app.register_error_handler(404, _shell)


def _shell(error: Exception) -> ResponseReturnValue:
    # A rule that was found says of its own object that it is not there.
    return http_error(error) if request.url_rule else html_of(SHELL)
