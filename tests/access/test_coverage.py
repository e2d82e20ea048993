"""Endpoints that were seen and are not in the matrix."""

from __future__ import annotations

import pytest

from stormwalk.access.coverage import uncovered
from stormwalk.access.matrix import Endpoint, Matrix, endpoint_name
from stormwalk.observations import Call, CallSource


def matrix(*calls: str, api_root: str = "/api") -> Matrix:
    endpoints = []
    for call in calls:
        method, path = call.split()
        name = endpoint_name(method, api_root, path)
        endpoints.append(Endpoint(name=name, method=method, path=path, expected={}, statuses={}, writes=False))
    return Matrix(roles=("anonymous",), endpoints=tuple(endpoints))


def call(
    name: str, status: int | None = 200, source: CallSource = CallSource.BROWSER, resource_type: str = "fetch"
) -> Call:
    method, template = name.split()
    return Call(
        method=method,
        url=f"http://127.0.0.1:1{template}".replace("{id}", "7"),
        template=template,
        source=source,
        resource_type=resource_type,
        started_at=1.0,
        status=status,
    )


KNOWN = matrix("GET /orders", "GET /orders/{order}", "POST /orders/{order}/cancel", "GET /files/{file}.csv")


@pytest.mark.parametrize(
    ("seen", "missing"),
    [
        ([], ()),
        (["GET /api/orders", "GET /api/orders/{id}", "POST /api/orders/{id}/cancel", "GET /api/files/{id}.csv"], ()),
        (["GET /api/orders/"], ()),
        (["DELETE /api/orders/{id}"], ("DELETE /api/orders/{id}",)),
        (["GET /api/orders/{id}/events"], ("GET /api/orders/{id}/events",)),
        (["GET /api/orders/export"], ("GET /api/orders/export",)),
        (["GET /api/files/{id}"], ("GET /api/files/{id}",)),
        (["POST /api/x", "GET /api/x", "POST /api/x", "GET /api/a"], ("GET /api/a", "GET /api/x", "POST /api/x")),
        (["GET /orders/{id}", "GET /apis/x", "GET /static/x.js", "GET /healthz"], ()),
        (["HEAD /api/x", "OPTIONS /api/x"], ()),
    ],
)
def test_calls_of_the_api_that_the_matrix_does_not_have(seen: list[str], missing: tuple[str, ...]) -> None:
    assert uncovered(KNOWN, "/api", [call(one) for one in seen]) == missing
    assert uncovered(KNOWN, "/api", [call(one, source=CallSource.API) for one in seen]) == missing


@pytest.mark.parametrize(
    ("statuses", "is_there"),
    [([404], False), ([405, 404], False), ([404, 403], True), ([401], True), ([500], True), ([None], True)],
)
def test_what_never_was_there_is_not_missed(statuses: list[int | None], is_there: bool) -> None:
    calls = [call("GET /api/x/{id}", status) for status in statuses]
    assert uncovered(KNOWN, "/api", calls) == (("GET /api/x/{id}",) if is_there else ())


def test_a_method_that_is_refused_does_not_hide_one_that_works() -> None:
    assert uncovered(KNOWN, "/api", [call("PUT /api/x", 405), call("POST /api/x", 201)]) == ("POST /api/x",)


def test_an_api_without_a_root_has_no_parts_of_pages() -> None:
    calls = [
        call("GET /orders/{id}"),
        call("GET /users"),
        call("GET /shop.css", resource_type="stylesheet"),
        call("GET /login", resource_type="document"),
        call("POST /session", source=CallSource.API, resource_type="api"),
    ]
    assert uncovered(matrix("GET /orders/{order}", api_root=""), "", calls) == ("POST /session", "GET /users")


def test_endpoints_of_an_openapi_file_count_too_and_by_their_shape() -> None:
    names = ["GET /api/orders/{orderId}", "GET /api/users/{userId}", "OPTIONS /api/x"]
    assert uncovered(KNOWN, "/api", [call("GET /api/users/{id}")], names) == ("GET /api/users/{id}",)
