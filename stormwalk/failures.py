"""Says of an exception whether the application is wrong or we could not test, in one line that a person understands."""

from __future__ import annotations

import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Error, TimeoutError

from stormwalk.errors import StormwalkError
from stormwalk.model import Status
from stormwalk.observations import Call

_LONGEST_REASON = 400
_LONGEST_DETAILS = 12_000
_FRAMES = 6
_OPEN_SHOWN = 2
_LIBRARIES = re.compile(r"[/\\]site-packages[/\\](?:playwright|_?pytest|pluggy|greenlet)[/\\]")

# Lines of an accessibility snapshot: the beginning of an alert, and what stands in one, buttons and links aside.
_ALERT = re.compile(r"\s*- alert\b")
_WORDS = re.compile(
    r"\s*- (?:alert|heading|paragraph|text|strong|listitem)(?: (\"[^\"]*\"))?(?: \[[^\]]*\])*(?:: (.+))?$"
)

_CLOSED = "has been closed"
_DRIVER_GONE = "Playwright connection closed"
_CRASHED = ("Target crashed", "Page crashed")
_UNREACHABLE = ("ERR_CONNECTION_REFUSED", "ERR_ADDRESS_UNREACHABLE", "ERR_NAME_NOT_RESOLVED", "ERR_ADDRESS_INVALID")
# What Playwright notes when it has acted and then waits for the page that comes of it.
_LEFT = re.compile(r"action done\b.*waiting for scheduled navigations to finish(?!.*navigations have finished)", re.S)
# What stands here was said before a page was there that could be wrong.
_BEFORE_ANY_PAGE = ("BrowserType.", "Browser.new_context", "BrowserContext.new_page")
_RESTART = "run it again; if it happens again, try another browser (--browser-path)"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step or journey did not pass. `reason` is one line, `details` everything that was raised."""

    status: Status
    reason: str
    details: str = ""


def explain(error: BaseException) -> Failure:
    """The status and the reason for whatever ended a step."""
    status, reason = _judge(error)
    return Failure(status, shortened(reason), _details(error)[:_LONGEST_DETAILS])


def _details(error: BaseException) -> str:
    """What was raised and where in the journey: the frames of Playwright, which are most, say nothing of that."""
    whole = traceback.TracebackException.from_exception(error)
    one: traceback.TracebackException | None = whole
    while one is not None:
        own = [frame for frame in one.stack if not _LIBRARIES.search(frame.filename)]
        one.stack = traceback.StackSummary.from_list((own or list(one.stack))[-_FRAMES:])
        one = one.__cause__ or one.__context__
    return "".join(whole.format())


def with_words_of_page(failure: Failure, snapshot: str) -> Failure:
    """The same failure; the reason ends with what the alerts of the page say, where it does not say so already."""
    said = _alerts(snapshot)
    if failure.status is not Status.FAILED or not said or said in failure.reason:
        return failure
    return replace(failure, reason=shortened(failure.reason, _LONGEST_REASON - len(said)) + said)


def with_open_calls(failure: Failure, calls: Sequence[Call]) -> Failure:
    """The same failure; the reason ends with the calls that were still open, those for whole pages first."""
    if failure.status is not Status.FAILED or not calls:
        return failure
    first = sorted(calls, key=lambda call: call.resource_type != "document")[:_OPEN_SHOWN]
    said = shortened("; ".join(["", *(f"{one.method} {one.template}: {one.failure}" for one in first)]), 200)
    more = f" and {len(calls) - _OPEN_SHOWN} more" if len(calls) > _OPEN_SHOWN else ""
    return replace(failure, reason=shortened(failure.reason, _LONGEST_REASON - len(said + more)) + said + more)


def _judge(error: BaseException) -> tuple[Status, str]:
    if isinstance(error, pytest.skip.Exception):
        return Status.SKIPPED, error.msg or "skipped by the journey"
    if isinstance(error, (KeyboardInterrupt, pytest.exit.Exception)):
        return Status.ERROR, "interrupted"
    if isinstance(error, StormwalkError):
        return Status.ERROR, str(error)
    if isinstance(error, (AssertionError, pytest.fail.Exception)):
        return Status.FAILED, _assertion(str(error))
    if isinstance(error, Error):
        return _playwright(error)
    if isinstance(error, BaseExceptionGroup):
        return _judge(error.exceptions[0])
    place = _place(error)
    return Status.ERROR, f"the journey's own code raised {type(error).__name__}: {error}{place}"


def _playwright(error: Error) -> tuple[Status, str]:
    text = str(error)
    if any(word in text for word in _CRASHED):
        return Status.ERROR, f"the page crashed: {_RESTART}"
    if "video rendering requires ffmpeg" in text.lower():
        return Status.ERROR, "--video needs Playwright's ffmpeg: python -m playwright install ffmpeg"
    if text.startswith(_BEFORE_ANY_PAGE):
        return Status.ERROR, f"the browser cannot be used: {_head(text)}"
    if driver_is_gone(error) or _CLOSED in text:
        return Status.ERROR, f"the page or the browser was closed in the middle of the step: {_RESTART}"
    if any(word in text for word in _UNREACHABLE):
        return Status.ERROR, f"the application cannot be reached ({_head(text)}): is it running, and at this address?"
    if isinstance(error, TimeoutError):
        return Status.FAILED, _timeout(text)
    return Status.FAILED, _head(text)


def driver_is_gone(error: BaseException) -> bool:
    """Whether the process that drives the browser has died, after which nothing of it can be cleaned up either."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(driver_is_gone, error.exceptions))
    return isinstance(error, Error) and _DRIVER_GONE in str(error)


def _assertion(text: str) -> str:
    """`expected "Thank you", found "Hi" (heading)` out of the lines that Playwright or pytest give."""
    if not text.strip():
        return "an assertion of the journey does not hold"
    lines = [line.strip() for line in text.split("Call log:")[0].splitlines() if line.strip()]
    lines = [line.replace("Error: element(s) not found", "it is not on the page") for line in lines]
    lines = ['Actual value: ""' if line == "Actual value:" else line for line in lines if line != "Actual value: None"]
    # Of an ambiguous locator Playwright lists every element; how many there are says enough.
    lines = [line for line in lines if not re.match(r"\d+\) <|\.\.\.$", line)]
    if lines and "Call log:" in text and not re.match(r"[\w ]+ (?:not )?expected ", lines[0]):
        lines[0] = f"expected: {lines[0]}"  # the journey's own words for it
    return "; ".join(lines) + _awaited(text) + _alerts(text)


def _timeout(text: str) -> str:
    action = re.match(r"(?:Locator|Page|Frame)\.(\w+): Timeout (\d+)ms", text)
    if action is None:
        return _head(text)
    name, patience = action[1].replace("goto", "open").replace("_", " "), int(action[2]) / 1000
    if _LEFT.search(text):
        return f"the {name} was done, and the page that it leads to did not come within {patience:g} s{_awaited(text)}"
    why = re.findall(r"^\s*-? *(element is not \w+|.*intercepts pointer events|element was detached.*)$", text, re.M)
    blocked = f" ({why[-1].strip()})" if why else ""
    return f"could not {name} within {patience:g} s{blocked}{_awaited(text)}"


def _awaited(text: str) -> str:
    target = re.search(
        r"(?:waiting for|navigating to|Expect \"\w+\") (?!with timeout)(.+?)(?:,? with timeout.*|, waiting.*)?$",
        text,
        re.M,
    )
    return f" [{target[1]}]" if target else ""


def _alerts(snapshot: str) -> str:
    """What the page itself says is wrong: the words of its alerts, from an accessibility snapshot."""
    said: list[str] = []
    depth: int | None = None
    for line in snapshot.splitlines():
        indent = len(line) - len(line.lstrip())
        if depth is None or indent <= depth:
            depth = indent if _ALERT.match(line) else None
        words = _WORDS.match(line) if depth is not None else None
        said += [text.strip('"') for text in words.groups() if text] if words else []
    return shortened(f"; the page says: {' / '.join(said[:2])}", _LONGEST_REASON // 2) if said else ""


def _head(text: str) -> str:
    return text.split("Call log:")[0].split("\n")[0].strip()


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno})" if frames else ""


def shortened(text: str, longest: int = _LONGEST_REASON) -> str:
    """One line of at most 400 characters, or of `longest`."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
