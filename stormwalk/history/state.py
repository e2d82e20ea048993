"""A file with what the gate and alerts on change must know of earlier runs, for CI machines that start empty.

It is written by `python -m stormwalk history --export-state FILE` and read with `--baseline FILE`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from stormwalk.errors import UsageError
from stormwalk.figures import RunFigures
from stormwalk.history.base import Base, base_of
from stormwalk.model import RunMode
from stormwalk.store import Store

VERSION = 1
LARGEST = 64 * 1024 * 1024
"""Bytes beyond which a file is not taken for a state file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The newest run of a mode and branch that ended by itself, and that nobody steered. `at` is its start, UTC in
    seconds."""

    run: str
    mode: RunMode
    branch: str
    at: float
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The content of the file: the bases of a project, one for each mode, and the last run of each branch."""

    project: str
    bases: tuple[Base, ...] = ()
    last: tuple[LastRun, ...] = ()
    stormwalk_state: Literal[1] = 1

    def base(self, mode: RunMode, branch: str) -> Base | None:
        """That of another branch is none: what is red there may be green here."""
        return next((one for one in self.bases if (one.mode, one.branch) == (mode, branch)), None)

    def last_run(self, mode: RunMode, branch: str) -> LastRun | None:
        return next((one for one in self.last if (one.mode, one.branch) == (mode, branch)), None)


_state = TypeAdapter(State)


def state_of(store: Store, project: str, branch: str, given: State | None = None) -> State:
    """What a store knows of a project, on top of what was `given`; `branch` is the base branch. Raises StoreError."""
    found = (
        base_of(store, project, mode, branch, given=given.base(mode, branch) if given else None) for mode in RunMode
    )
    known = {(one.mode, one.branch): one for one in (given.last if given else ())}
    for run in _ended_by_themselves(store, project):
        there = known.get((run.mode, run.branch))
        if there is None or (there.at, there.run) <= (run.at, run.run):
            known[run.mode, run.branch] = run
    ordered = sorted(known.values(), key=lambda one: (one.mode, one.branch))
    return State(project=project, bases=tuple(base for base in found if base is not None), last=tuple(ordered))


def _ended_by_themselves(store: Store, project: str) -> Iterator[LastRun]:
    """The runs of a project in which nobody had a hand, oldest first."""
    ended = [
        run
        for run in reversed(store.runs())
        if run.project == project and run.exit_code is not None and run.finished_at and not run.interrupted
    ]
    figures = store.figures([run.id for run in ended])
    for run in ended:
        if run.exit_code is not None and not figures.get(run.id, RunFigures()).by_hand:
            yield LastRun(run=run.id, mode=run.mode, branch=run.branch, at=run.started_at, exit_code=run.exit_code)


def write_state(path: Path, state: State) -> None:
    """Write the file whole, or leave it as it was. Raises UsageError where that cannot be done."""
    text = json.dumps(_state.dump_python(state, mode="json"), indent=1, ensure_ascii=False) + "\n"
    path = Path(os.path.realpath(path))  # a link stays one
    partial = path.with_name(f".{path.name}.part")
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            # What is renamed onto a device such as /dev/stdout takes its place, for everybody on the machine.
            raise UsageError(f"{path} cannot be written: it is no file. Choose another file for the state.")
        path.parent.mkdir(exist_ok=True)  # and no more: what is missing above it is a slip of the pen
        partial.write_text(text, encoding="utf-8", errors="replace")
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise UsageError(f"{path} cannot be written: {error.strerror}. Choose another file for the state.") from error


def read_state(path: Path, project: str) -> State:
    """What the file says. Raises UsageError for a file that is not there, is none of ours, or of another project."""
    advice = "Write one where the runs are: python -m stormwalk history --export-state FILE"
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} is too large to be a state file. {advice}")
        state = _state.validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"--baseline: {path} cannot be read: {error.strerror}. {advice}") from error
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or "the whole"
        raise UsageError(
            f"--baseline: {path}: {place}: expected a state file of this version, got something else. {advice}"
        ) from None
    if state.project != project:
        raise UsageError(f'--baseline: {path}: project: expected "{project}", got "{state.project[:80]}"')
    return state
