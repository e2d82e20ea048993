"""The chaos report: what the storms of a run showed, on a page of its own beside the report of the journeys."""

from __future__ import annotations

from stormwalk.model import Run
from stormwalk.reporting import storm_facts
from stormwalk.reporting.album import Album
from stormwalk.reporting.chaos_page import chaos_page
from stormwalk.reporting.formats import Report
from stormwalk.reporting.pages import page
from stormwalk.reporting.storm_charts import RUNGS
from stormwalk.reporting.trend_chart import resilience


class ChaosReport(Report):
    embeds = True
    name = "chaos"
    filename = "chaos.html"
    about = "what a run of storms showed: verdict, findings with their pictures, recovery; only where there was one"

    @classmethod
    def wanted(cls, run: Run) -> bool:
        return run.is_storm

    def render(self, run: Run, album: Album) -> str:
        judgement = storm_facts.judgement_of(run)
        told = chaos_page(run, judgement, album) if judgement else None
        faults = run.storm.faults if run.storm else ()
        return page(
            "chaos.html",
            run,
            album=album,
            trend=resilience(self.earlier, run.id),
            single=self.single,
            chaos=told,
            about_fault={one.name: one.about for one in faults},
            gating=storm_facts.gating(judgement) if judgement else frozenset(),
            rungs=RUNGS,
            verdict_words=storm_facts.VERDICTS,
        )
