"""Access checks to report on: one that has everything, and the pieces of which a test makes its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stormwalk.access.results import (
    Access,
    AccessCell,
    AccessCoverage,
    AccessFinding,
    ControlSeen,
    Excerpt,
    Expected,
    Verdict,
)
from stormwalk.access.rules import RULES
from stormwalk.model import Run
from tests.reporting.samples import plausible

ROLES = ("anonymous", "shopper", "support", "manager", "admin")
_WORDS = {
    "a": Expected.ALLOW,
    "d": Expected.DENY,
    "u": Expected.UNAUTHENTICATED,
    "c": Expected.CONCEAL,
    "o": Expected.OWN,
}
_SHOP = """
POST /api/users                  aaaaa
POST /api/session                aaaaa
DELETE /api/session              uaaaa
POST /api/session/refresh        uaaaa
GET /api/me                      uoooo
PATCH /api/me                    uoooo
GET /api/products                aaaaa
GET /api/products/{id}           aaaaa
PATCH /api/products/{id}         uddaa
POST /api/products               uddaa
GET /api/basket                  uoddd
POST /api/basket/items           uoddd
PATCH /api/basket/items/{id}     uoddd
DELETE /api/basket/items/{id}    uoddd
GET /api/orders                  uoada
POST /api/orders                 uoddd
GET /api/orders/{id}             uoaca
GET /api/orders/{id}/events      uoaca
POST /api/orders/{id}/cancel     uoddd
POST /api/orders/{id}/refund     udada
GET /api/reports/sales           uddaa
GET /api/reports/sales.csv       uddaa
GET /api/admin/users             uddda
PATCH /api/admin/users/{id}      uddda
GET /api/admin/settings          uddda
PUT /api/admin/settings          uddda
GET /api/admin/audit             uddda
PAGE /support                    udada
PAGE /manage/sales               uddaa
PAGE /admin/users                uddda
"""
_SEEN = {
    Expected.ALLOW: "let in",
    Expected.OWN: "let in, own objects only",
    Expected.DENY: "refused with 403",
    Expected.UNAUTHENTICATED: "refused with 401",
    Expected.CONCEAL: "refused with 404",
}
_ODD: dict[tuple[str, str], dict[str, Any]] = {
    ("GET /api/orders/{id}", "shopper"): {
        "verdict": Verdict.BYPASSED,
        "observed": "let in with 200",
        "reason": "the answer holds the canary that only the owner could have written, twice",
    },
    ("GET /api/admin/users", "support"): {
        "verdict": Verdict.BYPASSED,
        "observed": "let in with 200",
        "reason": "the answer holds the canary of a user made by the admin",
    },
    ("POST /api/orders/{id}/refund", "manager"): {"verdict": Verdict.BYPASSED, "observed": "let in with 200"},
    ("POST /api/orders/{id}/refund", "support"): {
        "verdict": Verdict.LOCK_OUT,
        "observed": "refused with 403",
        "reason": "the admin's same call worked 2 s later",
    },
    ("GET /api/reports/sales", "admin"): {"verdict": Verdict.SERVER_ERROR, "observed": "answered 500"},
    ("GET /api/admin/audit", "manager"): {
        "verdict": Verdict.SUSPECT,
        "observed": "answered 200",
        "reason": "the answer is built like the admin's, and holds no canary",
    },
    ("PATCH /api/products/{id}", "support"): {
        "verdict": Verdict.INCONCLUSIVE,
        "observed": "answered 429",
        "reason": "the rate limit was reached four times",
    },
    ("GET /api/reports/sales.csv", "support"): {"verdict": Verdict.BYPASSED, "observed": "let in with 200"},
    ("GET /api/products", "anonymous"): {"verdict": Verdict.PUBLIC},
    ("GET /api/products/{id}", "anonymous"): {"verdict": Verdict.PUBLIC},
    ("GET /api/me", "shopper"): {"verdict": Verdict.OWN_DATA},
}


def cell(
    endpoint: str = "GET /api/me",
    role: str = "shopper",
    expected: Expected = Expected.ALLOW,
    verdict: Verdict = Verdict.ENFORCED,
    **more: Any,
) -> AccessCell:
    given = {"observed": _SEEN[expected], "probes": 4, **more}
    return AccessCell(endpoint=endpoint, role=role, expected=expected, verdict=verdict, **given)


def finding(rule: str = "over-permission", *places: str, id: str = "a1f3", **more: Any) -> AccessFinding:
    """A finding in the words of its rule."""
    its = RULES[rule]
    endpoint, roles = _endpoint_and_roles(places)
    given = {
        "title": its.headline(endpoint=endpoint, roles=roles, subject=more.get("subject", "")),
        "severity": its.severity,
        "proof": "",
        "replay": f"python -m stormwalk access replay {id}",
        **more,
    }
    return AccessFinding(
        id=id,
        rule=rule,
        places=places,
        why=its.why,
        advice=its.advice,
        owasp=its.owasp,
        asvs=its.asvs,
        wstg=its.wstg,
        **given,
    )


def _endpoint_and_roles(places: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    pairs = [one.rpartition(" as ") for one in places]
    return (pairs[0][0] if pairs else ""), tuple(dict.fromkeys(role for _, _, role in pairs))


def cells() -> tuple[AccessCell, ...]:
    """The matrix of a shop, with each verdict at least once."""
    rows = (line.rsplit(None, 1) for line in _SHOP.strip().splitlines())
    pairs = (
        (endpoint.strip(), role, _WORDS[word])
        for endpoint, words in rows
        for role, word in zip(ROLES, words, strict=True)
    )
    return tuple(
        cell(endpoint, role, expected, **{"probes": 4, **_ODD.get((endpoint, role), {})})
        for endpoint, role, expected in pairs
        if (endpoint, role) != ("PATCH /api/admin/users/{id}", "admin")
    )


_REQUEST = "GET /api/orders/1042 HTTP/1.1\nAuthorization: Bearer $TOKEN\nAccept: application/json"
_ANSWER = '{"id": 1042, "status": "paid", "recipient": "canary-7c1e44", "address": "canary-7c1e44 Lane 1", "items": [{"product_id": 3, "quantity": 1, "price_cents": 1250}], "total_cents": 1250}'  # noqa: E501 - as it came


def findings() -> tuple[AccessFinding, ...]:
    """Findings of many kinds, two of them accepted."""
    return (
        finding(
            "cross-user-read",
            "GET /api/orders/{id} as shopper",
            id="x7c1e",
            proof="The answer to shopper b holds “canary-7c1e44”, which only shopper a could have written; seen twice, "
            "with an order made anew.",
            excerpts=(
                Excerpt(request=_REQUEST, status=200, answer=_ANSWER, actor="shopper b"),
                Excerpt(
                    request=_REQUEST.replace("1042", "999999"),
                    status=404,
                    answer='{"error": "There is no such order."}',
                    actor="shopper b",
                ),
            ),
            curl="curl -H 'Authorization: Bearer $TOKEN' 'http://127.0.0.1:5000/api/orders/1042'",
        ),
        finding(
            "over-permission",
            "GET /api/admin/users as support",
            id="a1f3",
            proof="The answer to support holds the canary of a user that the admin made.",
            parity="hidden but allowed",
            curl="curl -H 'Authorization: Bearer $TOKEN' 'http://127.0.0.1:5000/api/admin/users'",
        ),
        finding("over-permission", "POST /api/orders/{id}/refund as manager", id="b2c8", parity="hidden but allowed"),
        finding(
            "wrongly-denied",
            "POST /api/orders/{id}/refund as support",
            id="c3d9",
            proof="Refused with 403, and the admin's same call worked 2 s later.",
            parity="shown but denied",
        ),
        finding(
            "token-after-logout",
            *(f"{one.endpoint} as {one.role}" for one in cells() if one.expected is Expected.OWN),
            id="d4ea",
            proof="Seven calls with the token of a session that had ended were let in.",
        ),
        finding("server-error", "GET /api/reports/sales as admin", id="e5fb", proof="It answered 500 three times."),
        finding(
            "forbidden-field",
            "GET /api/admin/users as admin",
            id="f60c",
            subject="password_hash",
            proof="“password_hash” stands in each of 24 users.",
        ),
        finding("over-permission", "GET /api/reports/sales.csv as support", id="07ab", accepted=True),
        finding("not-concealed", "GET /api/orders/{id} as manager", id="18bc", accepted=True),
    )


_CONTROLS = tuple(
    ControlSeen(role=role, page=page, kind=kind, name=name, endpoint=endpoint, shown=role in shown)
    for page, kind, name, endpoint, shown in (
        ("/support", "button", "Refund", "POST /api/orders/{id}/refund", ("support", "admin")),
        ("/admin/users", "button", "Save role", "PATCH /api/admin/users/{id}", ("admin",)),
        ("/", "link", "Audit trail", "GET /api/admin/audit", ("manager", "admin")),
    )
    for role in ROLES[1:]
)


def everything() -> Access:
    """An access check of a shop with every verdict, findings of many kinds, blind spots and a gap."""
    return Access(
        roles=ROLES,
        cells=cells(),
        findings=findings(),
        controls=_CONTROLS,
        coverage=AccessCoverage(
            cells=150,
            judged=146,
            uncovered=("GET /api/recommendations", "POST /api/wishlist/{id}", "GET /api/health"),
            never_probed=("PATCH /api/admin/users/{id} as admin",),
            threshold=0.98,
        ),
        probes=1204,
        duration_ms=8210.0,
        finished=True,
        draft=True,
        remarks=(
            "PUT /api/admin/settings was not tried with a foreign Origin: no cookie authenticates anybody.",
            "Expired tokens were not tried: the project file names no signing key.",
        ),
    )


def clean() -> Access:
    """An access check in which all is as the matrix says."""
    fine = tuple(replace(one, verdict=Verdict.ENFORCED, observed=_SEEN[one.expected], reason="") for one in cells())
    return Access(
        roles=ROLES,
        cells=fine,
        coverage=AccessCoverage(cells=len(fine), judged=len(fine), threshold=0.9),
        probes=900,
        duration_ms=6100.0,
        finished=True,
    )


def large(endpoints: int = 300, roles: int = 8) -> Access:
    """A check of that size, with a leak here and there."""
    names = tuple(f"role-{number}" for number in range(roles))
    made = tuple(
        cell(
            f"GET /api/area-{number // 12}/thing-{number}/{{id}}",
            role,
            Expected.DENY if place % 2 else Expected.ALLOW,
            Verdict.BYPASSED if place % 2 and number % 37 == place else Verdict.ENFORCED,
            reason="a sentence about what was seen there, of the usual length",
        )
        for number in range(endpoints)
        for place, role in enumerate(names)
    )
    return Access(roles=names, cells=made, finished=True, probes=len(made) * 4, duration_ms=9000.0)


def hostile(text: str) -> Access:
    """A check in which the application, or whoever wrote the matrix, put the text wherever a text can stand."""
    endpoint = f"GET /api/{text}"
    wrong = finding("forbidden-field", f"{endpoint} as {text}", id="hostile", subject=text, proof=text, parity=text)
    exchange = Excerpt(request=text, status=None, answer=text, actor=text)
    told = replace(wrong, title=text, why=text, advice=text, excerpts=(exchange,), replay=text, curl=text, owasp=text)
    unknown = replace(told, id=text, rule=text, asvs=text, wstg=text, places=(text,) * 3)
    return Access(
        roles=(text,),
        cells=tuple(
            cell(f"{endpoint}{number}", text, Expected.DENY, verdict, observed=text, reason=text)
            for number, verdict in enumerate(Verdict)
        ),
        findings=(told, unknown, replace(told, id="quiet", accepted=True)),
        controls=(ControlSeen(role=text, page=text, kind=text, name=text, endpoint=endpoint, shown=True),),
        coverage=AccessCoverage(cells=9, judged=3, uncovered=(text,), never_probed=(text,), threshold=0.9),
        remarks=(text,),
        matrix=text,
    )


def with_access(access: Access | None = None) -> Run:
    """The plausible run with an access check."""
    return replace(plausible(), access=access or everything())
