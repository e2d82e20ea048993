"""`python -m stormwalk init`: what is drafted from a live page is green at once, and overwrites nothing."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.__main__ import main
from stormwalk.browser import find_browser, wants_sandbox
from stormwalk.config import load_project
from stormwalk.model import Status
from stormwalk.starting.drafting import drafted
from stormwalk.starting.survey import Control, Door, Survey, survey
from tests.chaos.stage import Stage
from tests.plugged import use_our_browser, warm_pytest
from tests.walking import runs_of

SEEN = Survey(
    base_url="http://127.0.0.1:1",
    path="/",
    title="Quay",
    heading="Quay",
    controls=(Control(role="link", name="Boats"), Control(role="textbox", name='Say "what"')),
    door=Door(name="Boats", path="/boats"),
)


@pytest.fixture(scope="module")
def seen(stage: Stage) -> Survey:
    return survey(f"{stage.url}/", find_browser(headed=False), sandbox=wants_sandbox())


def test_what_is_there_once_and_stays_is_taken(seen: Survey) -> None:
    assert seen.heading == "Quay & Port"
    names = [(one.role, one.name) for one in seen.controls]
    assert ("link", "Boats") in names
    assert ("textbox", 'Say "what"') in names
    assert {"Twice", "Secret", "3 new boats"}.isdisjoint(name for _, name in names)


def test_the_door_is_a_link_that_opens_a_page(seen: Survey) -> None:
    assert seen.door == Door(name="Boats", path="/boats", heading="Boats")


def test_the_form_to_log_in_is_found(seen: Survey) -> None:
    assert seen.log_in == ("mail", "word", "Come in")


@pytest.mark.parametrize(
    ("called", "root"),
    [
        ((), ""),
        (("/api/boats", "/api/me?x=1"), "/api"),
        (("/api/boats", "/session"), ""),
        (("/boats",), ""),
        (("http://127.0.0.1:1/api/elsewhere",), ""),
    ],
)
def test_where_the_api_lies_is_heard(stage: Stage, called: tuple[str, ...], root: str) -> None:
    calls = "".join(f"fetch('{one}').catch(() => null);" for one in called)
    stage.pages["/calls"] = f"<!doctype html><title>Calls</title><h1>Calls</h1><script>{calls}</script>"

    found = survey(f"{stage.url}/calls", find_browser(headed=False), sandbox=wants_sandbox())

    assert found.api_root == root


@pytest.mark.parametrize("root", ["", "/api"])
def test_the_project_file_says_where_the_api_lies(tmp_path: Path, root: str) -> None:
    (tmp_path / "project.toml").write_text(drafted(replace(SEEN, api_root=root), "Shop")["project.toml"])

    assert load_project(tmp_path / "project.toml", {}).application.api_root == root


@pytest.mark.parametrize("path", ["/", "/empty"])
def test_the_draft_is_green_at_once(
    stage: Stage, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    use_our_browser(monkeypatch)
    assert main(["init", str(pytester.path / "mine"), "--base-url", stage.url + path]) == 0

    monkeypatch.chdir(pytester.path / "mine")
    result = warm_pytest().run(pytester.path, "--rootdir", ".", timeout=120)

    result.assert_outcomes(passed=1)
    (journey,) = runs_of(pytester.path / "mine")[-1].journeys
    assert {one.status for one in journey.steps} == {Status.PASSED}
    assert journey.steps[0].name == "Open the first page"


def test_a_draft_is_red_where_its_link_leads_to_an_error(
    stage: Stage, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_our_browser(monkeypatch)
    assert main(["init", str(pytester.path / "mine"), "--base-url", stage.url]) == 0
    monkeypatch.setitem(stage.pages, "/boats", "<!doctype html><title>Error</title><h1>Server Error (500)</h1>")

    monkeypatch.chdir(pytester.path / "mine")
    result = warm_pytest().run(pytester.path, "--rootdir", ".", timeout=120)

    result.assert_outcomes(failed=1)
    assert "the page is shown" in result.stdout.str()


def test_the_project_file_says_what_can_be_said(tmp_path: Path) -> None:
    for name, text in drafted(replace(SEEN, log_in=("mail", "word", "Come in")), 'A "shop"').items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    project = load_project(tmp_path / "project.toml", {})
    assert (project.name, project.base_url) == ('A "shop"', SEEN.base_url)
    assert project.safety.allowed_hosts == ("127.0.0.1",)
    assert project.safety.only_allowed_hosts  # the survey has met no other host either
    assert 'user = "mail"' in (tmp_path / "project.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("strategy", ["json-token", "browser"])
def test_what_stands_in_comments_can_be_used(tmp_path: Path, strategy: str) -> None:
    """Each block becomes right by taking out its comments."""
    text = drafted(SEEN, "Shop")["project.toml"]
    blocks = re.findall(r"(?:^# (?:\[|[a-z_.]+ = ).*\n)+", text, flags=re.MULTILINE)
    wanted = [one for one in blocks if f'strategy = "{strategy}"' in one or "[roles.member]" in one]
    live = "".join(one.replace("# ", "", 1) for block in wanted for one in block.splitlines(keepends=True))
    path = tmp_path / "project.toml"
    path.write_text(text + live, encoding="utf-8")

    project = load_project(path, {"SAM_PASSWORD": "Passw0rd-Sam"})

    assert project.sign_in is not None
    assert project.sign_in.strategy == strategy
    assert project.actors["sam"].role == "member"


@pytest.mark.parametrize(
    "hostile", ['"""', "\\", "{name}", "line\nbreak", "日本", "x" * 500, "1 2 3", "'", "\x7f\x00", "class", "\ud800"]
)
def test_whatever_a_page_says_becomes_text_in_the_draft(hostile: str) -> None:
    controls = (Control(role="button", name=hostile), Control(role="link", name=hostile))
    door = Door(name=hostile, path="/x")
    files = drafted(replace(SEEN, title=hostile, heading=hostile, controls=controls, door=door), f"Shop {hostile}")

    assert all(text.encode() for name, text in files.items() if not name.endswith("__init__.py"))
    compile(files["journeys/test_home.py"], "test_home.py", "exec")
    called = [one for one in ast.walk(ast.parse(files["pages/home.py"])) if isinstance(one, ast.Call)]
    names = [key.value for one in called for key in one.keywords if key.arg == "name"]
    assert [one.value for one in names if isinstance(one, ast.Constant)] == [hostile] * 4


def test_nothing_is_written_over(stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "conftest.py").write_text("mine")

    assert main(["init", str(tmp_path), "--base-url", stage.url]) == 2

    assert "conftest.py is there already; name another folder" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["conftest.py"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("URL/nowhere", "/nowhere answers 404; name the address of a page with --base-url"),
        ("http://127.0.0.1:1", "cannot be looked at: "),
        ("ftp://127.0.0.1", "--base-url: expected an address such as http://127.0.0.1:8000"),
    ],
)
def test_one_line_says_what_is_wrong(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str, words: str
) -> None:
    assert main(["init", str(tmp_path / "mine"), "--base-url", url.replace("URL", stage.url)]) == 2

    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "mine").exists()
