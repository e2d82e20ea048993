"""Keeps the evidence of steps: pictures with a strip that names what is seen, thumbnails, accessibility snapshots.

The work with Pillow and the disk is done by a thread of its own, so that a journey never waits for it.
"""

from __future__ import annotations

import io
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from stormwalk.errors import EvidenceError
from stormwalk.model import Status
from stormwalk.naming import slug
from stormwalk.observations import Evidence, EvidenceKind, Moment

STRIP_HEIGHT = 34
THUMBNAIL_WIDTH = 320
_QUALITY = 72
# More than this many pictures waiting means that the disk is far too slow; then the journey waits, and memory is safe.
_QUEUE_LENGTH = 64
_NICENESS = 10
_SUFFIXES = {
    Moment.FAILURE: "-failure",
    Moment.BEFORE_FAULT: "-before-fault",
    Moment.WORST: "-worst",
    Moment.RECOVERED: "-recovered",
}
# Violet stands for what we did, in pictures as in reports; red is for what the application did.
_STORM_COLOUR = "#6236c9"
_STRIP_COLOURS = {Status.PASSED: "#17744a", Status.FAILED: "#bf242a", Status.ERROR: "#754600", None: "#46505e"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What the strip of a picture says. `at` is UTC in seconds since the epoch.

    `note` is what was done to the application when the picture was taken, in a few words (`lost-reply on POST
    /api/orders, 1.2 s ago`). It has a band of its own, and so has the moment of a picture that only a storm takes.
    """

    journey: str
    step: int
    name: str
    status: Status | None
    moment: Moment
    at: float
    url: str
    certain: bool = True
    note: str = ""

    @property
    def title(self) -> str:
        return f"{self.step:02} {self.name}" if self.step else self.name

    @property
    def stem(self) -> str:
        """The name of the file without folder and suffix."""
        return f"{self.step:02}-{slug(self.name)}{_SUFFIXES.get(self.moment, '')}"

    @property
    def done_to_it(self) -> bool:
        """Whether the picture has a band that says what was done."""
        return bool(self.note.strip()) or self.moment.of_storm

    @property
    def band_height(self) -> int:
        """How much higher than what was photographed the picture is, in pixels."""
        return STRIP_HEIGHT * (1 + self.done_to_it)

    @property
    def where(self) -> str:
        at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(self.at))
        doubt = "" if self.certain else " · taken as the next step began"
        return f"{at} · {self.url}{doubt}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one piece of evidence; `thumbnail` is a JPEG, empty where there is no picture."""

    journey: str
    step: int
    evidence: Evidence
    thumbnail: bytes


OnKept = Callable[[Kept], None]
OnError = Callable[[Exception], None]


class EvidenceKeeper:
    """Writes evidence below `root / "screenshots" / run_id`. `on_kept` and `on_error` are called in its thread."""

    def __init__(
        self, root: Path, run_id: str, on_kept: OnKept, on_error: OnError, *, width: int = THUMBNAIL_WIDTH
    ) -> None:
        self._width = width
        self._root = root
        self._folder = Path("screenshots") / run_id
        self._on_kept = on_kept
        self._on_error = on_error
        self._queue: queue.Queue[Callable[[], Kept] | None] = queue.Queue(_QUEUE_LENGTH)
        self._thread = threading.Thread(target=self._work, name="stormwalk-evidence", daemon=True)
        self._thread.start()

    def keep_picture(self, jpeg: bytes, caption: Caption) -> None:
        """Takes a picture into keeping; returns at once."""
        self._queue.put(lambda: self._picture(jpeg, caption))

    def keep_text(self, text: str, kind: EvidenceKind, caption: Caption, suffix: str) -> None:
        """Takes a text into keeping (an accessibility snapshot); returns at once."""
        self._queue.put(lambda: self._text(text, kind, caption, suffix))

    def flush(self) -> None:
        """Waits until everything taken so far is kept."""
        self._queue.join()

    def close(self) -> None:
        """Finishes what is waiting and ends the thread."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        _step_back()
        while (job := self._queue.get()) is not None:
            try:
                self._on_kept(job())
            except OSError as error:
                advice = "free some space or choose another folder; the run goes on without this picture"
                self._on_error(EvidenceError(f"evidence could not be kept ({error}): {advice}"))
            except Exception as error:  # the thread must outlive whatever one picture does to it
                self._on_error(error)
            finally:
                self._queue.task_done()
        self._queue.task_done()

    def _picture(self, jpeg: bytes, caption: Caption) -> Kept:
        path = self._folder / caption.journey / f"{caption.stem}.jpg"
        with Image.open(io.BytesIO(jpeg)) as picture:
            size = picture.size
        thumbnail = make_thumbnail(jpeg, self._width)
        self._write(path, with_strip(jpeg, caption))
        self._write(path.parent / "thumbnails" / path.name, thumbnail)
        evidence = self._evidence(path, EvidenceKind.PICTURE, caption, (size[0], size[1] + caption.band_height))
        return Kept(caption.journey, caption.step, evidence, thumbnail)

    def _text(self, text: str, kind: EvidenceKind, caption: Caption, suffix: str) -> Kept:
        path = self._folder / caption.journey / f"{caption.stem}{suffix}"
        self._write(path, text.encode())
        return Kept(caption.journey, caption.step, self._evidence(path, kind, caption), b"")

    def _evidence(self, path: Path, kind: EvidenceKind, caption: Caption, size: tuple[int, int] = (0, 0)) -> Evidence:
        return Evidence(
            id=f"{caption.journey}/{path.name}",
            kind=kind,
            moment=caption.moment,
            path=path.as_posix(),
            taken_at=caption.at,
            width=size[0],
            height=size[1],
            certain=caption.certain,
        )

    def _write(self, path: Path, content: bytes) -> None:
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def make_thumbnail(jpeg: bytes, width: int = THUMBNAIL_WIDTH) -> bytes:
    """A JPEG of `width` pixels. A quarter-size decode, which JPEG has built in, does most of the work."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        height = max(1, round(picture.height * width / picture.width))
        picture.draft("RGB", (width, height))
        return _jpeg(picture.convert("RGB").resize((width, height), Image.Resampling.BILINEAR))


def with_strip(jpeg: bytes, caption: Caption) -> bytes:
    """The picture with bands below it, never over it: what was done to the application, then step, time and URL."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        sheet = Image.new("RGB", (picture.width, picture.height + caption.band_height), "#161a20")
        sheet.paste(picture.convert("RGB"), (0, 0))
    draw = ImageDraw.Draw(sheet)
    if caption.done_to_it:
        _draw_storm(draw, caption, sheet.width, sheet.height - caption.band_height)
    top = sheet.height - STRIP_HEIGHT
    draw.rectangle((0, top, 8, sheet.height), fill=_STRIP_COLOURS.get(caption.status, "#46505e"))
    middle = top + STRIP_HEIGHT // 2
    title = _fitting(draw, caption.title, sheet.width // 2)
    draw.text((18, middle), title, font=_font(), fill="#ffffff", anchor="lm")
    left = 18 + int(draw.textlength(title, font=_font())) + 24
    where = _fitting(draw, caption.where, sheet.width - left - 10)
    draw.text((left, middle), where, font=_font(), fill="#b3bcc8", anchor="lm")
    return _jpeg(sheet)


def _draw_storm(draw: ImageDraw.ImageDraw, caption: Caption, width: int, top: int) -> None:
    """A band with a bolt, what was done, and at its right end the moment."""
    middle = top + STRIP_HEIGHT // 2
    draw.rectangle((0, top, width, top + STRIP_HEIGHT - 1), fill=_STORM_COLOUR)
    bolt = ((15, -9), (8, 2), (13, 2), (11, 9), (19, -3), (14, -3))
    draw.polygon([(x, middle + y) for x, y in bolt], fill="#ffffff")
    right, note = width - 12, caption.note.strip()
    if caption.moment.of_storm and note:
        moment = _fitting(draw, caption.moment.value, width // 3)
        draw.text((right, middle), moment, font=_font(), fill="#ddd0ff", anchor="rm")
        right -= int(draw.textlength(moment, font=_font())) + 24
    said = _fitting(draw, note or caption.moment.value, right - 28)
    draw.text((28, middle), said, font=_font(), fill="#ffffff", anchor="lm")


def _fitting(draw: ImageDraw.ImageDraw, text: str, width: int) -> str:
    """The text, shortened with an ellipsis until it is at most `width` pixels wide."""
    text = " ".join(text.split())[:400]
    if draw.textlength(text, font=_font()) <= width:
        return text
    while text and draw.textlength(text + "…", font=_font()) > width:
        text = text[: len(text) * 9 // 10]
    return text + "…"


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def _step_back() -> None:
    """Lets browser and journey go first where they want the processor too; on Linux a thread has a niceness."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=15)
