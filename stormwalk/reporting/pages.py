"""How a page of a report is made of the templates: what they may call, and what keeps foreign text harmless.

Everything is escaped by Jinja. The pages are single files that load nothing but pictures: their policy names the
digest of our own script, so that not even markup that got through would run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from stormwalk.model import FlowStatus, Journey, Run, Status, Step
from stormwalk.observations import Evidence, EvidenceKind
from stormwalk.reporting import access_facts, facts, gate_words, storm_facts, words
from stormwalk.reporting.again import command_again
from stormwalk.reporting.failed_beside import failed_beside

_FLOW_KEYS = {FlowStatus.PASSED: "passed", FlowStatus.PARTIAL_FAILURE: "partial", FlowStatus.FAILED: "failed"}


def page(template: str, run: Run, *, single: bool = False, **more: Any) -> str:
    """The template filled with the run and what else it needs, as a whole page; a `single` one links no other file."""
    environment = _environment()
    style, script = "".join(map(_source, _styles(run))), _source("page.js")
    return environment.get_template(template).render(
        run=run,
        troubles=facts.troubles(run),
        single=single,
        report_page="report-single.html" if single else "report.html",
        chaos_page="chaos-single.html" if single else "chaos.html",
        flow_key=_flow_key(run),
        flow_word="Not checked" if run.only_storms else run.flow_status.value,
        style=Markup(style),
        script=Markup(script),
        # The first script sets the theme before anything is drawn.
        policy=_policy(_source("theme.js"), script),
        theme=Markup(_source("theme.js")),
        **more,
    )


def _styles(run: Run) -> Iterator[str]:
    yield "page.css"
    # The matrices of a storm are drawn as that of an access check is.
    if run.access or run.is_storm:
        yield "access.css"
    if run.is_storm:
        yield "storm.css"
    yield "print.css"


def _flow_key(run: Run) -> str:
    if run.only_storms:
        return "skipped"
    return _FLOW_KEYS[run.flow_status] if run.finished_at else "running"


def _policy(*scripts: str) -> Markup:
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return Markup(f"default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; script-src {allowed}")


def _source(name: str) -> str:
    loader = _environment().loader
    assert loader is not None
    return loader.get_source(_environment(), name)[0]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("stormwalk.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        short=words.shorten,
        path=breakable,
        block=words.block,
        duration=words.duration,
        points=words.points,
        moment=words.moment,
        iso=words.iso,
        percent=access_facts.percent,
    )
    environment.tests["refused"] = facts.is_refused
    environment.globals.update(
        count=words.count,
        status_key=status_key,
        status_word=words.status_word,
        local_url=local_url,
        answer=facts.answer,
        outcome=facts.outcome,
        suspects=facts.suspects,
        severity_key=access_facts.severity_key,
        shown_pictures=shown_pictures,
        struck=storm_facts.struck,
        weather=storm_facts.weather,
        command_again=command_again,
        failed_beside=failed_beside,
        gate_verdict=gate_words.verdict_of,
        gate_notes=gate_words.notes_of,
        rule_name=gate_words.name_of,
        rule_status=gate_words.status_of,
        kinds=EvidenceKind,
        Status=Status,
    )
    return environment


def breakable(path: str, limit: int) -> Markup:
    """A path that breaks after a slash but its first, and not within a word."""
    head, slash, rest = words.shorten(path, limit).partition("/")
    return escape(head + slash) + Markup("/<wbr>").join(rest.split("/"))


def shown_pictures(step: Step, journey: Journey) -> tuple[Evidence | None, ...]:
    """The pictures of a step that a page shows: the one that tells most, and under a storm each moment."""
    return step.pictures if journey.storm and len(step.pictures) > 1 else (step.picture,)


def status_key(status: Status | None) -> str:
    """The name of a status in style sheet and glyphs."""
    return "running" if status is None else status.value


def local_url(url: str, base_url: str) -> str:
    """The address as the user thinks of it: without the host where that is the application's own."""
    base = base_url.rstrip("/")
    local = url.removeprefix(base) if base and url.startswith((base + "/", base + "?")) else url
    return words.shorten(local, 200)
