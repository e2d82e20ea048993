"""Finds a browser, says how to launch it, and launches it once to see.

browser = find_browser(headed=False)
check = check_launch(browser)
playwright.chromium.launch(**launch_options(browser, headed=False, sandbox=check.sandbox))
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from stormwalk.browser import places
from stormwalk.errors import BrowserDoesNotStart, BrowserNotFound, UsageError

BROWSER_VARIABLE = "STORMWALK_BROWSER"
LAUNCH_SECONDS = 20.0

# A port that Chromium itself refuses to connect to, so what is sent there never leaves the browser.
_NOWHERE = "http://127.0.0.1:9/"
# Playwright already turns most of a browser's own traffic off, by switches and by --disable-features. We must not pass
# a second --disable-features: Chromium takes only the last one, and Playwright's list would be lost. What a full
# Chromium still sends (seen in its net log: component updates, the sign-in state, autofill hints) goes nowhere instead.
# None of these touches what a page asks for: an application may still use its own hosts of the same names.
QUIET_SWITCHES = (
    f"--component-updater=disable-background-downloads,url-source={_NOWHERE}",
    f"--gaia-url={_NOWHERE}",
    f"--autofill-server-url={_NOWHERE}",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
)

_SANDBOX_REFUSALS = (
    "No usable sandbox",
    "Running as root without --no-sandbox",
    "SUID sandbox helper binary was found, but is not configured correctly",
    "Failed to move to new namespace",
)
_CHROMIUM_LOG_PREFIX = re.compile(r"^\[[^\]]*\] ?")


class BrowserSource(StrEnum):
    """Who put the browser there."""

    EXPLICIT = "explicit"
    PLAYWRIGHT = "playwright"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """One browser on this machine."""

    path: Path
    source: BrowserSource

    @property
    def is_headless_shell(self) -> bool:
        """Whether it is the small browser that cannot open a window."""
        return places.is_headless_shell(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchCheck:
    """What one launch showed: with which sandbox it works, and the browser's words if it refused its own."""

    sandbox: bool
    sandbox_refusal: str | None = None


def find_browser(
    *,
    headed: bool,
    explicit: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
) -> Browser:
    """The browser to use: the one that was named, else Playwright's, else one of the system.

    Headless runs take a headless shell where there is one; it needs a third of the time of a full browser.
    """
    if explicit is None and environ.get(BROWSER_VARIABLE):
        explicit = Path(environ[BROWSER_VARIABLE])
    if explicit is not None:
        return _named_browser(explicit.expanduser(), headed=headed)
    for path in places.playwright_browsers(headed=headed, environ=environ, platform=platform):
        return Browser(path=path, source=BrowserSource.PLAYWRIGHT)
    for path in places.system_browsers(headed=headed, environ=environ, platform=platform):
        return Browser(path=path, source=BrowserSource.SYSTEM)
    raise BrowserNotFound(three_ways(headed=headed, platform=platform))


def _named_browser(path: Path, *, headed: bool) -> Browser:
    if not places.is_executable(path):
        raise BrowserNotFound(
            f"{path} is not a program that can be started. Name the browser's own file with --browser-path"
            f" or {BROWSER_VARIABLE}, or leave both out."
        )
    browser = Browser(path=path, source=BrowserSource.EXPLICIT)
    if headed and browser.is_headless_shell:
        raise UsageError(
            f"{path} is a headless shell and cannot open a window. Name a full Chrome or Chromium instead."
        )
    return browser


def three_ways(*, headed: bool, platform: str = sys.platform) -> str:
    """What to do where there is no browser."""
    kind = "full Chrome or Chromium" if headed else "Chromium, Chrome or headless shell"
    part = "--no-shell" if headed else "--only-shell"
    return "\n".join(
        (
            f"No {kind} was found. There are three ways to get one:",
            f"  1. Playwright's own:  {sys.executable} -m playwright install {part} chromium",
            f"  2. your system's:     {_system_command(headed=headed, platform=platform)}",
            f"  3. one that you have: name it with --browser-path FILE or {BROWSER_VARIABLE}=FILE",
        )
    )


def _system_command(*, headed: bool, platform: str) -> str:
    if platform == "darwin":
        return "brew install --cask google-chrome"
    package = "chromium" if headed else "chromium-headless-shell"
    # Ubuntu's apt packages of Chromium only point to a snap, which Playwright cannot drive reliably.
    return f"sudo apt-get install {package}  (Debian; on Ubuntu take the first way or Google Chrome)"


def launch_options(browser: Browser, *, headed: bool, sandbox: bool) -> dict[str, Any]:
    """The keyword arguments for Playwright's `chromium.launch`."""
    return {
        "executable_path": str(browser.path),
        "headless": not headed,
        # Playwright's default is no sandbox at all, so it has to be said either way.
        "chromium_sandbox": sandbox,
        "args": list(QUIET_SWITCHES),
    }


def wants_sandbox() -> bool:
    """Whether to try with the sandbox on; Chromium refuses it for root."""
    return os.geteuid() != 0


def has_display(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window could be shown."""
    return platform == "darwin" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def is_sandbox_refusal(text: str) -> bool:
    """Whether a browser's last words, or Playwright's launch error, say that the system refuses its sandbox."""
    return any(refusal in text for refusal in _SANDBOX_REFUSALS)


def check_launch(browser: Browser, *, sandbox: bool | None = None, seconds: float = LAUNCH_SECONDS) -> LaunchCheck:
    """Launch the browser once; where only its sandbox stands in the way, say so and go on without.

    No window is needed: a full browser that starts without one has all its libraries.
    """
    sandbox = wants_sandbox() if sandbox is None else sandbox
    complaint = _complaint_of_one_launch(browser, sandbox=sandbox, seconds=seconds)
    if complaint is None:
        return LaunchCheck(sandbox=sandbox)
    if sandbox and is_sandbox_refusal(complaint):
        without = check_launch(browser, sandbox=False, seconds=seconds)
        return LaunchCheck(sandbox=without.sandbox, sandbox_refusal=_telling_line(complaint))
    raise BrowserDoesNotStart(does_not_start(browser, complaint))


def does_not_start(browser: Browser, complaint: str) -> str:
    """A message for a browser that ended with this complaint."""
    missing_library = "error while loading shared libraries" in complaint
    if missing_library and browser.source is BrowserSource.PLAYWRIGHT:
        advice = f"Install what it needs: sudo {sys.executable} -m playwright install-deps chromium"
    elif missing_library:
        advice = "Install the package of that library, or install the browser again."
    else:
        advice = f"Try it by hand: {browser.path} --version; or name another with --browser-path or {BROWSER_VARIABLE}."
    return f"The browser {browser.path} does not start: {_telling_line(complaint)}\n{advice}"


def _telling_line(complaint: str) -> str:
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error while loading" in line or is_sandbox_refusal(line)]
    line = (telling or lines or ["it ended without a word"])[0]
    return textwrap.shorten(_CHROMIUM_LOG_PREFIX.sub("", line), 200, placeholder=" …")


def _complaint_of_one_launch(browser: Browser, *, sandbox: bool, seconds: float) -> str | None:
    """None when it started, rendered an empty page and ended well."""
    with tempfile.TemporaryDirectory(prefix="stormwalk-browser-", ignore_cleanup_errors=True) as profile:
        command = [str(browser.path), "--headless", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
        command += [*QUIET_SWITCHES, "--disable-background-networking", f"--user-data-dir={profile}"]
        command += [] if sandbox else ["--no-sandbox"]
        try:
            code, stdout, stderr = _run_bounded([*command, "--dump-dom", "about:blank"], seconds)
        except subprocess.TimeoutExpired:
            return f"it was launched and did nothing for {seconds:g} s"
        except OSError as error:
            return str(error)
    if code == 0 and "<html" in stdout:
        return None
    return stderr.strip() or f"it ended with code {code} and without a word"


def _run_bounded(command: list[str], seconds: float) -> tuple[int, str, str]:
    # A group of its own, because distributions start their browsers through a shell script that would die alone.
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True
    )
    try:
        stdout, stderr = process.communicate(timeout=seconds)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return process.returncode, stdout, stderr
