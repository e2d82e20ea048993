"""Stages of the set-up: progress on the screen, commands that end in time, failures of one clear message."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TIMEOUT_VARIABLE = "STORMWALK_SETUP_TIMEOUT"
DEFAULT_SECONDS = 900.0
SHOWN_LINES = 12


class SetUpError(Exception):
    """The set-up cannot go on; the message says what to do."""


class OutOfTime(SetUpError):
    """The time for the whole set-up, or for one command of it, is over."""


class CommandFailed(SetUpError):
    """A command of the set-up ended with another code than 0."""


@dataclass(frozen=True)
class Deadline:
    """How long the whole set-up may take; a download that hangs ends with it."""

    seconds: float
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Deadline:
        text = environ.get(TIMEOUT_VARIABLE, str(DEFAULT_SECONDS))
        try:
            seconds = float(text)
        except ValueError:
            seconds = 0.0
        if seconds <= 0:
            raise SetUpError(f"{TIMEOUT_VARIABLE}={text} is not a number of seconds.")
        return cls(seconds)

    def remaining(self) -> float:
        return max(0.0, self.started + self.seconds - time.monotonic())


@dataclass
class Outcome:
    """What a stage says when it is done; it may say something better than how long it took."""

    note: str | None = None


@contextlib.contextmanager
def stage(title: str) -> Iterator[Outcome]:
    """Announce a stage, and say afterwards how it went."""
    print(f"{title} … ", end="", flush=True)
    started = time.monotonic()
    outcome = Outcome()
    try:
        yield outcome
    except BaseException:
        print("failed", flush=True)
        raise
    print(outcome.note or f"done ({time.monotonic() - started:.1f} s)", flush=True)


def run(
    command: Sequence[str | Path],
    *,
    deadline: Deadline,
    at_most: float | None = None,
    cwd: Path | None = None,
    extra_environ: Mapping[str, str] | None = None,
) -> str:
    """Run a command to its end and return what it printed; it gets what is left of the time, or `at_most`."""
    words = [str(word) for word in command]
    seconds = deadline.remaining() if at_most is None else min(at_most, deadline.remaining())
    process = subprocess.Popen(
        words,
        cwd=cwd,
        env={**os.environ, **(extra_environ or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    output = _output_in_time(process, words, seconds, deadline)
    if process.returncode != 0:
        raise CommandFailed(f"This failed with code {process.returncode}:\n  {' '.join(words)}\n{last_lines(output)}")
    return output


def _output_in_time(process: subprocess.Popen[str], words: list[str], seconds: float, deadline: Deadline) -> str:
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        raise OutOfTime(_out_of_time(words, seconds, deadline)) from None
    finally:
        # Also after Ctrl-C: the group would otherwise go on installing behind the user's back.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _out_of_time(words: list[str], seconds: float, deadline: Deadline) -> str:
    message = f"This was stopped after {seconds:.0f} s:\n  {' '.join(words)}"
    if deadline.remaining() > 0:
        return message
    more = f"{TIMEOUT_VARIABLE}={deadline.seconds * 2:.0f} make setup"
    return f"{message}\nIs the network there? If it is only slow, allow more than {deadline.seconds:g} s:  {more}"


def last_lines(output: str) -> str:
    """The end of what a command printed, indented, without empty lines."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-SHOWN_LINES:])
