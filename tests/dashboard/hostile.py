"""A run in which every text of the application under test wants to be more than a text."""

from __future__ import annotations

import time
from typing import Any

from stormwalk.access.results import AccessCell, Expected, Verdict
from stormwalk.events import (
    AccessCellJudged,
    AccessStarted,
    CallFinished,
    ConsoleWritten,
    Event,
    EvidenceKept,
    JourneyStarted,
    NoteTaken,
    StepFinished,
    StepStarted,
)
from stormwalk.model import NoteLevel, RunMode, Status
from stormwalk.observations import ConsoleLine
from tests.dashboard.tales import blows, call, picture, started

_RUN = "window.pwned=1"
PROJECT = f"<img src=x onerror={_RUN}>"
TITLE = f"</a><script>{_RUN}</script>"
STEP = f"'\"><svg onload={_RUN}>"
CONSOLE = f"<iframe src=javascript:{_RUN}>"
REASON = f"{{{{7*7}}}}<b onmouseover={_RUN}>"
NOTE = f"\n\nevent: hello\ndata: {{}}<script>{_RUN}</script>"
ROLE = f"<style onload={_RUN}>"
PATH = f'/api/"><img src=x onerror={_RUN}>'
FAULT = f"lost<script>{_RUN}</script>"
WORKER = "../../<b>w"
JOURNEY = "../../..//evil.example/\"'<x>"
PICTURE = '../../../../etc/passwd"><img src=x>'

SHOWN = (PROJECT, TITLE, STEP, CONSOLE, REASON, f"<script>{_RUN}</script>", ROLE, PATH, FAULT, WORKER)
"""What a page shows of them, letter for letter."""


def beginning() -> list[Event]:
    return [started(RunMode.CHAOS, PROJECT)]


def rest() -> list[Event]:
    now = time.time()
    where: Any = {"at": now, "worker": WORKER, "journey": JOURNEY}
    cell = AccessCell(endpoint=f"GET {PATH}", role=ROLE, expected=Expected.DENY, verdict=Verdict.BYPASSED, reason=TITLE)
    return [
        JourneyStarted(**where, nodeid=JOURNEY, title=TITLE, goal=TITLE, expected_steps=(STEP, STEP)),
        StepStarted(**where, index=1, name=STEP, role=ROLE, actor=ROLE),
        CallFinished(**where, step=1, call=call(PATH)),
        blows(JOURNEY, 1, FAULT, WORKER),
        ConsoleWritten(**where, step=1, line=ConsoleLine(level="error", text=CONSOLE, location=f"javascript:{_RUN}")),
        EvidenceKept(**where, step=1, evidence=picture(JOURNEY, 1, name=PICTURE)),
        StepFinished(
            **where, index=1, name=STEP, status=Status.FAILED, url=f"javascript:{_RUN}", reason=REASON, details=REASON
        ),
        NoteTaken(at=now, level=NoteLevel.ERROR, message=NOTE),
        AccessStarted(at=now, roles=(ROLE,), cells=((f"GET {PATH}", ROLE),)),
        AccessCellJudged(at=now, cell=cell),
    ]
