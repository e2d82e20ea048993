"""What is known of one cell of a matrix: the page, and the same for the lightbox."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Blueprint, Response, abort, render_template, request

from dashboard.access_cell import access_cell, access_finding
from dashboard.cell_views import CellDetail
from dashboard.house import house
from dashboard.state import RunState
from dashboard.storm_cells import experiment_cell, fault_cell
from dashboard.views import plain

blueprint = Blueprint("cells", __name__)

LONGEST_NAME = 600


@blueprint.get("/runs/<run:run_id>/cells/<matrix>")
def cell(run_id: str, matrix: str) -> str | Response:
    follower = house().follower(run_id)
    follower.caught_up(2.0)
    found = follower.look(lambda run: _found(run, matrix))
    if found is None:
        abort(HTTPStatus.NOT_FOUND, f"This run has no such {'finding' if matrix == 'findings' else 'cell'}.")
    if request.args.get("as") == "json":
        return Response(json.dumps(plain(found), ensure_ascii=False), mimetype="application/json")
    return render_template(
        "cell.html", run_id=run_id, matrix="access" if matrix == "findings" else matrix, detail=found, nav="runs"
    )


def _found(run: RunState, matrix: str) -> CellDetail | None:
    if matrix == "access":
        return access_cell(run, _name("endpoint"), _name("role"))
    if matrix == "findings":
        return access_finding(run, _name("id"))
    if matrix == "experiments":
        return experiment_cell(run, _name("journey"), _name("plan"))
    if matrix == "faults":
        return fault_cell(run, _name("journey"), _name("step"), _name("site"), _name("plan"))
    return None


def _name(field: str) -> str:
    return request.args.get(field, "")[:LONGEST_NAME]
