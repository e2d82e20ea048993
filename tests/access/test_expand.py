"""From `[access]` to the matrix; and the matrix of the shop, held against the shop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest

from stormwalk.access.expand import STATUSES, matrix_of
from stormwalk.access.matrix import Ask, Endpoint, Matrix
from stormwalk.access.results import Expected
from stormwalk.api import ApiClient
from stormwalk.application import Application
from stormwalk.config import load_project
from tests.access.playing import Player, at, filled
from tests.config.test_access import ORDER, PROJECT, TABLE
from tests.demo_app.shop import running_shop

DEMO = load_project(Path(__file__).parents[2] / "projects" / "demo.toml", {})
ALLOW, DENY, OUT, CONCEAL, OWN = Expected


def demo_matrix() -> Matrix:
    matrix = matrix_of(DEMO)
    assert matrix is not None
    return matrix


SHOP = demo_matrix()


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def expand(access: str, project: str = PROJECT, base_url: str | None = None) -> Matrix:
    Path("shop.toml").write_text(project + access, encoding="utf-8")
    matrix = matrix_of(load_project(Path("shop.toml"), {}, base_url=base_url))
    assert matrix is not None
    return matrix


def words(access: str, name: str) -> list[Expected]:
    """What anonymous, shopper and admin get."""
    endpoint = expand(access).endpoint(name)
    assert endpoint is not None
    return list(endpoint.expected.values())


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        (f'{TABLE}"GET /a/b" = {{}}', [OUT, DENY, DENY]),
        (f'[access]\nanonymous = "deny"\ndefault = "conceal"\n{TABLE}"GET /a/b" = {{}}', [DENY, CONCEAL, CONCEAL]),
        (f'{TABLE}"GET /a/b" = "everybody"', [ALLOW, ALLOW, ALLOW]),
        (f'{TABLE}"GET /a/b" = "signed-in"', [OUT, ALLOW, ALLOW]),
        (f'{TABLE}"GET /a/b" = {{ allow = "everybody", deny = ["shopper"] }}', [ALLOW, DENY, ALLOW]),
        (f'{TABLE}"GET /a/b" = {{ deny = "everybody", allow = "signed-in" }}', [DENY, ALLOW, ALLOW]),
        (f'{TABLE}"GET /a/b" = {{ own = "shopper", conceal = "admin" }}', [OUT, OWN, CONCEAL]),
        (f'[access.under."/a"]\nallow = "admin"\n{TABLE}"GET /a/b" = {{}}', [OUT, DENY, ALLOW]),
        # Whoever is not named here gets the default, not what is inherited: the line says it all.
        (f'[access.under."/a"]\nallow = "admin"\n{TABLE}"GET /a/b" = "shopper"', [OUT, ALLOW, DENY]),
        (
            '[access.under."/a/b"]\nallow = "admin"\n[access.under."/a"]\nallow = "everybody"\n'
            f'{TABLE}"GET /a/b" = {{}}',
            [OUT, DENY, ALLOW],
        ),
        (f'[access.under."/"]\nallow = "shopper"\n{TABLE}"GET /a/b" = {{}}', [OUT, ALLOW, DENY]),
        (f'[access.under."/a/"]\nallow = "shopper"\n{TABLE}"GET /a/b" = {{}}', [OUT, ALLOW, DENY]),
        # A path is not above another one that only begins like it.
        (
            '[access.under."/a/bc"]\nallow = "admin"\n[access.under."/aa"]\nallow = "admin"\n'
            f'{TABLE}"GET /a/b" = {{}}\n"GET /a/bc" = {{}}\n"GET /aa" = {{}}',
            [OUT, DENY, DENY],
        ),
    ],
)  # fmt: skip
def test_what_each_role_gets(access: str, expected: list[Expected]) -> None:
    assert words(access, "GET /api/a/b") == expected


def test_inheritance_does_not_mind_what_places_are_called() -> None:
    above = '[access.under."/orders/{id}"]\nallow = "admin"\n'
    assert words(f'{ORDER}{above}{TABLE}"GET /orders/{{order}}/x" = {{}}', "GET /api/orders/{id}/x") == [
        OUT,
        DENY,
        ALLOW,
    ]


def test_anonymous_comes_first_also_where_the_project_names_it_last() -> None:
    assert expand(f'[roles.anonymous]\n{TABLE}"GET /a" = {{}}').roles == ("anonymous", "shopper", "admin")


def test_statuses_are_those_of_the_nearest_table_that_has_them() -> None:
    matrix = expand(
        '[access.statuses]\nown = [404]\nconceal = [410]\n[access.under."/a"]\nstatuses = { deny = [418] }\n'
        f'{TABLE}"GET /a" = {{ statuses = {{ own = [403] }} }}\n"GET /b" = {{}}'
    )
    a, b = matrix.endpoints
    assert (a.statuses[OWN], a.statuses[DENY], a.statuses[CONCEAL], a.statuses[OUT]) == (
        (403,),
        (418,),
        (410,),
        STATUSES[OUT],
    )
    assert (b.statuses[OWN], b.statuses[DENY]) == ((404,), STATUSES[DENY])


def test_a_key_of_two_methods_is_two_endpoints_and_the_body_is_for_the_one_that_writes() -> None:
    more = 'body = { a = 1 }, protected = { role = "x" }, proof = { read = "GET /me" }, shows = "order"'
    read, write = expand(f'{ORDER}{TABLE}"GET, PUT /me" = {{ {more} }}').endpoints
    assert (read.name, read.body, read.proof, read.protected, read.writes) == ("GET /api/me", None, None, {}, False)
    assert (write.body, write.protected, write.writes) == ({"a": 1}, {"role": "x"}, True)
    assert write.proof is not None
    assert (write.proof.read, write.proof.becomes) == (Ask(method="GET", path="/me"), "{unique}")
    assert (read.shows, write.shows) == (("order",), ("order",))


def test_whether_a_call_writes_is_known_by_its_method_unless_it_is_said() -> None:
    matrix = expand(
        f'{TABLE}"HEAD /a" = {{}}\n"POST /a" = {{ writes = false, body = 1 }}\n"GET /b" = {{ writes = true }}'
    )
    assert [one.writes for one in matrix.endpoints] == [False, False, True]
    assert matrix.endpoints[1].body == 1


def test_fields_that_may_be_shown_are_inherited_and_added() -> None:
    matrix = expand(
        '[access]\nforbidden_fields = ["a", "b"]\n[access.under."/x"]\nmay_show = "a"\n'
        f'{TABLE}"GET /x" = {{ may_show = "b" }}'
    )
    assert matrix.endpoints[0].may_show == ("b", "a")


def test_files_lie_beside_the_table_that_names_them() -> None:
    Path("deep").mkdir()
    Path("deep/who.toml").write_text(f'[access]\nbaseline = "known.json"\n{TABLE}"GET /a" = {{}}')
    assert expand('[access]\ninclude = "deep/who.toml"').baseline == Path("deep/known.json")


def test_controls_and_role_changes_name_endpoints_as_the_matrix_does() -> None:
    matrix = expand(
        f'{ORDER}account = {{ username = "a", password = "b" }}\n'
        '[access.pages]\n"/" = "admin"\n'
        '[[access.controls]]\npage = "/"\nkind = "button"\nname = "x"\nendpoint = "GET /orders/{other}"\n'
        '[access.role_change]\nkind = "order"\nby = "admin"\nask = "PUT /orders/{order}"\nto = "admin"\n'
        'back_to = "shopper"\nendpoint = "GET /orders/{x}"\n'
        f'{TABLE}"GET /orders/{{order}}" = "admin"'
    )
    assert matrix.role_change is not None
    assert matrix.controls[0].endpoint == matrix.role_change.endpoint == matrix.endpoints[0].name


KEY = '[access.tokens]\nsigning_key = { random = "SHOP_KEY" }\nrefresh = "POST /session/refresh"\n'
KEY += f'{TABLE}"GET /x" = {{}}'
STARTED = PROJECT.replace('base_url = "http://127.0.0.1:1"', 'start = ["shop", "{port}"]')


def test_a_key_that_we_made_up_is_no_key_of_an_application_that_runs_already() -> None:
    assert expand(KEY, STARTED).tokens.signing_key is not None
    assert expand(KEY).tokens.signing_key is None
    assert expand(KEY, STARTED, base_url="http://127.0.0.1:8000").tokens.signing_key is None


def test_a_refresh_sends_the_token_of_the_caller() -> None:
    assert expand(KEY).tokens.refresh == Ask(
        method="POST", path="/session/refresh", body={"refresh_token": "{refresh_token}"}
    )


def test_the_shop_has_every_endpoint_that_its_routes_have() -> None:
    from demo_app.app import create_app

    routes = {
        f"{method} {rule.rule}"
        for rule in create_app().url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    shapes = {route.replace("<id:", "{").replace(">", "}").replace(f"{{{name}}}", "{id}")
              for route in routes for name in [route.partition("<id:")[2].partition(">")[0]]}  # fmt: skip
    assert shapes == {one.name for one in SHOP.endpoints}
    assert SHOP.roles == ("anonymous", "shopper", "support", "manager", "admin")
    assert not SHOP.draft


def test_the_shop_has_every_page_that_there_is() -> None:
    from demo_app.pages import PAGES

    roles = {one.path.replace("<id:number>", "{}"): set(one.roles.split() or SHOP.roles) for one in PAGES}
    allowed = {
        one.path.replace("{order}", "{}").replace("{product}", "{}"): {
            role for role, word in one.expected.items() if word.lets_in
        }
        for one in SHOP.pages
    }
    assert allowed == roles


def test_a_shop_that_we_start_signs_with_the_key_that_we_know(tmp_path: Path) -> None:
    assert SHOP.tokens.signing_key is not None
    with Application(DEMO, log=tmp_path / "application.log") as application:
        client = ApiClient(DEMO, application.base_url, DEMO.actors["sam"])
        token = client.sign_in().token
    claims = jwt.decode(token, SHOP.tokens.signing_key.get_secret_value(), algorithms=[SHOP.tokens.algorithm])
    assert claims["role"] == "shopper"


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    with running_shop() as (shop, _process):
        yield Player(DEMO, SHOP, shop.url)


@pytest.mark.parametrize("endpoint", SHOP.endpoints, ids=[one.name for one in SHOP.endpoints])
def test_whoever_is_let_in_is_answered_and_what_is_written_can_be_read_back(endpoint: Endpoint, player: Player) -> None:
    for role in filter(endpoint.lets_in, SHOP.roles):
        answer, played, caller = player.play(endpoint, role)
        assert answer.ok, f"{role}: {answer.status_code} {answer.text}"
        for kind in endpoint.shows:
            assert played["things"][kind].canary in answer.text, f"{role}: no {kind} in {answer.text[:200]}"
        if endpoint.proof is None:
            continue
        read = player.read_back(endpoint, endpoint.proof, played, caller)
        if endpoint.proof.gone:
            assert read.status_code == 404
        else:
            assert filled(endpoint.proof.becomes, played) in at(read.json(), endpoint.proof.field), read.text


@pytest.mark.parametrize("endpoint", SHOP.endpoints, ids=[one.name for one in SHOP.endpoints])
def test_whoever_is_not_let_in_is_refused_by_a_status_of_the_intent(endpoint: Endpoint, player: Player) -> None:
    for role in (one for one in SHOP.roles if not endpoint.lets_in(one)):
        caller = player.somebody(role)
        places, _ = player.places(endpoint, caller, None)
        answer = player.ask(caller, endpoint.ask, places)
        assert answer.status_code in endpoint.statuses[endpoint.expected[role]], role


@pytest.mark.parametrize("kind", SHOP.objects.values(), ids=lambda kind: kind.name)
def test_what_is_made_can_be_undone(kind: object, player: Player) -> None:
    made = SHOP.objects[kind.name]  # type: ignore[attr-defined]
    thing = player.make(made, None)
    if made.undo is not None:
        undoer = player.somebody(made.undo_by) if made.undo_by else thing.owner
        assert player.ask(undoer, made.undo, {made.name: thing.id}).ok
