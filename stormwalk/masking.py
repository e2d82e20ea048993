"""Paints over the parts of a picture that a project names: their places are measured, and the picture is kept only if
they were the same before and after it was taken.

Nothing is put into the page, which would change what is tested. A match in a frame hides the whole frame.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw
from playwright.sync_api import Frame, Page

COLOUR = "#3a424d"
_MEASURE_SECONDS = 1.5
# What JPEG lets a letter leave of itself in the pixels beside it.
_MARGIN = 4
_QUALITY = 85
# Each match, and whatever of its content stands out of it.
_MEASURE = """matches => {
    const boxes = [];
    for (const match of matches) {
        const content = document.createRange();
        content.selectNodeContents(match);
        for (const one of [match.getBoundingClientRect(), ...[...content.getClientRects()].slice(0, 400)])
            if (one.width && one.height) boxes.push([one.x, one.y, one.width, one.height]);
    }
    return [innerWidth, boxes];
}"""
_FRAME = "element => { const one = element.getBoundingClientRect(); return [one.x, one.y, one.width, one.height] }"


class MaskFailed(Exception):
    """It is not known where the masks belong, so that there may be no picture; the text says why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where what is to be masked stands, in CSS pixels of a window of this width: x, y, width, height of each box."""

    width: float = 0.0
    boxes: tuple[tuple[float, float, float, float], ...] = ()


async def measure(page: Page, masks: Sequence[str]) -> Layout:
    """Where the masks belong now. Raises MaskFailed where the page does not say."""
    try:
        return await asyncio.wait_for(_measure(page, masks), _MEASURE_SECONDS)
    except TimeoutError:
        raise MaskFailed("the page did not say in time where its masked parts are") from None


async def _measure(page: Page, masks: Sequence[str]) -> Layout:
    width, boxes = 0.0, []
    for frame in page.frames:
        found = await asyncio.gather(*(_matches(frame, mask) for mask in masks))
        here = [box for _, some in found for box in some]
        if frame.parent_frame is None:
            width = max([width, *(one for one, _ in found)])
            boxes += here
        elif here:
            boxes.append(await _place_of(frame))
    return Layout(width, tuple((float(x), float(y), float(w), float(h)) for x, y, w, h in boxes))


async def _matches(frame: Frame, mask: str) -> tuple[float, list[list[float]]]:
    # The asynchronous half of `frame.eval_on_selector_all`: the journey must not wait for it.
    found = await frame._impl_obj.eval_on_selector_all(mask, expression=_MEASURE, arg=None)
    return found[0], found[1]


async def _place_of(frame: Frame) -> list[float]:
    """Where a frame stands in the window: its outermost one, if there are frames around it."""
    outermost = frame
    while outermost.parent_frame is not None and outermost.parent_frame.parent_frame is not None:
        outermost = outermost.parent_frame
    element = await outermost._impl_obj.frame_element()
    place: list[float] = await element.evaluate(expression=_FRAME, arg=None)
    return place


def expect_still(before: Layout, after: Layout) -> None:
    """Raises MaskFailed where something moved meanwhile, so that nobody knows where it is in the picture."""
    if before != after:
        raise MaskFailed("what is to be masked moved while the picture was taken")


def paint_over(jpeg: bytes, layout: Layout) -> bytes:
    """The picture with every box painted over; the same bytes where there is none."""
    if not layout.boxes:
        return jpeg
    with Image.open(io.BytesIO(jpeg)) as opened:
        picture = opened.convert("RGB")
    draw, scale = ImageDraw.Draw(picture), picture.width / layout.width
    for x, y, width, height in layout.boxes:
        left, top = (x - _MARGIN) * scale, (y - _MARGIN) * scale
        draw.rectangle((left, top, left + (width + 2 * _MARGIN) * scale, top + (height + 2 * _MARGIN) * scale), COLOUR)
    painted = io.BytesIO()
    picture.save(painted, "JPEG", quality=_QUALITY)
    return painted.getvalue()
