"""What the API answers when it refuses: `{"error": {"code", "message"}}` with the right status."""

from __future__ import annotations

import sqlite3
from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException


class ApiError(Exception):
    """A refusal that the caller can act on."""

    def __init__(
        self, status: int, code: str, message: str, field: str | None = None, *, help: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extra = {name: value for name, value in (("field", field), ("help", help)) if value}

    @property
    def body(self) -> dict[str, object]:
        return {"error": {"code": self.code, "message": self.message, **self.extra}}


class StartError(Exception):
    """The shop cannot be started; the message says what to do."""


def unauthorized(code: str, message: str) -> ApiError:
    return ApiError(401, code, message)


def not_found(what: str) -> ApiError:
    return ApiError(404, "not_found", f"There is no such {what}.")


def conflict(code: str, message: str) -> ApiError:
    return ApiError(409, code, message)


def invalid(field: str, message: str) -> ApiError:
    return ApiError(422, "invalid", message, field)


def register_errors(app: Flask) -> None:
    """Answer every error as JSON under /api and as a page elsewhere."""
    app.register_error_handler(ApiError, _refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(sqlite3.OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def _body(status: int, code: str, message: str) -> Response:
    return _answer(ApiError(status, code, message))


def _answer(error: ApiError) -> Response:
    response = jsonify(error.body)
    response.status_code = error.status
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _wants_json() -> bool:
    return request.path.startswith("/api/") or request.path == "/api"


def _refused(error: Exception) -> ResponseReturnValue:
    assert isinstance(error, ApiError)
    return _answer(error)


def http_error(error: Exception) -> ResponseReturnValue:
    """Answer an error that Flask itself has raised."""
    assert isinstance(error, HTTPException)
    status = error.code or 500
    if status < 400 or error.response:
        return error.get_response()
    if not _wants_json():
        return render_template("error.html", status=status, reason=HTTPStatus(status).phrase), status
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    response = _body(status, code, error.description or HTTPStatus(status).phrase)
    response.headers.extend({k: v for k, v in error.get_headers() if k == "Allow"})
    return response


def _database(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("database: %s", error)
    response = _body(503, "busy", "The shop is busy. Please try again.")
    response.headers["Retry-After"] = "1"
    return response


def _unexpected(error: Exception) -> ResponseReturnValue:
    current_app.logger.exception("unexpected error", exc_info=error)
    if not _wants_json():
        return render_template("error.html", status=500, reason="Internal Server Error"), 500
    return _body(500, "internal", "Something went wrong on our side.")
