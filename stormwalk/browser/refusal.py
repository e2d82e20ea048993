"""A browser that Playwright could not launch, in words that say what to do.

Whether a browser starts is seen when the first journey needs it: a launch of its own, only to see, would cost every
run half a second.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from stormwalk.browser import Browser, BrowserSource, does_not_start, is_sandbox_refusal
from stormwalk.errors import BrowserDoesNotStart

_EXIT = re.compile(r"process did exit: exitCode=(\d+)")
_LOG_LINE = re.compile(r"^\s*- \[pid=\d+\](?:\[err\])? ?", re.MULTILINE)


def ours_does_not_start(path: Path, said: str) -> BrowserDoesNotStart:
    """For the browser that Stormwalk chose; `said` is Playwright's error with the browser's log."""
    log = _LOG_LINE.sub("", said)
    code = _EXIT.search(log)
    telling = "FATAL" in log or "error while loading" in log or is_sandbox_refusal(log)
    complaint = f"it ended with code {code[1]}" if code and not telling else _without_call(log)
    return BrowserDoesNotStart(does_not_start(Browser(path=path, source=BrowserSource.EXPLICIT), complaint))


def theirs_does_not_start(engines: Sequence[str], channel: str | None, said: str) -> BrowserDoesNotStart:
    """For an engine or a channel that was asked for, and that Playwright looks for itself."""
    name = channel or " or ".join(engines)
    option = "--browser-channel" if channel else "--browser"
    first = _without_call(said).strip().splitlines()[0]
    install = f"{sys.executable} -m playwright install {channel or ' '.join(engines)}"
    return BrowserDoesNotStart(
        f"{option} {name} cannot be used: {first}. Install it: {install};"
        f" or leave {option} out, and Stormwalk finds a Chromium."
    )


def _without_call(said: str) -> str:
    return re.sub(r"^BrowserType\.\w+: ", "", said)
