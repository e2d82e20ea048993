"""The report for people: one page that reads without a network and, but for its conveniences, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stormwalk.model import Journey, Run, Status, Step
from stormwalk.observations import Call
from stormwalk.reporting import facts, storm_facts
from stormwalk.reporting.access_page import access_page, lead_of
from stormwalk.reporting.album import Album
from stormwalk.reporting.chaos_page import experiment_cards, room_beside
from stormwalk.reporting.console import roles_line
from stormwalk.reporting.formats import Report
from stormwalk.reporting.pages import page
from stormwalk.reporting.trend_chart import pass_rates
from stormwalk.reporting.words import count, duration

# A page must stay one that a browser opens at once; report.json has everything.
CARDS = 40
CALLS_OF_STEP = 12
STEPS_WITH_ALL_CALLS = 1_000
OPEN_STEPS = 400
STEPS_WITH_FILMS = 2_000
TIMELINE_STEPS = 40


class HtmlReport(Report):
    embeds = True
    name = "html"
    filename = "report.html"
    about = "a page to read and to mail: failures first, then each journey with its pictures"

    def render(self, run: Run, album: Album) -> str:
        calls = list(facts.all_calls(run))
        return page(
            "report.html",
            run,
            album=album,
            trend=pass_rates(self.earlier, run.id),
            single=self.single,
            lead=lead(run),
            apis=facts.apis(run),
            roles=facts.role_validation(run),
            roles_line=roles_line(run),
            totals=run.totals,
            endpoints=facts.endpoints(filter(facts.is_api, calls)),
            addresses=facts.endpoints(call for call in calls if not facts.is_api(call)),
            shown_calls=_shown_calls(run),
            is_open=_is_open(run),
            bare=_bare(run),
            cards=CARDS,
            access_page=access_page(run.access) if run.access else None,
            timeline_steps=TIMELINE_STEPS,
            **_storms(run),
        )


def _storms(run: Run) -> dict[str, Any]:
    """What the page says of the storms of a run: the experiments with their walks, as many as there is room for."""
    if not run.is_storm:
        return {"experiments": []}
    judgement = storm_facts.judgement_of(run)
    cards = experiment_cards(run, judgement) if judgement else []
    room, left_out = room_beside(cards), sum(card.made - len(card.walks) for card in cards)
    numbers, told = facts.numbered(run), {key for one in cards for key in one.experiment.keys}
    rest = [(numbers[walk.key], walk) for walk in run.storm_walks if walk.key not in told]
    return {
        "experiments": cards,
        "judgement": judgement,
        "storm_status": storm_facts.status_words(judgement) if judgement else "",
        "storm_why": storm_facts.why_words(judgement) if judgement else [],
        "unjudged": rest[:room],
        "walks_left_out": left_out + len(rest[room:]),
    }


def lead(run: Run) -> str:
    """The run in one sentence, and its access check in another."""
    return " ".join([_lead_of_journeys(run), *([lead_of(run.access)] if run.access else [])])


def _lead_of_journeys(run: Run) -> str:
    if not run.fair_weather:
        return "No journey was walked in fair weather." if run.journeys else "No journey was recorded."
    totals = run.totals
    figures = [(totals.failed, "failed"), (totals.errors, "could not be tested"), (totals.skipped, "not reached")]
    rest = [f"{number:,} {word}" for number, word in figures if number]
    where = count(len(run.fair_weather), "journey") + (" in fair weather" if run.is_storm else "")
    whole = f"{totals.passed:,} of {count(totals.total, 'step')} passed in {where}"
    took = f" It took {duration((run.finished_at - run.started_at) * 1000)}." if run.finished_at else ""
    return f"{whole}{'; ' if rest else ''}{', '.join(rest)}.{took}"


def _shown_calls(run: Run) -> Callable[[Step], list[Call]]:
    """The calls of a step that its row lists: bad ones first, then the API, and in a large run only the bad."""
    all_of_them = sum(1 for _ in run.steps) <= STEPS_WITH_ALL_CALLS

    def shown(step: Step) -> list[Call]:
        bad = facts.suspects(step.calls)
        rest = [call for call in step.calls if call not in bad] if all_of_them else []
        return (bad + sorted(rest, key=lambda call: not facts.is_api(call)))[:CALLS_OF_STEP]

    return shown


def _is_open(run: Run) -> set[str]:
    """The keys of the journeys that are unfolded at once: all of a small run, else the red ones.

    Of the controls of a run of storms the first of each journey is enough: they were walked to be compared.
    """
    small = sum(1 for _ in run.steps) <= OPEN_STEPS
    first = {journey.full_title: journey.key for journey in reversed(run.fair_weather)} if run.is_storm else {}
    shown = {
        journey.key
        for journey in run.fair_weather
        if small and first.get(journey.full_title, journey.key) == journey.key
    }
    return shown | {journey.key for journey in run.fair_weather if _is_red(journey)}


def _bare(run: Run) -> Callable[[Journey], bool]:
    """Whether a journey goes without its film: in a large run those in order, whose steps link their pictures."""
    large = sum(1 for _ in run.steps) > STEPS_WITH_FILMS
    return lambda journey: large and not _is_red(journey)


def _is_red(journey: Journey) -> bool:
    return journey.status not in (Status.PASSED, Status.SKIPPED)
