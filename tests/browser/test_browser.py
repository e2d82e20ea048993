"""Which browser is taken, how it is launched, and what it says when it does not start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stormwalk.browser import (
    BROWSER_VARIABLE,
    Browser,
    BrowserSource,
    check_launch,
    find_browser,
    has_display,
    is_sandbox_refusal,
    launch_options,
)
from stormwalk.errors import BrowserDoesNotStart, BrowserNotFound, UsageError

STARTS = "echo '<html></html>'"
REFUSES_ITS_SANDBOX = (
    f'case "$*" in *--no-sandbox*) {STARTS};; *) echo "[1:2:FATAL:x.cc(9)] No usable sandbox! Hm" >&2; exit 1;; esac'
)
SHELL = "chromium_headless_shell-{}/chrome-headless-shell-linux64/chrome-headless-shell"
FULL = "chromium-{}/chrome-linux64/chrome"


def program(path: Path, body: str = STARTS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def browser_that(tmp_path: Path, body: str, source: BrowserSource = BrowserSource.SYSTEM) -> Browser:
    return Browser(path=program(tmp_path / "browser", body), source=source)


class Machine:
    """A machine of our own: its PATH, its home, and the folder that Playwright manages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {
            "PATH": str(folder / "bin"),
            "HOME": str(folder),
            "PLAYWRIGHT_BROWSERS_PATH": str(folder / "pw"),
        }

    def has(self, *names: str) -> None:
        for name in names:
            program(self.folder / "bin" / name)

    def playwright_has(self, layout: str, revision: str, *, complete: bool = True) -> Path:
        path = program(self.folder / "pw" / layout.format(revision))
        if complete:
            (path.parent.parent / "INSTALLATION_COMPLETE").touch()
        return path

    def finds(self, *, headed: bool, explicit: Path | None = None) -> tuple[str, str]:
        found = find_browser(headed=headed, explicit=explicit, environ=self.environ, platform="linux")
        return found.source.value, found.path.name


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="session")
def revision(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The revision of Chromium that this Playwright wants, by its own word."""
    path = playwrights_own_word(tmp_path_factory.mktemp("pw"))[0]
    return path.parts[-3].rpartition("-")[2]


def playwrights_own_word(folder: Path) -> tuple[Path, Path]:
    """Where Playwright itself looks for its full browser and for its headless shell."""
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p:\n"
        "    print(p.chromium.executable_path)\n"
        "    try: p.chromium.launch()\n"
        "    except Exception as error: print(str(error).split(' at ', 1)[1].splitlines()[0])\n"
    )
    environ = {"PLAYWRIGHT_BROWSERS_PATH": str(folder), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    output = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    full, shell = output.stdout.splitlines()
    return Path(full), Path(shell)


@pytest.mark.parametrize(
    ("installed", "headless", "headed"),
    [
        (["chromium-headless-shell", "chromium"], "chromium-headless-shell", "chromium"),
        (["google-chrome", "chromium-headless-shell"], "chromium-headless-shell", "google-chrome"),
        (["chrome-headless-shell", "chrome"], "chrome-headless-shell", "chrome"),
        (["chromium-browser"], "chromium-browser", "chromium-browser"),
        (["google-chrome-stable", "microsoft-edge"], "google-chrome-stable", "google-chrome-stable"),
    ],
)
def test_of_the_systems_browsers_headless_takes_the_shell_and_headed_never(
    machine: Machine, installed: list[str], headless: str, headed: str
) -> None:
    machine.has(*installed)

    assert machine.finds(headed=False) == ("system", headless)
    assert machine.finds(headed=True) == ("system", headed)


def test_playwrights_browsers_come_before_those_of_the_system(machine: Machine, revision: str) -> None:
    machine.has("chromium-headless-shell", "chromium")
    machine.playwright_has(SHELL, revision)
    machine.playwright_has(FULL, revision)

    assert machine.finds(headed=False) == ("playwright", "chrome-headless-shell")
    assert machine.finds(headed=True) == ("playwright", "chrome")


def test_playwrights_full_browser_serves_headless_runs_too(machine: Machine, revision: str) -> None:
    machine.playwright_has(FULL, revision)

    assert machine.finds(headed=False) == ("playwright", "chrome")


def test_an_interrupted_download_or_another_revision_is_no_browser(machine: Machine, revision: str) -> None:
    machine.has("chromium")
    machine.playwright_has(SHELL, revision, complete=False)
    machine.playwright_has(SHELL, "1")

    assert machine.finds(headed=False) == ("system", "chromium")


def test_we_look_where_playwright_looks(tmp_path: Path) -> None:
    for headed, place in zip((True, False), playwrights_own_word(tmp_path), strict=True):
        program(place)
        (place.parent.parent / "INSTALLATION_COMPLETE").touch()
        environ = {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path), "PATH": ""}

        assert find_browser(headed=headed, environ=environ).path == place


def test_playwrights_default_folder_follows_the_system(machine: Machine, revision: str) -> None:
    del machine.environ["PLAYWRIGHT_BROWSERS_PATH"]
    for platform, cache in (("linux", ".cache"), ("darwin", "Library/Caches")):
        place = program(machine.folder / cache / "ms-playwright" / SHELL.format(revision))
        (place.parent.parent / "INSTALLATION_COMPLETE").touch()

        assert find_browser(headed=False, environ=machine.environ, platform=platform).path == place


def test_a_mac_keeps_browsers_in_bundles(machine: Machine) -> None:
    bundle = program(machine.folder / "Applications/Chromium.app/Contents/MacOS/Chromium")

    assert find_browser(headed=True, environ=machine.environ, platform="darwin").path == bundle


def test_a_named_browser_comes_first_and_the_option_before_the_variable(machine: Machine, tmp_path: Path) -> None:
    machine.has("chromium-headless-shell")
    by_variable, by_option = program(tmp_path / "mine" / "one"), program(tmp_path / "mine" / "two")
    machine.environ[BROWSER_VARIABLE] = str(by_variable)

    assert machine.finds(headed=False) == ("explicit", "one")
    assert machine.finds(headed=True, explicit=by_option) == ("explicit", "two")


def test_a_named_browser_that_is_not_there_is_not_silently_replaced(machine: Machine) -> None:
    machine.has("chromium")

    with pytest.raises(BrowserNotFound, match=r"nowhere/chromium is not a program .* --browser-path"):
        machine.finds(headed=False, explicit=Path("/nowhere/chromium"))


def test_a_headless_shell_cannot_be_named_for_a_window(machine: Machine, tmp_path: Path) -> None:
    shell = program(tmp_path / "headless_shell")

    with pytest.raises(UsageError, match="cannot open a window"):
        machine.finds(headed=True, explicit=shell)


@pytest.mark.parametrize(
    ("headed", "part", "package"),
    [(False, "--only-shell", "chromium-headless-shell"), (True, "--no-shell", "chromium")],
)
def test_nothing_found_tells_three_ways(machine: Machine, headed: bool, part: str, package: str) -> None:
    with pytest.raises(BrowserNotFound) as raised:
        machine.finds(headed=headed)

    message = str(raised.value)
    assert f"-m playwright install {part} chromium" in message
    assert f"apt-get install {package} " in message
    assert "--browser-path" in message
    assert BROWSER_VARIABLE in message


@pytest.mark.parametrize("sandbox", [True, False])
def test_launch_options_say_the_sandbox_either_way(tmp_path: Path, sandbox: bool) -> None:
    options = launch_options(browser_that(tmp_path, STARTS), headed=True, sandbox=sandbox)

    assert options["chromium_sandbox"] is sandbox
    assert options["headless"] is False
    assert options["executable_path"] == str(tmp_path / "browser")


def test_launch_options_leave_playwrights_own_feature_list_alone(tmp_path: Path) -> None:
    options = launch_options(browser_that(tmp_path, STARTS), headed=False, sandbox=False)

    assert not [switch for switch in options["args"] if "-features" in switch]


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":1"}, "linux", True),
        ({"WAYLAND_DISPLAY": "w"}, "linux", True),
        ({}, "darwin", True),
    ],
)
def test_a_window_needs_a_display(environ: dict[str, str], platform: str, expected: bool) -> None:
    assert has_display(environ, platform) is expected


def test_the_browser_of_this_machine_starts() -> None:
    check = check_launch(find_browser(headed=False), sandbox=False)

    assert check.sandbox is False
    assert check.sandbox_refusal is None


def test_a_refused_sandbox_is_recorded_and_the_run_goes_on_without(tmp_path: Path) -> None:
    check = check_launch(browser_that(tmp_path, REFUSES_ITS_SANDBOX), sandbox=True)

    assert check.sandbox is False
    assert check.sandbox_refusal == "No usable sandbox! Hm"


def test_a_sandbox_that_works_stays_on(tmp_path: Path) -> None:
    assert check_launch(browser_that(tmp_path, STARTS), sandbox=True).sandbox is True


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has no user namespaces to take away")
def test_a_real_browser_whose_sandbox_the_system_refuses() -> None:
    """As on Ubuntu: no user namespace may be made. A namespace of our own has that limit, and ends with us."""
    script = (
        "from stormwalk.browser import check_launch, find_browser\n"
        "check = check_launch(find_browser(headed=False), sandbox=True)\n"
        "print(check.sandbox, check.sandbox_refusal)"
    )
    inside = 'echo 1 > /proc/sys/user/max_user_namespaces && exec unshare -U --map-user=1000 "$0" -c "$1"'
    command = ["unshare", "-U", "-r", "sh", "-c", inside, sys.executable, script]
    if subprocess.run(["unshare", "-U", "-r", "true"], capture_output=True).returncode != 0:
        pytest.skip("this system lets nobody make a user namespace, so the refusal cannot be arranged")
    output = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])

    # With the helper of older systems installed, Chromium complains of that instead.
    refusals = ("False No usable sandbox", "False The SUID sandbox helper binary was found, but is not configured")
    assert output.stdout.startswith(refusals), output.stderr


@pytest.mark.parametrize(
    ("body", "source", "words"),
    [
        (
            "echo 'x: error while loading shared libraries: libnss3.so' >&2; exit 127",
            "playwright",
            ["libnss3.so", "install-deps"],
        ),
        (
            "echo 'x: error while loading shared libraries: libnss3.so' >&2; exit 127",
            "system",
            ["libnss3.so", "package"],
        ),
        ("echo one >&2; echo '[7:FATAL:y.cc] two' >&2; exit 1", "system", ["does not start: two", "--version"]),
        ("exit 3", "system", ["code 3", "--browser-path"]),
        ("exit 0", "system", ["code 0"]),
        (f"{STARTS}; exit 9", "system", ["code 9"]),
        ("sleep 30 & wait", "system", ["did nothing for 0.3 s"]),
    ],
)
def test_a_browser_that_does_not_start_says_why_and_what_to_do(
    tmp_path: Path, body: str, source: str, words: list[str]
) -> None:
    with pytest.raises(BrowserDoesNotStart) as raised:
        check_launch(browser_that(tmp_path, body, BrowserSource(source)), sandbox=False, seconds=0.3)

    for word in words:
        assert word in str(raised.value)


def test_playwrights_launch_error_is_read_the_same_way() -> None:
    assert is_sandbox_refusal("BrowserType.launch: Target closed\n[pid=1][err] No usable sandbox! If")
    assert not is_sandbox_refusal("BrowserType.launch: Executable doesn't exist at /x")
