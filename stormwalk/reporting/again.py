"""The command that makes a run again, the same in every format."""

from __future__ import annotations

import shlex

from stormwalk.model import Run

_SEED = "--chaos-seed"


def command_again(run: Run) -> str:
    """The command of the run; of storms with their seed, since without it the next ones would be others."""
    command, seed = run.environment.command, run.storm.seed if run.storm else ""
    if not command or not seed or _SEED in command:
        return command
    return f"{command} {_SEED} {shlex.quote(seed)}"
