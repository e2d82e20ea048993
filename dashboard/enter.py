"""The door: a form for the token of a dashboard that more than this machine can reach."""

from __future__ import annotations

import time
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dashboard.house import house

blueprint = Blueprint("enter", __name__)

_WRONG_TOKEN_SECONDS = 0.5


@blueprint.get("/enter")
def form() -> str | Response:
    guard = house().guard
    return redirect(url_for("runs.live")) if guard.is_let_in() else render_template("enter.html", wrong=False)


@blueprint.post("/enter")
def check() -> Response | tuple[str, int]:
    guard = house().guard
    if not guard.opens(request.form.get("token", "")):
        time.sleep(_WRONG_TOKEN_SECONDS)  # a guess costs its time, whoever makes it
        return render_template("enter.html", wrong=True), int(HTTPStatus.FORBIDDEN)
    response = redirect(url_for("runs.live"))
    guard.let_in(response)
    return response
