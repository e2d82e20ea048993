"""The pictures of a run on one page beside them, so that `screenshots/<run>/` can be mailed alone."""

from __future__ import annotations

from stormwalk.model import Run, Step
from stormwalk.reporting.album import Album
from stormwalk.reporting.formats import Home, Report
from stormwalk.reporting.pages import page


class GalleryReport(Report):
    name = "gallery"
    filename = "index.html"
    about = "the pictures of the run, failures first"
    home = Home.SCREENSHOTS

    def render(self, run: Run, album: Album) -> str:
        return page("gallery.html", run, album=album, pictured=_pictured, pictures=len(_pictured(tuple(run.steps))))


def _pictured(steps: tuple[Step, ...]) -> list[Step]:
    return [step for step in steps if step.picture]
