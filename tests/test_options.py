"""When the plugin does something and when it does nothing, and what each option comes to."""

from __future__ import annotations

import os
import signal
import time
import zipfile
from pathlib import Path

import pytest

from stormwalk.options import OPTIONS, STORE_VARIABLE, Settings, settings_of
from tests.plugged import Plugged, playwright_folder, press_ctrl_c, read_until, told, use_our_browser
from tests.walking import Site

NOTHING = {"reports", "screenshots"}
VISIT = "\ndef test_visits(page): Shop(page).visit()\n"
QUICK = '\nclass Till:\n    @step("Count")\n    def count(self): pass\n\ndef test_counts(): Till().count()\n'


@pytest.fixture
def project(pytester: pytest.Pytester, site: Site, monkeypatch: pytest.MonkeyPatch) -> Plugged:
    use_our_browser(monkeypatch)
    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    return Plugged(pytester, site.url)


def walks_everywhere(project: Plugged) -> None:
    """Every test is a journey, also one that needs no browser."""
    project.write("pyproject.toml", '[tool.pytest.ini_options]\nstormwalk_journeys = ["."]\n')


def left(project: Plugged) -> set[str]:
    return {path.name for path in project.root.iterdir()} & NOTHING


def test_without_a_project_file_nothing_happens(project: Plugged) -> None:
    project.journeys(QUICK + "\ndef test_needs(walk_as): pass\n")
    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    assert "this test needs a Stormwalk project: name one with --project FILE" in result.stdout.str()
    assert "Stormwalk\n" not in result.stdout.str()
    assert left(project) == set()


@pytest.mark.parametrize("option", ["--collect-only", "--fixtures", "--setup-plan", "--setup-only"])
def test_what_only_shows_starts_nothing(project: Plugged, option: str) -> None:
    project.journeys(QUICK)
    result = project.walk(option)

    assert result.ret == 0
    assert left(project) == set()


def test_the_ini_names_project_and_journeys(project: Plugged) -> None:
    project.write(
        "pyproject.toml",
        '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n'
        'stormwalk_project = "shop.toml"\nstormwalk_journeys = ["journeys"]\n',
    )
    project.journeys(QUICK, "journeys/test_shop.py")
    project.journeys(QUICK, "tests/test_unit.py")

    beside = project.run("tests")
    assert beside.ret == 0
    assert left(project) == set()

    both = project.run()
    both.assert_outcomes(passed=2)
    assert [journey.nodeid for journey in project.runs[-1].journeys] == ["journeys/test_shop.py::test_counts"]

    elsewhere = project.root / "elsewhere"
    elsewhere.symlink_to(project.root / "journeys")
    linked = project.run("elsewhere")
    assert linked.ret == 0
    assert len(project.runs) == 2
    assert [told(journey) for journey in project.runs[-1].journeys] == [[("Count", "passed")]]


def test_names_that_another_plugin_has_taken(project: Plugged) -> None:
    project.write(
        "conftest.py",
        "def pytest_addoption(parser):\n"
        '    parser.addoption("--project", help="of somebody else")\n'
        '    parser.addoption("--store", help="of somebody else")\n',
    )
    project.journeys(QUICK)
    walks_everywhere(project)

    theirs = project.run("--project", "theirs", "--store", "theirs")
    assert theirs.ret == 0
    assert left(project) == set()

    ours = project.run("--stormwalk-project", "shop.toml", "--stormwalk-store", "other.db", "--project", "theirs")
    assert ours.ret == 0
    ours.stdout.fnmatch_lines(
        [
            "*--project belongs to another plugin here; Stormwalk's is --stormwalk-project*",
            "*--store belongs to another plugin here; Stormwalk's is --stormwalk-store*",
        ]
    )
    assert (project.root / "other.db").is_file()


def test_the_long_names_work_as_well(project: Plugged) -> None:
    project.journeys(QUICK)
    walks_everywhere(project)

    assert project.run("--stormwalk-project=shop.toml").ret == 0
    assert len(project.runs) == 1


@pytest.mark.parametrize(
    ("file", "arguments", "words"),
    [
        ("name = 3", (), ["*shop.toml*name*"]),
        ("name = [", (), ["*shop.toml*"]),
        (None, (), ["*shop.toml*"]),
        ("", ("--base-url", "nonsense"), ["*--base-url*"]),
        (
            "same",
            ("--browser-path", "/nonexistent"),
            ["*/nonexistent is not a program that can be started*--browser-path*"],
        ),
        (
            "same",
            ("--base-url", "http://127.0.0.1:1999"),
            ["*http://127.0.0.1:1999 does not answer*start the application*"],
        ),
        ("same", ("--store", "folder/../shop.toml"), ["*shop.toml*"]),
        (
            'name = "S"\n[application]\nstart = ["{python}", "-c", "print(\'no till\'); exit(3) # {port}"]',
            (),
            ["*the application ended with exit code 3 before it was ready*", "*no till*"],
        ),
    ],
)
def test_what_cannot_begin_says_why_and_exits_2(
    project: Plugged, file: str | None, arguments: tuple[str, ...], words: list[str]
) -> None:
    project.journeys(QUICK)
    if file is None:
        (project.root / "shop.toml").unlink()
    elif file != "same":
        project.write("shop.toml", file)
    result = project.walk(*arguments)

    assert result.ret == 2
    said = result.stdout.str() + result.stderr.str()
    assert "stormwalk: " in said
    assert "Traceback" not in said
    assert "INTERNALERROR" not in said
    assert said.count("stormwalk: ") == 1, "once is enough"
    pytest.LineMatcher(said.splitlines()).fnmatch_lines(words)
    assert not (project.root / "screenshots").exists()


def test_no_browser_at_all_names_three_ways(project: Plugged, monkeypatch: pytest.MonkeyPatch) -> None:
    project.journeys(VISIT)
    monkeypatch.delenv("STORMWALK_BROWSER")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(project.root))
    monkeypatch.setenv("PATH", str(project.root))
    result = project.walk()

    assert result.ret == 2
    (result.stdout if "three ways" in result.stdout.str() else result.stderr).fnmatch_lines(
        ["*There are three ways to get one:", "*1. *playwright install*", "*2. *", "*3. *--browser-path*"]
    )


def test_playwrights_own_options_keep_working(project: Plugged) -> None:
    project.journeys(VISIT + "\ndef test_fails(page): Shop(page).visit(); Shop(page).read_receipt()\n")
    project.write("shop.toml", (project.root / "shop.toml").read_text().replace(project.base_url, "http://127.0.0.1:9"))
    filming = any(playwright_folder().glob("ffmpeg-*"))  # without it Playwright makes no videos
    wanted = ["--tracing", "on", "--screenshot", "on", "--output", "kept", "--base-url", project.base_url]
    result = project.walk(*wanted, *(["--video", "on"] if filming else []))

    assert result.ret == 1
    run = project.runs[-1]
    assert run.base_url == project.base_url
    assert [told(journey) for journey in run.journeys] == [
        [("Open the shop", "passed")],
        [("Open the shop", "passed"), ("Read the receipt", "failed")],
    ]
    kept = sorted(path.name for path in (project.root / "kept").rglob("*.*"))
    videos = ["video.webm", "video.webm"] if filming else []
    assert kept == ["test-failed-1.png", "test-finished-1.png", "trace.zip", "trace.zip", *videos]
    trace = next(path for path in (project.root / "kept").rglob("trace.zip") if "fails" in path.parent.name)
    with zipfile.ZipFile(trace) as archive:
        events = archive.read("trace.trace").decode()
    assert all(f'"{name}"' in events for name in ("Open the shop", "Read the receipt"))


def test_another_channel_is_left_to_playwright(project: Plugged) -> None:
    project.journeys(VISIT)
    result = project.walk("--browser-channel", "msedge-dev")

    assert result.ret == 2
    assert project.last["test_visits"].reason.startswith("--browser-channel msedge-dev cannot be used: ")
    assert "leave --browser-channel out" in project.last["test_visits"].reason


def test_a_browser_that_does_not_start_is_one_line_and_the_run_ends(project: Plugged) -> None:
    project.journeys(VISIT + VISIT.replace("test_visits", "test_again"))
    result = project.walk("--browser-path", "/bin/true")

    assert result.ret == 2
    said = result.stdout.str() + result.stderr.str()
    assert "does not start: it ended with code 0" in said.replace(os.linesep, " ")
    assert "--browser-path" in said
    assert "Traceback" not in said
    assert len(said.splitlines()) < 50
    assert "test_again" not in said


APPLICATION = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answer(BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
        body = b"<h1>Shop</h1>"
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
open("pid", "w").write(str(os.getpid()))
HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


@pytest.mark.parametrize(("before", "code"), [("", 2), ("def test_found(page): assert 0\n", 1)])
def test_ctrl_c_in_the_middle_of_a_journey(project: Plugged, before: str, code: int) -> None:
    project.write("app.py", APPLICATION)
    project.write("shop.toml", 'name = "S"\n[application]\nstart = ["{python}", "{root}/app.py", "{port}"]\n')
    project.journeys(f"""
{before}
def test_waits(page):
    shop = Shop(page)
    shop.visit()
    shop.press_what_never_comes()

def test_never(page): Shop(page).visit()
""")
    text = (project.root / "test_shop.py").read_text()
    step = (
        '    @step("Wait")\n    def press_what_never_comes(self):\n'
        '        self.page.get_by_role("button", name="Never").click(timeout=60000)\n\n'
    )
    project.write("test_shop.py", text.replace('    @step("Buy")', step + '    @step("Buy")'))
    process = project.start("--project", "shop.toml")
    said = read_until(process, "Open the shop")
    application = int((project.root / "pid").read_text())
    time.sleep(0.5)
    press_ctrl_c(process)
    rest, _ = process.communicate(timeout=60)

    assert process.returncode == code, said + rest
    assert "(the run was interrupted)" in rest
    with pytest.raises(ProcessLookupError):
        os.kill(application, signal.SIG_DFL)
    run = project.runs[-1]
    assert (run.interrupted, run.exit_code) == (True, code)
    assert run.finished_at is not None
    assert told(run.journeys[-1]) == [("Open the shop", "passed"), ("Wait", "error")]
    assert run.journeys[-1].reason == "interrupted"
    assert (project.root / "reports" / run.id / "report.html").is_file()


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_ctrl_c_in_the_middle_of_the_clean_up_leaves_code_and_report(
    project: Plugged, first: signal.Signals
) -> None:
    walks_everywhere(project)
    project.journeys("""
import pathlib, time

@pytest.fixture(scope="session")
def slow():
    yield
    pathlib.Path("cleaning").touch()
    time.sleep(2)

class Till:
    @step("Wait")
    def wait(self):
        print("waiting")
        pathlib.Path("waiting").touch()
        time.sleep(60)

def test_waits(slow): Till().wait()
""")
    process = project.start("--project", "shop.toml")
    wait_for(project.root / "waiting")
    os.kill(process.pid, first)
    wait_for(project.root / "cleaning")
    press_ctrl_c(process)
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 2, said
    assert "Traceback" not in said
    assert "(the run was interrupted)" in said
    run = project.runs[-1]
    assert (run.interrupted, run.exit_code) == (True, 2)
    assert (project.root / "reports" / run.id / "report.html").is_file()


def wait_for(path: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def settings(pytester: pytest.Pytester, *arguments: str) -> Settings | None:
    return settings_of(pytester.parseconfigure(*arguments))


def test_what_the_options_come_to(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    pytester.makepyprojecttoml("[tool.pytest.ini_options]")
    plain = settings(pytester, "--project", "shop.toml")
    assert plain == Settings(
        project_file=pytester.path / "shop.toml",
        root=pytester.path,
        store_url=str(pytester.path / "reports/stormwalk.db"),
        base_url=None,
        browser_path=None,
        headed=False,
        traced=False,
        own_browser=True,
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--browser-path", "b"), {"browser_path": Path("b"), "own_browser": True}),
        (("--browser", "firefox"), {"own_browser": False}),
        (("--browser", "chromium"), {"own_browser": True}),
        (("--browser", "chromium", "--browser", "webkit"), {"own_browser": False}),
        (("--browser-channel", "chrome"), {"own_browser": False}),
        (("--headed",), {"headed": True}),
        (("--tracing", "retain-on-failure"), {"traced": True}),
        (("--base-url", "http://x"), {"base_url": "http://x"}),
        (("--store", "postgresql://h/d"), {"store_url": "postgresql://h/d"}),
    ],
)
def test_one_option(pytester: pytest.Pytester, arguments: tuple[str, ...], expected: dict[str, object]) -> None:
    found = settings(pytester, "--project", "shop.toml", *arguments)

    assert {name: getattr(found, name) for name in expected} == expected


def test_the_store_of_the_environment(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORE_VARIABLE, "sqlite:///shared.db")
    named = settings(pytester, "--project", "shop.toml")
    given = settings(pytester, "--project", "shop.toml", "--store", "mine.db")

    assert named is not None
    assert given is not None
    assert (named.store_url, given.store_url) == ("sqlite:///shared.db", str(pytester.path / "mine.db"))


def test_every_option_has_an_alias_and_a_help_text() -> None:
    assert [option.alias for option in OPTIONS] == [
        "--stormwalk-project", "--stormwalk-browser-path", "--stormwalk-store", "--stormwalk-dashboard",
        "--stormwalk-baseline", "--stormwalk-summary", "--stormwalk-single-file",
    ]  # fmt: skip
    assert all(option.help for option in OPTIONS)
