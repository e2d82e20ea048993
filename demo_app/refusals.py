"""How the API says no to whoever has not logged in, or has not the role."""

from __future__ import annotations

import traceback

from flask import redirect
from werkzeug.exceptions import HTTPException, NotFound

from demo_app.defects import defect_on
from demo_app.errors import ApiError

LONG_HELP = "If you believe that you should see this, ask an admin of the shop for the right role. " * 240


def login_required() -> Exception:
    """The refusal of a call without credentials."""
    if defect_on("redirect-to-login"):
        return HTTPException(response=redirect("/login"))
    help = "".join(traceback.format_stack()) if defect_on("trace-in-refusal") else None
    return _concealed() or ApiError(401, "login_required", "Please log in.", help=help)


def forbidden() -> Exception:
    """The refusal of a call of the wrong role."""
    help = LONG_HELP if defect_on("long-refusals") else None
    return _concealed() or ApiError(403, "forbidden", "Your role does not allow this.", help=help)


def _concealed() -> Exception | None:
    return NotFound() if defect_on("everything-concealed") else None
