"""`python -m stormwalk access draft`: what is written passes the validator, and nothing is written over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stormwalk.__main__ import main
from stormwalk.access.expand import matrix_of
from stormwalk.access.matrix import Matrix
from stormwalk.access.openapi import openapi_endpoints
from stormwalk.config import load_project
from stormwalk.events import (
    CallFinished,
    JourneyFinished,
    JourneyStarted,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
)
from stormwalk.model import RunMode, Status
from stormwalk.observations import Call, CallSource
from stormwalk.options import STORE_VARIABLE
from stormwalk.store import Store
from tests.config.test_access import PROJECT

INCLUDING = f'{PROJECT}[access]\ninclude = "draft.toml"\n'
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://shop.test/api"}],
    "security": [{"bearer": []}],
    "paths": {
        "/products": {"get": {"security": [], "summary": "What is\nsold"}},
        "/orders/{orderId}": {
            "parameters": [{"name": "orderId", "in": "path", "schema": {"type": "integer", "example": 1003}}],
            "get": {},
            "delete": {},
            "options": {},
        },
        "/users": {
            "post": {
                "security": [{}],
                "requestBody": {"$ref": "#/components/requestBodies/User"},
            }
        },
        "/with space": {"get": {}},
    },
    "components": {
        "requestBodies": {
            "User": {"content": {"application/json; charset=utf-8": {"schema": {"$ref": "#/components/schemas/User"}}}}
        },
        "schemas": {
            "User": {
                "type": "object",
                "required": ["email", "age", "friends", "kind"],
                "properties": {
                    "email": {"type": "string", "format": "email"},
                    "age": {"type": ["integer", "null"], "minimum": 18},
                    "kind": {"enum": ["shopper", "staff"]},
                    "nickname": {"type": "string"},
                    "friends": {"type": "array", "items": {"$ref": "#/components/schemas/User"}},
                },
            }
        },
    },
}


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.toml").write_text(PROJECT)


def wrote(name: str, content: Any) -> str:
    Path(name).write_text(content if isinstance(content, str) else json.dumps(content))
    return name


def drafted(*arguments: str) -> Matrix:
    """The matrix that was drafted, as a project that includes it has it."""
    assert main(["access", "draft", "--project", "shop.toml", "--output", "draft.toml", "--force", *arguments]) == 0
    Path("confirmed.toml").write_text(INCLUDING)
    matrix = matrix_of(load_project(Path("confirmed.toml"), {}))
    assert matrix is not None
    assert matrix.draft
    return matrix


def let_in(matrix: Matrix) -> dict[str, list[str]]:
    return {one.name: [role for role in matrix.roles if one.lets_in(role)] for one in matrix.endpoints}


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["access", "draft", "--project", "shop.toml", *arguments]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    return printed.err.removeprefix("stormwalk: ").rstrip("\n")


def test_from_an_openapi_document() -> None:
    matrix = drafted("--openapi", wrote("openapi.json", OPENAPI))
    assert let_in(matrix) == {
        "DELETE /api/orders/{id}": ["shopper", "admin"],
        "GET /api/orders/{id}": ["shopper", "admin"],
        "GET /api/products": ["anonymous", "shopper", "admin"],
        "POST /api/users": ["anonymous", "shopper", "admin"],
    }
    order, user = matrix.endpoint("GET /api/orders/{id}"), matrix.endpoint("POST /api/users")
    assert order is not None
    assert user is not None
    assert (order.path, order.params) == ("/orders/{orderId}", {"orderId": "1003"})
    assert user.body.items() >= {"email": "{unique}@example.test", "age": 18, "kind": "shopper"}.items()
    assert "nickname" not in user.body
    text = Path("draft.toml").read_text()
    assert text.startswith("# A DRAFT: who may do what, as far as it can be told from openapi.json.")
    assert "a person has to confirm" in text
    assert '"GET /products" = { allow = "everybody" }  # What is sold\n' in text
    assert "# left out, since no path is written like this: GET /with space\n" in text


@pytest.mark.parametrize(
    ("servers", "path", "name"),
    [
        ([{"url": "/api"}], "/a/{x}", "GET /api/a/{id}"),
        ([], "/a", "GET /api/a"),
        ([], "/api/a", "GET /api/a"),
        ([{"url": "https://{region}.shop.test/api"}], "/a", "GET /api/a"),
        ([{"url": "https://shop.test"}], "/api/a", "GET /api/a"),
        ([{"url": "https://shop.test/api/v1/"}], "/a", "GET /api/v1/a"),
        ([{"url": "/internal"}], "/a", None),
        ("nonsense", "/a", "GET /api/a"),
    ],
)
def test_paths_of_an_openapi_document_are_those_below_the_api_root(servers: Any, path: str, name: str | None) -> None:
    document = {"openapi": "3.0.3", "servers": servers, "paths": {path: {"get": {}}}}
    found = openapi_endpoints(Path(wrote("openapi.json", document)), "/api")
    assert found == ((name,) if name else ())


def test_an_example_that_nobody_would_write_is_left_out() -> None:
    media = {"application/json": {"example": json.loads("[" * 700 + "]" * 700)}}
    document = {"openapi": "3.0.0", "paths": {"/a": {"post": {"requestBody": {"content": media}}}}}
    assert drafted("--openapi", wrote("openapi.json", document)).endpoints[0].body is None


def har(*entries: tuple[str, str, int, bool, Any]) -> dict[str, Any]:
    return {
        "log": {
            "entries": [
                {
                    "request": {
                        "method": method,
                        "url": url,
                        "headers": [{"name": "Authorization", "value": "Bearer hunter2"}] if signed_in else [],
                        "postData": {"mimeType": "application/json", "text": json.dumps(body)},
                    },
                    "response": {"status": status},
                }
                for method, url, status, signed_in, body in entries
            ]
        }
    }


SHOP = "https://shop.test/api"


def test_from_a_har_file() -> None:
    recorded = har(
        ("GET", f"{SHOP}/products?q=x", 200, False, None),
        ("GET", f"{SHOP}/orders/1003/items/7", 200, True, None),
        ("GET", f"{SHOP}/orders/1004/items/8", 404, True, None),
        ("POST", f"{SHOP}/users", 201, False, {"name": "Nia\x7f\n", "password": "hunter2", "nothing": None, "n": [1]}),
        ("GET", f"{SHOP}/admin", 403, True, None),
        ("GET", f"{SHOP}/gone", 404, True, None),
        ("OPTIONS", f"{SHOP}/orders", 204, True, None),
        ("GET", "https://elsewhere.test/api/track", 200, False, None),
        ("GET", "https://shop.test/static/x.js", 200, False, None),
        ("GET", "http://[", 200, False, None),
    )
    matrix = drafted("--har", wrote("shop.har", recorded))
    assert let_in(matrix) == {
        "GET /api/admin": [],
        "GET /api/orders/{id}/items/{id}": ["shopper", "admin"],
        "GET /api/products": ["anonymous", "shopper", "admin"],
        "POST /api/users": ["anonymous", "shopper", "admin"],
    }
    item, user = matrix.endpoint("GET /api/orders/{id}/items/{id}"), matrix.endpoint("POST /api/users")
    assert item is not None
    assert user is not None
    assert (item.path, item.params) == ("/orders/{order}/items/{item}", {"order": "1003", "item": "7"})
    assert user.body == {"name": "Nia\x7f\n", "password": "[redacted]", "n": [1]}
    assert "hunter2" not in Path("draft.toml").read_text()


def test_a_har_file_without_any_credentials_opens_nothing_to_everybody() -> None:
    recorded = har(("GET", f"{SHOP}/orders", 200, False, None), ("GET", f"{SHOP}/me", 200, False, None))
    assert set(map(tuple, let_in(drafted("--har", wrote("shop.har", recorded))).values())) == {("shopper", "admin")}


@pytest.mark.parametrize(
    "body",
    [
        {"long": "x" * 5_000},
        json.loads('{"a":' * 200 + "1" + "}" * 200),
        {"big": 2**70, "half": "\ud800", "nan": float("nan"), "": {}, 'a"b\\': [None, [], {}], "t": True, "f": 1e300},
        [[[]], "x", {"a b": {"c.d": -1}}],
        "text",
    ],
)
def test_bodies_of_every_kind_pass(body: Any) -> None:
    recorded = har(("POST", f"{SHOP}/a\"b'c/x", 200, True, body), ("POST", f"{SHOP}/{{x/}}", 200, True, body))
    assert len(drafted("--har", wrote("shop.har", recorded)).endpoints) == 2


def record(store: str, *steps: tuple[str, list[Call]]) -> None:
    named: Any = {"at": 1.0, "journey": "a"}
    events: list[Any] = [
        RunStarted(at=1.0, project="Shop", mode=RunMode.NORMAL, base_url="http://127.0.0.1:1"),
        JourneyStarted(nodeid="journeys/test_a.py::test_a", title="A", **named),
    ]
    for index, (role, calls) in enumerate(steps, 1):
        events.append(StepStarted(index=index, name="Go", role=role, **named))
        events.extend(CallFinished(step=index, call=call, **named) for call in calls)
        events.append(StepFinished(index=index, name="Go", status=Status.PASSED, duration_ms=1.0, **named))
    events += [JourneyFinished(status=Status.PASSED, duration_ms=1.0, **named), RunFinished(at=2.0, exit_code=0)]
    with Store.open(store) as opened:
        opened.append("20261101-aaa", events)


def call(method: str, path: str, template: str = "", status: int = 200, kind: str = "fetch") -> Call:
    return Call(
        method=method,
        url=f"http://127.0.0.1:1{path}",
        template=template or path,
        source=CallSource.BROWSER,
        resource_type=kind,
        started_at=1.0,
        status=status,
    )


def test_from_the_calls_of_a_run() -> None:
    order = ("/api/orders/1003?x=1", "/api/orders/{id}")
    record(
        "shop.db",
        ("", [call("GET", "/", kind="document"), call("GET", "/api/products"), call("GET", *order, status=401)]),
        ("shopper", [call("GET", "/api/products"), call("GET", *order), call("GET", "/api/admin", status=403)]),
        ("admin", [call("GET", *order), call("GET", "/api/gone", status=404), call("POST", "/api/settings")]),
        ("stranger", [call("GET", "/api/strange")]),
    )
    matrix = drafted("--run", "--store", "shop.db")
    assert let_in(matrix) == {
        "GET /api/admin": [],
        "GET /api/orders/{id}": ["shopper", "admin"],
        "GET /api/products": ["anonymous", "shopper"],
        "GET /api/strange": [],
        "POST /api/settings": ["admin"],
    }
    text = Path("draft.toml").read_text()
    assert "as far as it can be told from run 20261101-aaa." in text
    assert '"GET /admin" = {}  # seen: shopper 403; nobody was seen to get in\n' in text
    assert 'params = { order = "1003" } }  # seen: anonymous 401, shopper 200, admin 200\n' in text
    assert '"POST /settings" = { allow = ["admin"] }  # seen: admin 200; add a body where it takes one\n' in text


def test_pages_are_endpoints_where_the_api_has_no_root() -> None:
    Path("shop.toml").write_text(PROJECT.replace("[application]", '[application]\napi_root = ""'))
    record(
        "shop.db",
        (
            "",
            [
                call("GET", "/", kind="document"),
                call("GET", "/orders/", status=302, kind="document"),
                call("GET", "/style.css", kind="stylesheet"),
                call("GET", "/page", "http://elsewhere.test/page", kind="document"),
            ],
        ),
        ("shopper", [call("GET", "/orders/", kind="document"), call("POST", "/orders/", status=302, kind="document")]),
    )

    drafted("--run", "--store", "shop.db")

    lines = [one.partition("  #")[0] for one in Path("draft.toml").read_text().splitlines() if one.startswith('"')]
    assert lines == [
        '"GET /" = { allow = ["anonymous"] }',
        '"GET /orders/" = { allow = ["shopper"] }',
        '"POST /orders/" = { allow = ["shopper"] }',
    ]


def test_without_an_output_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    openapi = wrote("openapi.json", OPENAPI)
    assert main(["access", "draft", "--project", "shop.toml", "--openapi", openapi]) == 0
    assert capsys.readouterr().out.startswith("# A DRAFT")


def test_a_file_that_is_there_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    openapi = wrote("openapi.json", OPENAPI)
    wrote("mine.toml", "mine")
    found = complaint(capsys, "--openapi", openapi, "--output", "mine.toml")
    assert found == "mine.toml is there already; name another file, or write over it with --force"
    assert Path("mine.toml").read_text() == "mine"
    assert (
        main(["access", "draft", "--project", "shop.toml", "--openapi", openapi, "--output", "mine.toml", "--force"])
        == 0
    )
    assert Path("mine.toml").read_text().startswith("# A DRAFT")


@pytest.mark.parametrize(
    ("option", "name", "content", "line"),
    [
        ("--openapi", "nowhere.json", None, "nowhere.json: expected an OpenAPI 3 document; there is no such file"),
        ("--openapi", "a.yaml", "openapi: 3.0.0", "a.yaml: expected an OpenAPI 3 document as JSON; YAML is not read, "),
        ("--openapi", "a.json", "{", "a.json: line 1: expected an OpenAPI 3 document as JSON: "),
        ("--openapi", "a.json", "[]", "a.json: expected an OpenAPI 3 document, got list"),
        ("--openapi", "a.json", "[" * 100_000, "a.json: expected an OpenAPI 3 document; it is nested too deeply"),
        ("--openapi", "a.json", {"swagger": "2.0"}, 'a.json: expected an OpenAPI 3 document with openapi: "3...", got '
         'swagger "2.0"'),
        ("--openapi", "a.json", {"openapi": "3.0.0", "paths": 5}, "nothing below /api was found in a.json; see "
         "application.api_root in shop.toml"),
        ("--har", "a.har", {"log": 1}, "a.har: expected a HAR file with log.entries"),
        ("--har", "a.har", {"log": {"entries": [1, {}, {"request": {"url": 5}}]}}, "nothing below /api was found in "),
    ],
)  # fmt: skip
def test_a_source_that_says_nothing(
    capsys: pytest.CaptureFixture[str], option: str, name: str, content: Any, line: str
) -> None:
    if content is not None:
        wrote(name, content)
    assert complaint(capsys, option, name, "--output", "draft.toml").startswith(line)
    assert not Path("draft.toml").exists()


def test_a_link_that_leads_nowhere_yet_is_there_too(capsys: pytest.CaptureFixture[str]) -> None:
    Path("link.toml").symlink_to("elsewhere.toml")
    found = complaint(capsys, "--openapi", wrote("openapi.json", OPENAPI), "--output", "link.toml")
    assert found == "link.toml is there already; write over it with --force"


def test_a_place_that_cannot_be_written_to(capsys: pytest.CaptureFixture[str]) -> None:
    openapi = wrote("openapi.json", OPENAPI)
    found = complaint(capsys, "--openapi", openapi, "--output", "no/such/draft.toml")
    assert found == "no/such/draft.toml: cannot be written: No such file or directory"


def test_a_matrix_with_a_mistake_ends_every_command_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.toml").write_text(f'{PROJECT}[access.endpoints]\n"GET /x" = "admn"')
    found = complaint(capsys, "--openapi", wrote("openapi.json", OPENAPI))
    assert found.startswith('shop.toml: access.endpoints."GET /x".allow: unknown role "admn"; did you mean admin? ')


def test_it_looks_into_the_store_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    record("elsewhere.db", ("shopper", [call("GET", "/api/products")]))
    monkeypatch.setenv(STORE_VARIABLE, "elsewhere.db")

    assert let_in(drafted("--run")) == {"GET /api/products": ["shopper"]}


def test_a_run_that_was_not_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    assert complaint(capsys, "--run", "--store", "none.db").startswith("There is no store at none.db.")


@pytest.mark.parametrize("arguments", [["access"], ["access", "draft"], ["access", "draft", "--har", "a", "--run"]])
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert ending.value.code == 2
