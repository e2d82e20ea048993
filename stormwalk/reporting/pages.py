"""How a page of a report is made of the templates: what they may call, and what keeps foreign text harmless.

Everything is escaped by Jinja. The pages are single files that load nothing but pictures: their policy names the
digest of our own script, so that not even markup that got through would run.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stormwalk.model import EvidenceKind, FlowStatus, Run, Status
from stormwalk.reporting import access_facts, facts, words

_FLOW_KEYS = {FlowStatus.PASSED: "passed", FlowStatus.PARTIAL_FAILURE: "partial", FlowStatus.FAILED: "failed"}


def page(template: str, run: Run, **more: Any) -> str:
    """The template filled with the run and what else it needs, as a whole page."""
    environment = _environment()
    style, script = _source("page.css") + (_source("access.css") if run.access else ""), _source("page.js")
    return environment.get_template(template).render(
        run=run,
        troubles=facts.troubles(run),
        flow_key=_FLOW_KEYS[run.flow_status] if run.finished_at else "running",
        style=Markup(style),
        script=Markup(script),
        # The first script sets the theme before anything is drawn.
        policy=_policy(_source("theme.js"), script),
        theme=Markup(_source("theme.js")),
        **more,
    )


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
        block=words.block,
        duration=words.duration,
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
        kinds=EvidenceKind,
        Status=Status,
    )
    return environment


def status_key(status: Status | None) -> str:
    """The name of a status in style sheet and glyphs."""
    return "running" if status is None else status.value


def local_url(url: str, base_url: str) -> str:
    """The address as the user thinks of it: without the host where that is the application's own."""
    base = base_url.rstrip("/")
    local = url.removeprefix(base) if base and url.startswith((base + "/", base + "?")) else url
    return words.shorten(local, 200)
