from __future__ import annotations

import pickle
import traceback
from pathlib import Path

import pytest
from pydantic import ValidationError

from stormwalk.config import Project, load_project
from stormwalk.errors import ProjectFileError, UsageError

APPLICATION = '[application]\nbase_url = "http://127.0.0.1:1"\n'
HEAD = f'name = "Shop"\n{APPLICATION}'
ACTOR = 'actors.sam = { username = "sam@shop.test", password = "Passw0rd-Sam" }\n'


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(text: str, base_url: str | None = None, **environ: str) -> Project:
    Path("shop.toml").write_text(text, encoding="utf-8")
    return load_project(Path("shop.toml"), environ, base_url=base_url)


def problems(text: str, **environ: str) -> list[str]:
    with pytest.raises(ProjectFileError) as problem:
        load(text, **environ)
    return str(problem.value).splitlines()


def test_the_least_that_a_project_needs() -> None:
    project = load(HEAD)
    assert (project.name, project.base_url) == ("Shop", "http://127.0.0.1:1")
    assert (project.budgets.expect, project.budgets.action, project.budgets.navigation) == (5_000, 10_000, 15_000)
    assert project.safety.allowed_hosts == ("127.0.0.1", "localhost", "::1")
    assert (project.evidence.keep_runs, project.evidence.thumbnail_width) == (20, 320)
    assert (project.application.ready, project.application.api_root) == ("/", "/api")
    assert (dict(project.actors), project.secrets(), project.sign_in) == ({}, (), None)


def test_the_project_of_this_repository() -> None:
    path = Path(__file__).parents[2] / "projects" / "demo.toml"
    project = load_project(path, {})
    assert set(project.roles) == {"anonymous", "shopper", "support", "manager", "admin"}
    assert [actor.name for actor in project.actors.values() if actor.role == "manager"] == ["mia", "max"]
    assert project.folder == path.parents[1]
    assert project.base_url is None


def test_actors_know_their_role_and_secrets_come_from_the_environment() -> None:
    project = load(
        f"{HEAD}[roles.shopper]\n{ACTOR}"
        'actors.sara = { username = { env = "WHO" }, password = { env = "PASS" } }',
        WHO="sara@shop.test",
        PASS="Passw0rd-Sara",
    )
    sara = project.actors["sara"]
    assert (sara.role, sara.username, sara.password.get_secret_value()) == (
        "shopper",
        "sara@shop.test",
        "Passw0rd-Sara",
    )
    assert project.secrets() == ("Passw0rd-Sam", "Passw0rd-Sara")


def test_neither_project_nor_actor_shows_a_password() -> None:
    project = load(f"{HEAD}[roles.shopper]\n{ACTOR}")
    shown = [repr(project), str(project), repr(project.actors), project.model_dump_json(), str(project.model_dump())]
    assert not any("Passw0rd" in one for one in shown)


def test_a_project_cannot_be_changed() -> None:
    project = load(HEAD)
    with pytest.raises(ValidationError):
        project.budgets.expect = 1.0


def test_a_project_survives_the_way_to_another_process() -> None:
    project = load(f"{HEAD}[roles.shopper]\n{ACTOR}", base_url="http://localhost:8000")
    copy = pickle.loads(pickle.dumps(project))
    assert (copy, copy.base_url, copy.path) == (project, "http://localhost:8000", Path("shop.toml"))


def test_the_base_url_of_an_option_stands_above_the_file() -> None:
    start = 'name = "Shop"\n[application]\nstart = ["shop", "{port}"]\n'
    assert load(HEAD, base_url="https://shop.test/").base_url == "https://shop.test"
    assert load(start, base_url="http://localhost:8000").base_url == "http://localhost:8000"
    assert load('name = "Shop"\n[application]\n', base_url="http://localhost:8000").base_url == "http://localhost:8000"
    assert load(start).base_url is None


def test_the_base_url_of_an_option_is_checked_too() -> None:
    with pytest.raises(UsageError, match=r"^--base-url: expected an address such as http://127\.0\.0\.1:8000"):
        load(HEAD, base_url="localhost:8000")


def test_a_slow_machine_is_given_patience() -> None:
    table = '[budgets]\nexpect = "2 s"\n'
    assert load(HEAD + table, STORMWALK_PATIENCE="2.5").budgets.expect == 5_000.0
    assert load(HEAD, STORMWALK_PATIENCE="3").budgets.navigation == 45_000.0
    for nothing in ("", " "):
        assert load(HEAD + table, STORMWALK_PATIENCE=nothing).budgets.expect == 2_000.0


@pytest.mark.parametrize("patience", ["much", "0", "0.5", "-1", "101", "nan", "inf", "1e9"])
def test_patience_is_a_number(patience: str) -> None:
    with pytest.raises(UsageError, match=r"^STORMWALK_PATIENCE: expected a number from 1 to 100, got '"):
        load(HEAD, STORMWALK_PATIENCE=patience)


def test_a_project_keeps_what_an_option_said_whatever_the_patience() -> None:
    project = load(HEAD, "http://localhost:8000", STORMWALK_PATIENCE="2")
    assert (project.base_url, project.path) == ("http://localhost:8000", Path("shop.toml"))


def test_the_application_is_started_beside_the_nearest_mark(tmp_path: Path) -> None:
    (tmp_path / "projects").mkdir()
    path = tmp_path / "projects" / "shop.toml"
    path.write_text(HEAD)
    (tmp_path / "pyproject.toml").touch()
    assert load_project(path, {}).folder == tmp_path
    path.write_text(f'name = "Shop"\n{APPLICATION}folder = "."')
    assert load_project(path, {}).folder == tmp_path / "projects"


def test_hosts_are_compared_without_case_and_brackets() -> None:
    safety = load(f'{HEAD}[safety]\nallowed_hosts = ["Shop.Test", "[::1]"]').safety
    assert safety.allows("https://SHOP.test:8443/x")
    assert safety.allows("http://[::1]:80")
    assert not safety.allows("http://shop.test.evil.test/")
    assert not safety.allows("http://shop.test@evil.test/")
    assert not safety.allows("nonsense")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "name: expected, and missing"),
        (f"name = 5\n{APPLICATION}", "name: expected text, got a number"),
        (f'name = ""\n{APPLICATION}', "name: expected text that is not empty"),
        ('name = "Shop"', "application: expected, and missing"),
        ('name = "Shop"\napplication = "x"', "application: expected a table, got text"),
        (
            'name = "Shop"\n[application]',
            "application: expected start (the command that starts the application) or base_url",
        ),
        (f'{HEAD}start = ["shop", "{{port}}"]', "application: expected start or base_url, got both"),
        ('name = "Shop"\n[application]\nstart = "shop"', "application.start: expected a list, got text"),
        ('name = "Shop"\n[application]\nstart = ["shop", 5]', "application.start[1]: expected text, got a number"),
        (
            'name = "Shop"\n[application]\nstart = ["shop"]',
            'application.start: expected an argument with {port}, such as "--port={port}"',
        ),
        (
            'name = "Shop"\n[application]\nbase_url = "http://sam:hunter2@shop.test"',
            "application.base_url: expected an address such as http://127.0.0.1:8000, without user, query or fragment",
        ),
        (f'{HEAD}ready = "healthz"', 'application.ready: expected a path such as "/healthz", got "healthz"'),
        (
            f'{HEAD}url_templates = ["/a?b"]',
            'application.url_templates[0]: expected a path such as "/healthz", got "/a?b"',
        ),
        (
            f'{HEAD}redy = "/healthz"',
            "application.redy: unknown key; did you mean ready? expected one of: start, base_url, folder, ready, "
            "api_root, start_timeout, url_templates",
        ),
        (
            f"{HEAD}[zzz]",
            "zzz: unknown key; expected one of: name, application, sign_in, roles, budgets, safety, evidence, access, "
            "storm, gate, alerts, redaction",
        ),
        (
            f'{HEAD}[budgets]\nexpect = "soon"',
            'budgets.expect: expected a duration such as "5 s" or "500 ms", got "soon"',
        ),
        (
            f'{HEAD}[sign_in]\nstrategy = "magic"',
            "sign_in.strategy: expected 'json-token', 'cookie', 'browser' or 'callable'",
        ),
        (
            f'{HEAD}[sign_in]\nstrategy = "browser"',
            'sign_in.form: expected a table, such as form = { page = "/login" }',
        ),
        (
            f'{HEAD}[sign_in]\nstrategy = "callable"',
            'sign_in.function: expected a module and a function such as "my_package.sign_in:by_code"',
        ),
        (
            f'{HEAD}[sign_in]\nstrategy = "callable"\nfunction = "by code"',
            'sign_in.function: expected a module and a function such as "my_package.sign_in:by_code", got "by code"',
        ),
        (
            f'{HEAD}[sign_in]\nsign_out = "/session"',
            'sign_in.sign_out: expected a method and a path such as "DELETE /session", got "/session"',
        ),
        (
            f"{HEAD}[roles.shopper]",
            'roles.shopper: expected an actor, such as actors.sam = { username = "...", password = "..." }',
        ),
        (
            f"{HEAD}[roles.shopper]\n{ACTOR}[roles.admin]\n{ACTOR}",
            "roles.admin.actors.sam: expected a name of its own; roles.shopper has it already",
        ),
        (
            f'{HEAD}[roles."a b"]\n{ACTOR}',
            'roles."a b": expected a name of letters, digits, "_" and "-", at most 40, got "a b"',
        ),
        (
            f'{HEAD}[roles.shopper]\nactors.sam = "hunter2"',
            "roles.shopper.actors.sam: expected a table, got text",
        ),
        (
            f'{HEAD}[roles.shopper]\nactors.sam = {{ username = "sam", pasword = "hunter2", password = "x" }}',
            "roles.shopper.actors.sam.pasword: unknown key; did you mean password? expected one of: username, password",
        ),
        (
            f'{HEAD}[roles.shopper]\nactors.sam = {{ username = "sam", password = 42 }}',
            'roles.shopper.actors.sam.password: expected text or { env = "NAME_OF_A_VARIABLE" }',
        ),
        (
            f'{HEAD}[roles.shopper]\nactors.sam = {{ username = "sam", password = {{ env = "X", y = 1 }} }}',
            'roles.shopper.actors.sam.password: expected text or { env = "NAME_OF_A_VARIABLE" }',
        ),
        (
            f'{HEAD}[roles.shopper]\nactors.sam = {{ username = "sam", password = {{ env = "SAM_PASSWORD" }} }}',
            "roles.shopper.actors.sam.password: expected the environment variable SAM_PASSWORD to be set",
        ),
        (
            f'{HEAD}[roles.shopper]\nactors.sam = {{ username = "sam", password = {{ env = "EMPTY" }} }}',
            "roles.shopper.actors.sam.password: expected the environment variable EMPTY not to be empty",
        ),
        (
            f'{HEAD}[safety]\nallowed_hosts = ["http://shop.test"]',
            'safety.allowed_hosts[0]: expected a host without scheme, port or path, such as "localhost", '
            'got "http://shop.test"',
        ),
        (f"{HEAD}[safety]\nallowed_hosts = []", "safety.allowed_hosts: expected a list that is not empty"),
        (
            f'{HEAD}[safety]\nallowed_hosts = ["shop.test"]\nonly_allowed_hosts = true',
            'safety.allowed_hosts: expected "127.0.0.1" too, or only_allowed_hosts shuts it out',
        ),
        (f'{HEAD}[evidence]\nkeep_runs = "20"', "evidence.keep_runs: expected a whole number, got text"),
        (f"{HEAD}[evidence]\nkeep_runs = true", "evidence.keep_runs: expected a whole number, got true or false"),
        (f"{HEAD}[evidence]\nkeep_runs = 0", "evidence.keep_runs: expected a number of at least 1"),
        (f"{HEAD}[evidence]\nthumbnail_width = 9999", "evidence.thumbnail_width: expected a number of at most 1920"),
    ],
)
def test_one_line_names_file_key_and_what_is_expected(text: str, line: str) -> None:
    found = problems(text, EMPTY="")
    assert found[0] == f"shop.toml: {line}"
    assert "hunter2" not in str(found)


def test_at_most_five_lines_and_how_many_more() -> None:
    found = problems(HEAD + "".join(f"[wrong{number}]\n" for number in range(7)))
    assert len(found) == 6
    assert found[5] == "shop.toml: 2 more problems"


def test_no_traceback_shows_a_secret() -> None:
    text = f'{HEAD}[roles.shopper]\nactors.sam = {{ username = "sam", password = "hunter2", x = "hunter3" }}'
    with pytest.raises(ProjectFileError) as problem:
        load(text)
    whole = "".join(traceback.format_exception(problem.value))
    assert "hunter" not in whole
    assert problem.value.__context__ is None
