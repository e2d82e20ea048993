"""`[access]` of a project file: what it may say, and one clear line for what it may not."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from stormwalk.access.results import Expected
from stormwalk.application import Application
from stormwalk.config import Project, load_project
from stormwalk.errors import ApplicationDidNotStart, ProjectFileError

PROJECT = """name = "Shop"
[application]
base_url = "http://127.0.0.1:1"
[roles.shopper]
actors.sam = { username = "sam", password = "Passw0rd-Sam" }
actors.sara = { username = "sara", password = "Passw0rd-Sara" }
[roles.admin]
actors.ada = { username = "ada", password = "Passw0rd-Ada" }
"""
ORDER = '[access.objects.order]\nmade_by = ["shopper"]\nmake = ["POST /orders"]\n'
USER = '[access.objects.user]\nmade_by = ["anonymous"]\nmake = ["POST /users"]\n'
GET_ORDER = '"GET /orders/{order}" = { own = ["shopper"], allow = ["admin"] }\n'
TABLE = "[access.endpoints]\n"


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(access: str, project: str = PROJECT, **environ: str) -> Project:
    Path("shop.toml").write_text(project + access, encoding="utf-8")
    return load_project(Path("shop.toml"), environ)


def problems(access: str, project: str = PROJECT) -> list[str]:
    with pytest.raises(ProjectFileError) as problem:
        load(access, project)
    return str(problem.value).splitlines()


def test_a_project_needs_no_matrix() -> None:
    assert load("").access is None


def test_what_an_endpoint_needs_is_one_word() -> None:
    access = load(f'{TABLE}"GET /products" = "everybody"\n"GET /users" = ["admin"]\n"GET /audit" = {{}}').access
    assert access is not None
    assert [one.allow for one in access.endpoints.values()] == [("everybody",), ("admin",), ()]
    assert (access.anonymous, access.default) == (Expected.UNAUTHENTICATED, Expected.DENY)
    assert (access.draft, access.coverage, access.controls) == (False, 0.0, ())


@pytest.mark.parametrize(
    ("access", "line"),
    [
        ("[access]", "access.endpoints: expected, and missing"),
        (
            "[access.endpoints]",
            'access.endpoints: expected an endpoint, such as "GET /products" = "everybody"',
        ),
        (
            f'{TABLE}"GET /a" = {{ allow = ["shoper"] }}',
            'access.endpoints."GET /a".allow: unknown role "shoper"; did you mean shopper? expected one of: anonymous, '
            "shopper, admin, everybody, signed-in",
        ),
        (
            f'[access.under."/a"]\ndeny = "nobody"\n{TABLE}"GET /a" = {{}}',
            'access.under."/a".deny: unknown role "nobody"; expected one of: anonymous, shopper, admin, everybody, '
            "signed-in",
        ),
        (
            f'{TABLE}"GET /a" = {{ permit = ["admin"] }}',
            'access.endpoints."GET /a".permit: unknown key; expected one of: allow, deny, unauthenticated, conceal, '
            "own, statuses, may_show, body, params, before, shows, proof, protected, ends_session, form, writes",
        ),
        (
            f'{TABLE}"GET /a" = {{ alow = ["admin"] }}',
            'access.endpoints."GET /a".alow: unknown key; did you mean allow? expected one of: allow, deny, '
            "unauthenticated, conceal, own, statuses, may_show, body, params, before, shows, proof, protected, "
            "ends_session, form, writes",
        ),
        (
            f'[access]\ndefault = "denied"\n{TABLE}"GET /a" = {{}}',
            'access.default: unknown word "denied"; did you mean deny? expected one of: allow, deny, unauthenticated, '
            "conceal, own",
        ),
        (
            f'[access]\nanonymous = "own"\n{TABLE}"GET /a" = {{}}',
            "access.anonymous: expected another word; who has no account owns nothing",
        ),
        (
            f'{TABLE}"GET /a" = {{ own = "everybody" }}',
            'access.endpoints."GET /a".own: expected roles with an account, got everybody; who has none owns nothing',
        ),
        (
            f'{TABLE}"GET /a" = {{ allow = ["admin"], deny = ["shopper", "admin"] }}',
            'access.endpoints."GET /a".deny: expected one word for admin; allow names it too',
        ),
        (
            f'{ORDER}{TABLE}"GET /orders/{{order}}" = {{}}\n"GET /orders/{{id}}" = {{ params = {{ id = 1 }} }}',
            'access.endpoints."GET /orders/{id}": duplicate endpoint; "GET /orders/{order}" has GET of the same path',
        ),
        (
            f'{TABLE}"GET, POST /a" = {{}}\n"POST /a" = {{}}',
            'access.endpoints."POST /a": duplicate endpoint; "GET, POST /a" has POST of the same path',
        ),
        (f'{TABLE}"GET, GET /a" = {{}}', 'access.endpoints."GET, GET /a": duplicate endpoint; the key names GET twice'),
        (
            f'[access.under."/admn"]\nallow = "admin"\n{TABLE}"GET /admin/a" = {{}}',
            'access.under."/admn": expected a path above others; none lies below /admn',
        ),
        (
            f'[access.pages]\n"/b" = {{}}\n[access.pages_under."/a"]\nallow = "admin"\n{TABLE}"GET /a/b" = {{}}',
            'access.pages_under."/a": expected a path above others; none lies below /a',
        ),
        (
            f'{TABLE}"FETCH /a" = {{}}',
            'access.endpoints."FETCH /a": expected methods and a path, such as "GET /orders/{order}" or "GET, PUT /me"',
        ),
        (
            f'{TABLE}"GET /a?b=1" = {{}}',
            'access.endpoints."GET /a?b=1": expected methods and a path, such as "GET /orders/{order}" or '
            '"GET, PUT /me"',
        ),
        (
            f'{ORDER}{TABLE}"GET /x/{{number}}" = {{}}',
            'access.endpoints."GET /x/{number}".params: missing a value for {number} of /x/{number}; kinds of objects '
            "are: order",
        ),
        (
            f'{TABLE}"GET /x" = {{ params = {{ number = "1" }} }}',
            'access.endpoints."GET /x".params.number: expected a place {number} in path or body',
        ),
        (
            f'{ORDER}{TABLE}"GET /x" = {{ shows = ["orders"] }}',
            'access.endpoints."GET /x".shows: unknown kind of object "orders"; did you mean order? expected one of: '
            "order",
        ),
        (
            f'{ORDER}{TABLE}"POST /x" = {{ before = ["POST /x/{{oder}}"] }}',
            'access.endpoints."POST /x".before[0]: missing a value for {oder} of /x/{oder}; kinds of objects '
            "are: order",
        ),
        (
            f'{TABLE}"POST /x" = {{ before = ["/x"] }}',
            'access.endpoints."POST /x".before[0].call: expected a method and a path such as "DELETE /session", got '
            '"/x"',
        ),
        (
            f'{TABLE}"POST /x" = {{ before = [{{ cal = "GET /x", call = "GET /x" }}] }}',
            'access.endpoints."POST /x".before[0].cal: unknown key; did you mean call? '
            "expected one of: call, body, form, keep",
        ),
        (
            f'{TABLE}"POST /x" = {{ body = {{ at = 2026-01-01 }} }}',
            'access.endpoints."POST /x".body: expected what JSON can hold; write dates and times as text',
        ),
        (
            f'{TABLE}"GET /x" = {{ statuses = {{ deny = [403, 600] }} }}',
            'access.endpoints."GET /x".statuses.deny[1]: expected a number of at most 599',
        ),
        (
            f'{TABLE}"GET /x" = {{ statuses = {{ deny = [403, 200] }} }}',
            'access.endpoints."GET /x".statuses.deny[1]: expected a status that refuses, got 200; a success cannot '
            "carry a refusal",
        ),
        (
            f'{ORDER}{TABLE}"GET /orders/{{id}}" = {{ own = ["shopper"], params = {{ id = 7 }} }}',
            'access.endpoints."GET /orders/{id}".own: expected an object in place of {id}, or no place in the path; '
            "else nobody can be tried with what another owns",
        ),
        (
            f'[access.under."/of"]\nown = "shopper"\n{TABLE}"GET /of/{{username}}" = {{}}',
            'access.endpoints."GET /of/{username}".own: expected an object in place of {username}, or no place in the '
            "path; else nobody can be tried with what another owns",
        ),
        (
            f'{TABLE}"GET /x" = {{ proof = {{ read = "GET /x" }} }}',
            'access.endpoints."GET /x".proof: expected at an endpoint that writes; GET does not',
        ),
        (
            f'{TABLE}"POST /x" = {{ proof = {{ read = "GET /y" }} }}\n"GET /z" = {{}}',
            'access.endpoints."POST /x".proof.read: expected an endpoint of access.endpoints, got "GET /y"; did you '
            "mean GET /z?",
        ),
        (
            f'{TABLE}"POST /x" = {{ allow = "admin", proof = {{ read = "GET /x", by = "shopper" }} }}\n'
            '"GET /x" = "admin"',
            'access.endpoints."POST /x".proof.by: expected a role that GET /x lets in; shopper is not',
        ),
        (
            f'{ORDER}{TABLE}{GET_ORDER}"POST /orders/{{order}}/cancel" = {{ proof = {{ read = "GET /audit" }} }}\n'
            '"GET /audit" = "admin"',
            'access.endpoints."POST /orders/{order}/cancel".proof.read: expected a role that GET /audit lets in; '
            "shopper is not",
        ),
        (
            f'{TABLE}"DELETE /x" = {{ proof = {{ read = "GET /x", gone = true, field = "a" }} }}\n"GET /x" = {{}}',
            'access.endpoints."DELETE /x".proof: expected gone, or field and becomes, got both',
        ),
        (
            f'{TABLE}"GET /me" = {{ own = ["admin"] }}',
            'access.endpoints."GET /me": own: expected two actors of admin, so that one can be tried with what the '
            "other owns",
        ),
        (
            f'{ORDER}{TABLE}"GET /orders/{{order}}" = {{ own = ["shopper", "admin"] }}',
            'access.endpoints."GET /orders/{order}".own: admin owns no order; expected a role that made_by of the '
            "order names",
        ),
        (
            f'[access]\nforbidden_fields = ["password"]\n{TABLE}"GET /x" = {{ may_show = ["pasword"] }}',
            'access.endpoints."GET /x".may_show: "pasword" is none of forbidden_fields; did you mean password? '
            "expected one of: password",
        ),
        (
            f'[access.objects.order]\nmade_by = ["shoper"]\nmake = ["POST /orders"]\n{TABLE}"GET /x" = {{}}',
            'access.objects.order.made_by: unknown role "shoper"; did you mean shopper? expected one of: anonymous, '
            "shopper, admin",
        ),
        (
            f'{USER}[access.role_change]\nkind = "user"\nby = "admin"\nask = "PUT /users/{{user}}"\nto = "admin"\n'
            f'back_to = "shopper"\nendpoint = "GET /users"\n{TABLE}"GET /users" = "everybody"',
            "access.role_change.kind: expected a kind with an account; user cannot sign in",
        ),
        (
            f'[access.pages]\n"/orders/{{order}}" = "admin"\n{TABLE}"GET /x" = {{}}',
            'access.pages."/orders/{order}": missing a value for {order} of /orders/{order}; kinds of objects are: '
            "none",
        ),
        (
            '[[access.controls]]\npage = "/userss"\nkind = "link"\nname = "x"\nendpoint = "GET /x"\n'
            f'[access.pages]\n"/users" = "admin"\n{TABLE}"GET /x" = {{}}',
            'access.controls[0].page: "/userss" is no page of access.pages; did you mean /users? expected one of: '
            "/users",
        ),
        (
            f'[[access.controls]]\npage = "/"\nkind = "menu"\nname = "("\nendpoint = "GET /x"\n{TABLE}"GET /x" = {{}}',
            "access.controls[0].kind: expected 'button' or 'link'",
        ),
        (
            f'[access.tokens]\nsigning_key = {{ random = "A KEY" }}\n{TABLE}"GET /x" = {{}}',
            'access.tokens.signing_key: expected the name of a variable, such as { random = "SIGNING_KEY" }',
        ),
    ],
)
def test_one_line_names_the_key_and_what_is_expected(access: str, line: str) -> None:
    assert problems(access)[0] == f"shop.toml: {line}"


def test_a_role_change_has_to_open_something() -> None:
    change = (
        f'{USER}account = {{ username = "a", password = "b" }}\n[access.role_change]\nkind = "user"\nby = "admin"\n'
        'ask = "PUT /users/{user}"\nto = "admin"\nback_to = "shopper"\nendpoint = "GET /users"\n'
    )
    assert load(f'{change}{TABLE}"GET /users" = "admin"').access
    assert problems(f'{change}{TABLE}"GET /users" = "everybody"') == [
        "shop.toml: access.role_change.endpoint: expected an endpoint that lets admin in and shopper not, "
        "got GET /users"
    ]


def test_a_key_of_two_methods_is_told_of_once() -> None:
    assert len(problems(f'{TABLE}"PUT, PATCH /x" = {{ shows = ["order"] }}')) == 1


def test_at_most_five_lines_and_how_many_more() -> None:
    found = problems(TABLE + "".join(f'"GET /{number}" = "nobody"\n' for number in range(8)))
    assert len(found) == 6
    assert found[5] == "shop.toml: 3 more problems"


def test_a_key_that_stands_twice_is_told_by_the_line() -> None:
    found = problems(f'{TABLE}"GET /x" = {{}}\n"GET /x" = {{}}')
    assert found[0].startswith('shop.toml: expected valid TOML: the key "GET /x" stands twice (at end of doc')


def test_hosts_that_are_written_to_are_called_too() -> None:
    safety = '[safety]\nallowed_hosts = ["shop.test"]\nallow_writes = ["shop.test", "live.test"]\n'
    assert problems(safety) == ['shop.toml: safety.allow_writes: expected hosts of allowed_hosts only, got "live.test"']
    assert load("").safety.allow_writes == ()


class TestInclude:
    INCLUDING = '[access]\ninclude = "who.toml"\n'

    def test_the_table_of_another_file(self) -> None:
        Path("who.toml").write_text(f'[access]\ncoverage = 0.5\n{TABLE}"GET /x" = "admin"')
        project = load(self.INCLUDING)
        assert project.access is not None
        assert (project.access.coverage, project.access_path) == (0.5, Path("who.toml"))

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            (f'{TABLE}"GET /x" = "nobody"', 'who.toml: access.endpoints."GET /x".allow: unknown role "nobody"; '),
            ("[access]\ncoverage = 2", "who.toml: access.coverage: expected a number of at most 1"),
            ("[acces]", "who.toml: acces: expected below access; an included file holds [access]"),
            ("", "who.toml: access.endpoints: expected, and missing"),
            ("access = 5", "who.toml: access: expected a table, got a number"),
            ('[access]\ninclude = "x"', "who.toml: access.include: expected in the project file only"),
            ("[access", "who.toml: expected valid TOML: "),
        ],
    )
    def test_errors_name_that_file(self, text: str, line: str) -> None:
        Path("who.toml").write_text(text)
        assert problems(self.INCLUDING)[0].startswith(line)

    def test_other_tables_are_still_told_of_in_their_own(self) -> None:
        Path("who.toml").write_text("[access]\ncoverage = 2")
        found = problems(f"[budgets]\nexpect = true\n{self.INCLUDING}")
        assert [one.partition(":")[0] for one in found] == ["shop.toml", "who.toml", "who.toml"]

    def test_a_file_that_is_not_there(self) -> None:
        assert problems(self.INCLUDING)[0].startswith("who.toml: there is no such file")

    def test_what_stands_beside_it_has_no_place(self) -> None:
        assert problems(f"{self.INCLUDING}coverage = 1") == [
            "shop.toml: access.coverage: expected in who.toml, since access.include names that file"
        ]

    def test_a_name_that_is_none(self) -> None:
        assert problems("[access]\ninclude = 5")[0].startswith("shop.toml: access.include: expected the name of a file")


class TestARandomKey:
    ACCESS = f'[access.tokens]\nsigning_key = {{ random = "SHOP_KEY" }}\n{TABLE}"GET /x" = {{}}'
    STARTED = PROJECT.replace(
        'base_url = "http://127.0.0.1:1"',
        'start = ["{python}", "-c", "import os; print(os.environ.get(\'SHOP_KEY\'))", "{port}"]\nfolder = "."',
    )

    def key(self, project: Project) -> str:
        assert project.access is not None
        assert project.access.tokens.signing_key is not None
        return project.access.tokens.signing_key.get_secret_value()

    def test_is_the_value_of_the_variable(self) -> None:
        project = load(self.ACCESS, SHOP_KEY="0123456789")
        assert (self.key(project), dict(project.made_up)) == ("0123456789", {})

    def test_is_made_up_where_it_is_not_set(self) -> None:
        one, other = load(self.ACCESS), load(self.ACCESS, SHOP_KEY="")
        assert len(self.key(one)) == 64
        assert self.key(one) != self.key(other)
        assert dict(one.made_up) == {"SHOP_KEY": self.key(one)}

    def test_is_a_secret(self) -> None:
        project = load(self.ACCESS)
        assert self.key(project) in project.secrets()
        assert self.key(project) not in f"{project!r} {project.model_dump_json()} {project.model_dump()}"

    def test_survives_the_way_to_another_process(self) -> None:
        project = load(self.ACCESS)
        assert dict(pickle.loads(pickle.dumps(project)).made_up) == {"SHOP_KEY": self.key(project)}

    def test_the_environment_of_a_caller_is_left_as_it_is(self) -> None:
        Path("shop.toml").write_text(self.STARTED + self.ACCESS)
        environ: dict[str, str] = {}
        load_project(Path("shop.toml"), environ)
        assert (environ, os.environ.get("SHOP_KEY")) == ({}, None)

    def test_our_own_environment_gets_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHOP_KEY", "")  # so that it is put back at the end
        Path("shop.toml").write_text(self.STARTED + self.ACCESS)
        first = self.key(load_project(Path("shop.toml")))
        assert os.environ["SHOP_KEY"] == first
        assert self.key(load_project(Path("shop.toml"))) == first

    def test_an_application_that_runs_already_does_not_have_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHOP_KEY", "")
        Path("shop.toml").write_text(PROJECT + self.ACCESS)
        load_project(Path("shop.toml"))
        assert os.environ["SHOP_KEY"] == ""

    def test_an_application_that_we_start_gets_it(self) -> None:
        project = load(self.ACCESS, self.STARTED)
        application = Application(project, log=Path("application.log"), redact=str, environ={})
        with pytest.raises(ApplicationDidNotStart, match="exit code 0 before it was ready"):
            application.start()
        assert Path("application.log").read_text() == f"{self.key(project)}\n"
