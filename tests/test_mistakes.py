"""Command lines that would be misunderstood: one line that says what to do, code 2, and nothing is started."""

from __future__ import annotations

import re
import socket
import threading
from pathlib import Path

import pytest

from stormwalk.options import STORE_VARIABLE
from tests.plugged import Plugged, use_our_browser
from tests.walking import Site

QUICK = '\nclass Till:\n    @step("Count")\n    def count(self): pass\n\ndef test_counts(): Till().count()\n'


@pytest.fixture
def project(pytester: pytest.Pytester, site: Site, monkeypatch: pytest.MonkeyPatch) -> Plugged:
    use_our_browser(monkeypatch)
    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    project = Plugged(pytester, site.url)
    project.journeys(QUICK)
    project.write(
        "pyproject.toml",
        '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n'
        'stormwalk_project = "shop.toml"\nstormwalk_journeys = ["."]\n',
    )
    return project


def refused(project: Plugged, *arguments: str) -> str:
    """The one line that a run says which does not begin."""
    result = project.run(*arguments)
    said = result.stdout.str() + result.stderr.str()
    assert result.ret == 2, said
    assert "Traceback" not in said
    assert "INTERNALERROR" not in said
    assert not (project.root / "reports").exists()
    (line,) = [line for line in said.splitlines() if "stormwalk: " in line]
    return line


@pytest.mark.parametrize(
    "written",
    [("--base-url", ""), ("--base-url=",), ("--project", ""), ("--store", "  "), ("--browser-path", "")],
)
def test_an_empty_value_is_refused_rather_than_left_out(project: Plugged, written: tuple[str, ...]) -> None:
    assert f"{written[0].rstrip('=')} is empty" in refused(project, *written)


def test_where_stormwalk_has_nothing_to_do_other_options_are_not_looked_at(project: Plugged) -> None:
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    assert project.run("--base-url", "").ret == 0


def test_an_empty_base_url_of_the_environment_too(project: Plugged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_BASE_URL", "")
    assert "--base-url is empty" in refused(project)


def test_neither_a_name_nor_an_answer_that_is_garbage_reaches_the_terminal_as_it_is(project: Plugged) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(9999)
                    connection.sendall(b"\x00\x1b[31mno HTTP " + b"x" * 3000 + b"\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        result = project.run("--base-url", f"http://127.0.0.1:{server.getsockname()[1]}")
    said = result.stdout.str() + result.stderr.str()
    assert result.ret == 2
    assert not re.search(r"[\x00\x1b]", said)
    assert max(map(len, said.splitlines())) < 500

    file = project.root / "shop.toml"
    file.write_text(file.read_text().replace("Small shop", "Small\\n\\u001b[31mshop"))
    named = project.run()
    assert "\x1b" not in named.stdout.str()
    named.stdout.fnmatch_lines(["stormwalk: Small shop at*"])


def test_megabytes_of_a_page_do_not_fill_the_terminal(project: Plugged) -> None:
    project.journeys(QUICK.replace("pass", "raise AssertionError('\\x1b[31m' + 'x' * 3_000_000)"))
    result = project.run()
    assert result.ret == 1
    assert max(map(len, result.outlines)) <= 1000
    assert "\x1b" not in result.stdout.str()


def test_a_journey_that_cannot_be_read_is_not_an_interruption_and_nothing_warns(project: Plugged) -> None:
    project.write("test_broken.py", "def test_it(:\n")
    result = project.run()
    assert result.ret == 2
    assert "the run was interrupted" not in result.stdout.str()
    assert not project.runs[-1].interrupted

    (project.root / "test_broken.py").unlink()
    project.write("test_base.py", "def test_it(base_url): pass\n")
    assert "Warning" not in project.run().stdout.str()


def test_where_there_is_no_actor_at_all_it_says_how_to_add_one(project: Plugged) -> None:
    file = project.root / "shop.toml"
    file.write_text(file.read_text().split("[roles")[0])
    project.journeys("\ndef test_walks(walk_as): walk_as('sam')\n")
    assert "it has none yet: add one under [roles.NAME.actors]" in project.run().stdout.str()


def test_a_store_makes_one_folder_and_no_more(project: Plugged) -> None:
    assert "cannot be made" in refused(project, f"--store=sqlite:///{project.root}/a/b/x.db")
    assert not (project.root / "a").exists()


def test_fewer_workers_than_none_are_refused(project: Plugged) -> None:
    assert "-n -3: give the number of workers" in refused(project, "-n", "-3")


@pytest.mark.parametrize("other", [("--browser-channel", "chrome"), ("--browser", "firefox")])
def test_two_answers_to_which_browser_are_refused(project: Plugged, other: tuple[str, str]) -> None:
    line = refused(project, "--browser-path=/bin/true", *other)
    assert f"--browser-path and {' '.join(other)} both say which browser" in line


@pytest.mark.parametrize("option", ["--store", "--browser-path", "--project"])
def test_a_value_that_pytest_takes_for_a_place_of_tests(project: Plugged, tmp_path: Path, option: str) -> None:
    elsewhere = tmp_path / "elsewhere" / "file"
    elsewhere.parent.mkdir()
    elsewhere.touch()
    line = refused(project, option, str(elsewhere))

    assert f"{option}={elsewhere} in one word" in line
    assert str(project.root / "pyproject.toml") in line


def test_the_same_in_one_word_is_understood_twice(project: Plugged, tmp_path: Path) -> None:
    store = tmp_path / "elsewhere" / "store.db"
    for _ in range(2):
        assert project.run(f"--store={store}").ret == 0
    assert (project.root / "reports").is_dir()


@pytest.mark.parametrize("option", ["--project", "--browser-path"])
def test_where_there_is_no_ini_file_everything_is_written_where_pytest_was_started(
    project: Plugged, tmp_path: Path, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "app").mkdir(parents=True)
    (home / "x").mkdir()
    (home / "app" / "test_shop.py").write_bytes((project.root / "test_shop.py").read_bytes())
    text = (project.root / "shop.toml").read_text()
    there = home / ("x" if option == "--project" else "app") / "shop.toml"
    there.write_text(text)
    arguments = ["--project", str(there)]
    if option == "--browser-path":
        program = home / "x" / "browser"
        program.symlink_to(Path("/bin/true"))
        arguments += [option, str(program)]
    monkeypatch.chdir(home / "app")
    project.run(*arguments)

    assert (home / "app" / "reports").is_dir()
    assert {path.name for path in home.iterdir()} - {".pytest_cache"} == {"app", "x"}
    assert {path.name for path in (home / "x").iterdir()} <= {"shop.toml", "browser"}
