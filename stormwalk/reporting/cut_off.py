"""Whether something ended a run before it had come to everything, in the same words in every format."""

from __future__ import annotations

from stormwalk.model import Run


def cut_off(run: Run) -> str:
    """What ended the run before its time, or that it goes on; empty where it came to its end."""
    if run.interrupted:
        return "the run was interrupted"
    if run.finished_at is None:
        return "so far: the run has not finished, or was killed"
    return "stopped by hand: what had not begun by then was not walked" if run.stopped else ""
