"""The pictures of a run on one page beside them, so that `screenshots/<run>/` can be mailed alone."""

from __future__ import annotations

from stormwalk.model import Run, Step
from stormwalk.reporting import storm_facts
from stormwalk.reporting.album import Album
from stormwalk.reporting.formats import Home, Report
from stormwalk.reporting.pages import page, shown_pictures
from stormwalk.reporting.storm_facts import Sighting


class GalleryReport(Report):
    name = "gallery"
    filename = "index.html"
    about = "the pictures of the run, failures first"
    home = Home.SCREENSHOTS

    def render(self, run: Run, album: Album) -> str:
        steps = [(journey, step) for journey in run.journeys for step in journey.steps]
        pictures = sum(1 for journey, step in steps for one in shown_pictures(step, journey) if one)
        return page("gallery.html", run, album=album, pictured=_pictured, pictures=pictures, worst=_worst(run))


def _pictured(steps: tuple[Step, ...]) -> list[Step]:
    return [step for step in steps if step.picture]


def _worst(run: Run) -> list[Sighting]:
    """What the findings of a storm show, worst first, each picture once."""
    judgement, seen = storm_facts.judgement_of(run), storm_facts.sightings(run)
    ids = dict.fromkeys(one.after for one in storm_facts.worst_first(judgement.findings)) if judgement else {}
    return [seen[one] for one in ids if one in seen and seen[one].step]
