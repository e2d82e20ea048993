"""Where browsers lie: the folder that Playwright manages, and the places that systems use.

Playwright can say where its browsers are, but only after its driver was started, which takes a third of a second and
is needed for nothing else here. Its folder layout is documented and plain, so we look for ourselves; a test holds this
module against Playwright's own answer.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

HEADLESS_SHELL_NAMES = ("chromium-headless-shell", "chrome-headless-shell", "headless_shell", "headless-shell")
FULL_BROWSER_NAMES = (
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chromium-browser",
    "google-chrome-beta",
    "microsoft-edge",
)
MAC_BUNDLES = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
# Inside Playwright's folder the middle part names the platform (chrome-linux64, chrome-mac-arm64, ...), and one machine
# only ever holds its own.
_SHELL_PATTERNS = ("*/chrome-headless-shell", "*/headless_shell")
_FULL_PATTERNS = ("*/chrome", "*/*.app/Contents/MacOS/*")


def playwright_browsers(*, headed: bool, environ: Mapping[str, str], platform: str) -> Iterator[Path]:
    """Browsers that the installed Playwright downloaded for itself, best first."""
    package = _driver_package()
    if package is None:
        return
    folder = _registry_folder(package, environ, platform)
    wanted = [("chromium", _FULL_PATTERNS)]
    if not headed:
        wanted.insert(0, ("chromium-headless-shell", _SHELL_PATTERNS))
    for name, patterns in wanted:
        yield from _installed(folder, name, _revision(package, name), patterns)


def system_browsers(*, headed: bool, environ: Mapping[str, str], platform: str) -> Iterator[Path]:
    """Browsers that somebody installed on this system, best first."""
    names = FULL_BROWSER_NAMES if headed else HEADLESS_SHELL_NAMES + FULL_BROWSER_NAMES
    for name in names:
        if found := shutil.which(name, path=environ.get("PATH", os.defpath)):
            yield Path(found)
    if platform == "darwin":
        yield from filter(is_executable, _mac_bundles(environ))


def is_headless_shell(path: Path) -> bool:
    """Whether this is the small browser that cannot open a window; its name tells."""
    return path.name in HEADLESS_SHELL_NAMES


def is_executable(path: Path) -> bool:
    # Not Path.is_file, which raises for a folder that this user may not look into.
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _driver_package() -> Path | None:
    spec = find_spec("playwright")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "driver" / "package"


def _registry_folder(package: Path, environ: Mapping[str, str], platform: str) -> Path:
    named = environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named == "0":
        return package / ".local-browsers"
    if named:
        return Path(environ.get("INIT_CWD") or Path.cwd()) / named
    return _cache_folder(environ, platform) / "ms-playwright"


def _cache_folder(environ: Mapping[str, str], platform: str) -> Path:
    home = _home(environ)
    if platform == "darwin":
        return home / "Library" / "Caches"
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache")


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or Path.home())


def _revision(package: Path, name: str) -> str:
    """The one revision this Playwright was built for; it ignores any other in its folder, and so do we."""
    browsers = json.loads((package / "browsers.json").read_text(encoding="utf-8"))["browsers"]
    return next(str(entry["revision"]) for entry in browsers if entry["name"] == name)


def _installed(folder: Path, name: str, revision: str, patterns: tuple[str, ...]) -> Iterator[Path]:
    browser_folder = folder / f"{name.replace('-', '_')}-{revision}"
    # Playwright writes the marker last: without it the download was interrupted.
    if os.path.isfile(browser_folder / "INSTALLATION_COMPLETE"):
        for pattern in patterns:
            yield from filter(is_executable, sorted(browser_folder.glob(pattern)))


def _mac_bundles(environ: Mapping[str, str]) -> Iterator[Path]:
    for applications in (_home(environ) / "Applications", Path("/Applications")):
        for bundle in MAC_BUNDLES:
            yield applications / bundle
