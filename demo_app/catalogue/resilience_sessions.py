"""What goes wrong when a session ends, or when nobody can say what a user may do."""

from __future__ import annotations

from demo_app.catalogue.entry import Defect, resilience

SESSIONS: tuple[Defect, ...] = (
    resilience(
        "basket-lost-with-session",
        "A session that is renewed begins with an empty basket.",
        "The session expires at the order, is renewed without a word, and the basket is empty.",
        "session-lost POST /api/orders",
        "not-recovered POST /api/orders",
        shown_by=("session-expiry @ POST,PUT,PATCH /api/**",),
        journey="hasty_shopper",
        ui=False,
    ),
    resilience(
        "draft-lost-with-session",
        "When a session ends, what was typed at the checkout is thrown away.",
        "After the new log-in the form is empty.",
        "input-lost POST /api/orders",
        "not-recovered POST /api/orders",
        shown_by=('session-expiry:revoke="DELETE /api/session" once @ POST /api/orders',),
        journey="shopper",
    ),
    resilience(
        "logged-out-by-a-failure",
        "When the page cannot read who is signed in, it takes the session for ended.",
        "A 503 of one call, and the user has to log in again.",
        "session-lost GET /api/me",
        shown_by=("http:503 @ GET /api/me",),
        journey="shopper_at_staff_doors",
    ),
    resilience(
        "navigation-fails-open",
        "While rights cannot be read, the navigation offers what every role has.",
        "A shopper sees the links of an admin.",
        "access-opened GET /api/me",
        shown_by=("http:503 @ GET /api/me",),
        journey="shopper_at_staff_doors",
    ),
    resilience(
        "fails-open-when-permissions-are-down",
        "While the shop's own check of permissions does not answer, everybody may do everything.",
        "A shopper gets the list of users while the check is down.",
        "access-opened GET /api/admin/users",
        shown_by=("hook:permissions=fail",),
        journey="shopper_at_staff_doors",
        ui=False,
    ),
    resilience(
        "trace-in-refusal",
        "The refusal of a call without credentials holds the stack of the server.",
        "The session expires, and the answer names files and lines of the server.",
        "leaked-internals POST /api/orders",
        shown_by=("session-expiry @ POST,PUT,PATCH /api/**",),
        journey="hasty_shopper",
        ui=False,
    ),
)
