"""What a page looks like at the moment of failure: its picture and its accessibility snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Error, Page

from stormwalk.camera import Camera, first_line

_SNAPSHOT_TIMEOUT_MS = 2000
_PASSWORDS = "fields => fields.map(field => field.value).filter(value => value)"


@dataclass(frozen=True, slots=True)
class Observation:
    """What could be had of a page: a JPEG, a text, and for each of the two that is missing its name and the reason."""

    picture: bytes | None
    snapshot: str
    missing: tuple[tuple[str, str], ...]


def observe(page: Page, camera: Camera, learn: Callable[[str], None]) -> Observation:
    """Takes what the page shows now. Never raises for what the page does, and never waits for long.

    Snapshots hold the values of fields, those of password fields too: each of these is given to `learn` first, so
    that it can be hidden wherever it turns up.
    """
    pictures: list[bytes] = []
    missing: list[tuple[str, str]] = []
    camera.take_now(page, lambda jpeg, _: pictures.append(jpeg), lambda reason: missing.append(("picture", reason)))
    snapshot = ""
    try:
        snapshot = page.locator("body").aria_snapshot(timeout=_SNAPSHOT_TIMEOUT_MS)
        # Only now: it has no time-out of its own, and a page that has just answered will answer this too.
        for value in page.locator("input[type=password]").evaluate_all(_PASSWORDS):
            learn(value)
    except Error as error:
        missing.append(("accessibility snapshot", first_line(error)))
    return Observation(pictures[0] if pictures else None, snapshot, tuple(missing))
