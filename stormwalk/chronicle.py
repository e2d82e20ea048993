"""What is written of a journey and its steps, as events in which every secret is hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from stormwalk.events import (
    CallFinished,
    ConsoleWritten,
    EvidenceKept,
    JourneyEvent,
    JourneyFinished,
    JourneyStarted,
    StepFinished,
    StepStarted,
)
from stormwalk.failures import Failure
from stormwalk.journey import Attempt
from stormwalk.ledger import Ledger
from stormwalk.model import Status
from stormwalk.naming import writable
from stormwalk.observations import Call, ConsoleLine, Evidence
from stormwalk.redact import Redactor


class Chronicle:
    """Writes into the ledger of one journey; its methods are named after what has happened.

    What begins or ends is in the store when they return, everything else after the next `flush` of the ledger.
    """

    def __init__(self, ledger: Ledger, redactor: Redactor) -> None:
        self._ledger = ledger
        self._redactor = redactor

    def journey_began(self, *, nodeid: str, title: str, goal: str, expected_steps: tuple[str, ...]) -> None:
        self._ledger.write(
            JourneyStarted(**self._ledger.now(), nodeid=nodeid, title=title, goal=goal, expected_steps=expected_steps)
        )
        self._ledger.flush()

    def journey_ended(self, duration_ms: float, worst: Failure) -> None:
        self._ledger.write(
            JourneyFinished(**self._ledger.now(), status=worst.status, duration_ms=duration_ms, reason=worst.reason)
        )
        self._ledger.flush()

    def step_began(self, index: int, attempt: Attempt, actor: str, role: str) -> None:
        self._ledger.write(
            StepStarted(
                **self._ledger.now(),
                index=index,
                name=self.shown(attempt.name),
                page=type(attempt.owner).__name__ if attempt.owner is not None else "",
                actor=actor,
                role=role,
                weight=attempt.weight,
                role_check=attempt.role_check,
            )
        )
        self._ledger.flush()

    def step_ended(self, index: int, name: str, page: Page | None, duration_ms: float, outcome: Failure) -> None:
        self._ledger.write(
            StepFinished(
                **self._ledger.now(),
                index=index,
                name=self.shown(name),
                status=outcome.status,
                duration_ms=duration_ms,
                url=self.url_of(page),
                reason=outcome.reason,
                details=outcome.details,
            )
        )
        self._ledger.flush()

    def step_not_reached(self, index: int, name: str) -> None:
        """Takes down a step that an earlier run has shown, and this one has not come to."""
        self._ledger.write(
            StepFinished(**self._ledger.now(), index=index, name=name, status=Status.SKIPPED, reason="not reached")
        )

    def call_finished(self, step: int, call: Call) -> None:
        self._ledger.write(CallFinished(**self._ledger.now(), step=step, call=call))

    def console_written(self, step: int, line: ConsoleLine) -> None:
        self._ledger.write(ConsoleWritten(**self._ledger.now(), step=step, line=line))

    def evidence_linked(self, evidence: Evidence) -> None:
        """Takes down evidence of the whole journey, which somebody else keeps."""
        self._ledger.write(EvidenceKept(**self._ledger.now(), step=0, evidence=evidence))

    def tell(self, make: Callable[..., JourneyEvent], **fields: Any) -> None:
        """Takes down any other event; `fields` are those beside time, worker and journey."""
        self._ledger.write(make(**self._ledger.now(), **fields))

    def shown(self, text: str) -> str:
        """The text as it may be read by everybody."""
        return self._redactor.text(writable(text))

    def url_of(self, page: Page | None) -> str:
        """Where the page stands, as it may be read by everybody; empty without a page."""
        return self._redactor.url(page.url) if page else ""
