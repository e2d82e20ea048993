"""The shop as the access check meets it: with the signing key that the project knows, and with defects switched on."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from demo_app.catalogue.entry import Defect
from stormwalk.access.check import AccessCheck, Checked, Wanted
from stormwalk.access.conclude import findings_of
from stormwalk.access.expand import matrix_of
from stormwalk.access.matrix import Matrix
from stormwalk.access.results import AccessFinding, Verdict
from stormwalk.config import Project, load_project
from stormwalk.events import Event
from tests.demo_app.shop import ROOT, Shop, running_shop

KEY = "the-key-of-a-shop-that-lives-as-long-as-a-test"
PROJECT_FILE = ROOT / "projects" / "demo.toml"


def project(base_url: str | None = None) -> Project:
    return load_project(PROJECT_FILE, {"DEMO_APP_SIGNING_KEY": KEY}, base_url=base_url)


def matrix() -> Matrix:
    found = matrix_of(project())
    assert found is not None
    return found


@contextmanager
def started(*names: str) -> Iterator[tuple[Shop, subprocess.Popen[str]]]:
    """A shop with these defects and decoys. Its orders wait to be shipped until a slow check has cancelled them."""
    options = ("--defects", ",".join(names)) if names else ()
    with running_shop("--order-step-ms", "30000", *options, DEMO_APP_SIGNING_KEY=KEY) as running:
        yield running


def check(url: str, events: list[Event] | None = None, wanted: Wanted = lambda task: True) -> Checked:
    """The check of the shop; its events are put at the end of `events`."""
    kept: list[Event] = [] if events is None else events

    def keep(happened: Sequence[Event]) -> None:
        kept.extend(happened)

    return AccessCheck(project(), matrix(), url, emit=keep, wanted=wanted).run()


def findings(checked: Checked) -> tuple[AccessFinding, ...]:
    return findings_of([one.breach for one in checked.breaches])


def names(entry: str, finding: AccessFinding) -> bool:
    """Whether an entry of the catalogue, `RULE`, `RULE ENDPOINT` or `RULE ENDPOINT SUBJECT`, names a finding."""
    rule, _, rest = entry.partition(" ")
    if rule != finding.rule:
        return False
    places = {place.rpartition(" as ")[0] for place in finding.places}
    with_subject = {f"{place} {finding.subject}" for place in places}
    return not rest or {rest} in (places, with_subject)


def unnamed(found: Sequence[AccessFinding], defects: Sequence[Defect]) -> list[str]:
    """The findings that no entry of these defects names: false alarms."""
    entries = [entry for defect in defects for entry in defect.findings]
    return [f"{one.title} ({one.id}): {one.proof}" for one in found if not any(names(entry, one) for entry in entries)]


def not_good(checked: Checked) -> list[str]:
    """The cells that are not as they should be."""
    return [f"{one.place}: {one.verdict}, {one.reason}" for one in checked.cells if not one.verdict.is_good]


def verdicts(checked: Checked) -> dict[str, Verdict]:
    return {one.place: one.verdict for one in checked.cells}
