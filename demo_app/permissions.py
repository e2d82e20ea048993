"""The shop's own check of permissions, as if it were another server: it can be slow, and it can be down.

Calls between an application's own servers are out of a tester's reach. With `--fault-hooks` the shop has a call
that makes this one fail or wait; without, there is no such call.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import asdict, dataclass

from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue

from demo_app.body import Body
from demo_app.defects import defect_on
from demo_app.errors import ApiError

LONGEST_MS = 30_000
_STATE = "permissions"
blueprint = Blueprint("fault_hooks", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How the check is made to behave: `fail` lets it give no answer, `delay_ms` lets it take its time."""

    fail: bool = False
    delay_ms: int = 0


def init_permissions(app: Flask, *, hooks: bool) -> None:
    app.extensions[_STATE] = State()
    if hooks:
        app.register_blueprint(blueprint, url_prefix="/fault-hooks")


def permits(role: str, roles: Collection[str]) -> bool:
    """Ask whether the role is one of these; no answer is a refusal that may be over soon."""
    state: State = current_app.extensions[_STATE]
    time.sleep(state.delay_ms / 1000)
    if not state.fail:
        return role in roles
    if defect_on("fails-open-when-permissions-are-down"):
        return True
    raise ApiError(503, "permissions_down", "What you may do cannot be checked right now. Please try again.")


@blueprint.get("/permissions")
def show() -> ResponseReturnValue:
    return asdict(current_app.extensions[_STATE])


@blueprint.put("/permissions")
def change() -> ResponseReturnValue:
    body = Body.of_request()
    delay = body.integer("delay_ms", at_least=0, at_most=LONGEST_MS) if body.has("delay_ms") else 0
    current_app.extensions[_STATE] = State(fail=body.has("fail") and body.truth("fail"), delay_ms=delay)
    return show()


@blueprint.delete("/permissions")
def reset() -> ResponseReturnValue:
    current_app.extensions[_STATE] = State()
    return show()
