"""What the recorders of one process share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from stormwalk.camera import Camera
from stormwalk.evidence import EvidenceKeeper
from stormwalk.journey import Attempt
from stormwalk.ledger import Append
from stormwalk.observations import Call
from stormwalk.redact import Redactor
from stormwalk.weather import FairWeather


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Made once, and lent to the recorder of each journey. `append` puts events into the store in one commit.

    `expect_application` raises ApplicationStoppedAnswering when the application is gone; it is asked only after a
    step has failed. `perform` acts and confirms. `tell_open` gives the calls of a step that are still open, and has
    told of them. `traced` says that Playwright's trace is on, and every step becomes a group of it.
    """

    append: Append
    camera: Camera
    keeper: EvidenceKeeper
    redactor: Redactor
    expect_application: Callable[[], None]
    perform: Callable[[Attempt, Page | None], None] = FairWeather().perform
    tell_open: Callable[[int], tuple[Call, ...]] = lambda step: ()
    worker: str = "main"
    traced: bool = False
