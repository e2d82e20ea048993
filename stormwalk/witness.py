"""The evidence of one journey: the picture at the end of a step, and what a page looks like when a step fails."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playwright.sync_api import Error, Page

from stormwalk.camera import Camera, first_line
from stormwalk.events import ConsoleWritten
from stormwalk.evidence import Caption, EvidenceKeeper
from stormwalk.ledger import Ledger
from stormwalk.naming import writable
from stormwalk.observations import ConsoleLine, EvidenceKind
from stormwalk.redact import Redactor

_SNAPSHOT_TIMEOUT_MS = 2000
_PASSWORDS = "fields => fields.map(field => field.value).filter(value => value)"
_WORDS = """parts => parts.flatMap(part => [
    part.value, part.getAttribute("aria-label"), ...(part.innerText || "").split("\\n"),
    ...[...part.querySelectorAll("input, textarea")].map(field => field.value),
]).map(words => String(words ?? "").trim()).filter(words => words)"""


@dataclass(frozen=True, slots=True)
class Observation:
    """What could be had of a page: a JPEG, a text, and for each of the two that is missing its name and the reason."""

    picture: bytes | None
    snapshot: str
    missing: tuple[tuple[str, str], ...]


class Witness:
    """Sees to it that there is a picture of every step; where there is none, a line of the console says why."""

    def __init__(self, camera: Camera, keeper: EvidenceKeeper, redactor: Redactor, ledger: Ledger) -> None:
        self._camera = camera
        self._keeper = keeper
        self._redactor = redactor
        self._ledger = ledger

    def photograph(self, page: Page, caption: Caption) -> None:
        """Has the picture of a step taken; the journey goes on meanwhile."""

        def deliver(jpeg: bytes, certain: bool) -> None:
            self._keeper.keep_picture(jpeg, replace(caption, certain=certain))

        self._camera.take(page, deliver, lambda reason: self._lacks(caption, "picture", reason))

    def observe(self, page: Page) -> Observation:
        """Takes what the page shows now. Never raises for what the page does, and never waits for long.

        Snapshots hold the values of fields, those of password fields too: the redactor learns each of these first,
        so that it is hidden wherever it turns up. So it does with what stands in the parts that no picture shows.
        """
        pictures: list[bytes] = []
        missing: list[tuple[str, str]] = []
        self._camera.take_now(
            page, lambda jpeg, _: pictures.append(jpeg), lambda reason: missing.append(("picture", reason))
        )
        snapshot = ""
        try:
            snapshot = page.locator("body").aria_snapshot(timeout=_SNAPSHOT_TIMEOUT_MS)
            # Only now: it has no time-out of its own, and a page that has just answered will answer this too.
            for value in page.locator("input[type=password]").evaluate_all(_PASSWORDS):
                self._redactor.learn(value)
            for mask in self._camera.masks:
                for words in page.locator(mask).evaluate_all(_WORDS):
                    self._redactor.learn(words)
        except Error as error:
            missing.append(("accessibility snapshot", first_line(error)))
        return Observation(pictures[0] if pictures else None, snapshot, tuple(missing))

    def keep(self, seen: Observation, caption: Caption) -> None:
        """Takes into keeping what was seen at the moment of failure."""
        if seen.picture is not None:
            self._keeper.keep_picture(seen.picture, caption)
        if seen.snapshot:
            text = self._redactor.text(writable(seen.snapshot))
            self._keeper.keep_text(text, EvidenceKind.ACCESSIBILITY, caption, ".aria.txt")
        for what, reason in seen.missing:
            self._lacks(caption, what, reason)

    def _lacks(self, caption: Caption, what: str, reason: str) -> None:
        line = ConsoleLine(level="stormwalk", text=f"no {what} of {caption.title}: {reason}")
        self._ledger.write(ConsoleWritten(**self._ledger.now(), step=caption.step, line=line))
