"""Takes what somebody asks of a run that goes on, and writes it to the store: the one thing that a dashboard writes."""

from __future__ import annotations

import time
from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dashboard.house import house
from dashboard.state import RunState
from stormwalk.control import ControlKind, ControlRequest

blueprint = Blueprint("switches", __name__)

BY = "dashboard"


@blueprint.get("/runs/<run:run_id>/stop")
def confirm(run_id: str) -> str:
    """Asks whether the run shall really be stopped: the form of those who have no script to ask them."""
    follower = house().follower(run_id)
    follower.caught_up(2.0)
    if not follower.look(_can_be_asked):
        abort(HTTPStatus.CONFLICT, "This run does not go on: there is nothing to stop.")
    return render_template("stop.html", run_id=run_id)


@blueprint.post("/runs/<run:run_id>/requests")
def ask(run_id: str) -> Response:
    """Writes the request of the form, and goes back to the run."""
    follower = house().follower(run_id)
    follower.caught_up(2.0)
    wanted = _request(follower.look(_can_be_asked), follower.look(_rules))
    house().store.ask(run_id, wanted)
    if "application/json" in request.headers.get("Accept", ""):
        return Response(status=int(HTTPStatus.NO_CONTENT))
    return redirect(url_for("runs.run", run_id=run_id) + "#switches", code=303)


def _can_be_asked(run: RunState) -> frozenset[ControlKind]:
    """What makes sense: a storm can be steered, any run can be stopped, and nothing of one that has ended."""
    if not run.begun or run.finished_at is not None:
        return frozenset()
    return frozenset(ControlKind) if run.is_storm else frozenset({ControlKind.STOP})


def _rules(run: RunState) -> frozenset[str]:
    return frozenset(f"{plan.name}/{rule.id}" for plan in run.plans for rule in plan.rules)


def _request(kinds: frozenset[ControlKind], rules: frozenset[str]) -> ControlRequest:
    if not kinds:
        abort(HTTPStatus.CONFLICT, "This run does not go on: nothing can be asked of it.")
    asked, _, rule = request.form.get("ask", "").partition(" ")
    kind = next((one for one in kinds if one.value == asked), None)
    if kind is None:
        abort(HTTPStatus.BAD_REQUEST, "That cannot be asked of this run.")
    if kind is ControlKind.STOP and request.form.get("sure") != "yes":
        abort(HTTPStatus.BAD_REQUEST, "Say that you are sure: a run that was stopped does not go on.")
    if kind.names_rule and rule not in rules:
        abort(HTTPStatus.BAD_REQUEST, "This run has no such rule.")
    return ControlRequest(kind=kind, at=time.time(), by=BY, rule=rule if kind.names_rule else "")
