"""How the shop can let in whom it should not, or turn away whom it should let in.

Each bites in one place of its own, so that all of them can be on and none hides another.
"""

from __future__ import annotations

from demo_app.catalogue.entry import Defect, DefectKind


def _access(name: str, summary: str, expected: str, *findings: str, ui: bool = False) -> Defect:
    return Defect(name=name, kind=DefectKind.ACCESS, summary=summary, expected=expected, findings=findings, ui=ui)


ACCESS: tuple[Defect, ...] = (
    _access(
        "cross-user-order-read",
        "A shopper reads the order of another by its number; the stream of its status stays closed.",
        "Another shopper's order is answered, with what only its owner has written.",
        "cross-user-read GET /api/orders/{id}",
        "page-opens PAGE /orders/{id}",
    ),
    _access(
        "cross-user-cancel",
        "A shopper cancels the order of another by its number.",
        "The owner finds the order cancelled.",
        "cross-user-write POST /api/orders/{id}/cancel",
        "cross-user-read POST /api/orders/{id}/cancel",
    ),
    _access(
        "admin-list-open-to-support",
        "Support reads the list of users, which is for admins.",
        "Support gets the list, although no page offers it.",
        "over-permission GET /api/admin/users",
    ),
    _access(
        "role-from-signup-body",
        "Whoever signs up may say which role to have.",
        "An account made with a role in the body has that role.",
        "mass-assignment POST /api/users role",
    ),
    _access(
        "role-from-profile-body",
        "Saving one's profile stores a role too, if the body names one.",
        "A shopper's profile has the role that was sent with it.",
        "mass-assignment PATCH /api/me role",
    ),
    _access(
        "total-from-order-body",
        "An order costs what its buyer says, if the body names a total.",
        "An order has the total that was sent with it.",
        "mass-assignment POST /api/orders total_cents",
    ),
    _access(
        "refresh-survives-logout",
        "Logging out ends the access token only; the refresh token opens the session anew.",
        "After logging out, the old refresh token buys tokens that work.",
        "refresh-after-logout",
    ),
    _access(
        "alg-none-accepted",
        "A token whose header says alg none and whose signature is empty is believed.",
        "An unsigned token gets in; one with a changed signature does not.",
        "alg-none-accepted",
    ),
    _access(
        "signature-not-checked",
        "The algorithm of a token is checked, its signature is not: changed or cut off, it is believed.",
        "A token with a changed signature gets in, and so does one without; one with alg none does not.",
        "signature-not-checked",
        "signature-stripped-accepted",
    ),
    _access(
        "expired-token-accepted",
        "The age of a token is not looked at.",
        "A token, rightly signed, whose time is over gets in.",
        "expired-token-accepted",
    ),
    _access(
        "unreadable-token-is-somebody",
        "A token that cannot be read at all passes for that of the first user, as it once did in development.",
        "A token of random letters gets in.",
        "garbage-token-accepted",
    ),
    _access(
        "sales-export-unguarded",
        "The CSV of the sales report was forgotten when rights were given out: it asks for none.",
        "Visitors, shoppers and support get the CSV.",
        "missing-authentication GET /api/reports/sales.csv",
        "over-permission GET /api/reports/sales.csv",
    ),
    _access(
        "refund-open-to-manager",
        "A manager refunds orders; no page has a button for it.",
        "Hidden but allowed: the manager's call refunds the order.",
        "over-permission POST /api/orders/{id}/refund",
    ),
    _access(
        "audit-link-for-manager",
        "The navigation shows a manager the audit trail, which page and API refuse.",
        "Shown but denied: the link leads to a refusal.",
        "shown-but-denied GET /api/admin/audit",
        "shown-but-denied PAGE /admin/audit",
        ui=True,
    ),
    _access(
        "password-hash-in-user-list",
        "The list of users holds the hash of each password.",
        "The admin's answer has a field that belongs to nobody.",
        "forbidden-field GET /api/admin/users password_hash",
    ),
    _access(
        "supplier-email-in-product",
        "A product, read by anybody, holds the email of its supplier.",
        "The public answer has a field that is not for the public.",
        "forbidden-field GET /api/products/{id} supplier_email",
    ),
    _access(
        "method-override-skips-check",
        "X-HTTP-Method-Override is honoured, and the role check looks at the method that was sent.",
        "A role that is refused gets in with another method and this header.",
        "method-override",
    ),
    _access(
        "original-url-skips-check",
        "X-Original-URL is honoured, and the role check looks at the path that was sent.",
        "A role that is refused gets in by another path and this header.",
        "url-override",
    ),
    _access(
        "old-role-kept",
        "The role that a token claims is believed until the token is renewed.",
        "Somebody who has lost a role still uses it with the old token.",
        "role-kept",
    ),
    _access(
        "refusal-with-200",
        "Whoever is refused the sales report gets status 200 and an error in the body.",
        "The refusal holds, but its status says success.",
        "refused-with-success GET /api/reports/sales",
    ),
    _access(
        "order-not-concealed",
        "The stream of another's order is refused with 403, that of an order that is not there with 404.",
        "Whoever asks learns which order numbers there are.",
        "not-concealed GET /api/orders/{id}/events",
    ),
    _access(
        "support-locked-out-of-refund",
        "Support is refused the refund, and admins are not.",
        "Wrongly denied: the button on support's page leads to a refusal.",
        "wrongly-denied POST /api/orders/{id}/refund",
        "shown-but-denied POST /api/orders/{id}/refund",
    ),
    _access(
        "settings-break-for-outsiders",
        "Whoever is no admin breaks the settings with a 500 instead of being refused.",
        "A server error; nothing is shown, and nothing is known about the right.",
        "server-error GET /api/admin/settings",
    ),
    _access(
        "cookie-without-csrf",
        "Logging in also sets a cookie, without SameSite, that authenticates writes whatever their Origin.",
        "A write with the cookie alone and the Origin of another site is done.",
        "csrf",
    ),
    _access(
        "settings-in-page",
        "The HTML of the settings page holds the settings, whoever opens it, signed in or not.",
        "The source of the page shows what the API refuses.",
        "page-opens PAGE /admin/settings",
    ),
)
