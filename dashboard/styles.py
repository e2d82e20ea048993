"""The one style sheet: that of the reports, and what a page that lives needs beside it. The theme is theirs too."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from flask import Blueprint, Response, request

blueprint = Blueprint("styles", __name__)

_OF_REPORTS = ("page.css", "access.css", "storm.css")
_OWN = ("layout.css", "panels.css")


@cache
def text() -> str:
    """All sheets in their order: what is ours comes last and so decides."""
    reports, own = files("stormwalk.reporting") / "templates", files("dashboard") / "static"
    sheets = [reports / name for name in _OF_REPORTS] + [own / name for name in _OWN]
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


@blueprint.get("/styles.css")
def sheet() -> Response:
    return _cached(text(), "text/css")


@blueprint.get("/theme.js")
def theme() -> Response:
    """Sets the theme before anything is drawn."""
    script = files("stormwalk.reporting") / "templates" / "theme.js"
    return _cached(script.read_text(encoding="utf-8"), "text/javascript")


def _cached(content: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
