"""Whether Stormwalk tells the truth: every entry of the catalogue, defects and decoys of all kinds, one at a time.

An entry is judged rightly when its own finding is reported and nothing that it does not name; a decoy, when nothing
is reported at all. Each entry runs only what shows it: a functional defect one journey in fair weather, an access
entry the whole access check (or the walk through the pages), a resilience entry one journey under one shipped fault.
Two entries run at a time. The figure is the share of entries that were judged rightly; precision and recall follow.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.result import Result
from chaos.judging.fair import family_of
from chaos.plan import STANDARD, plans_for
from chaos.shorthand import read_rule
from demo_app.defects import CATALOGUE, Defect, DefectKind
from stormwalk.model import Run, Status
from stormwalk.reading import read_run
from stormwalk.store import Store
from tests.access.shops import check, findings, started
from tests.demo_app.shop import running_shop
from tests.test_defects_are_found import FOUND

TARGET = 0.95
# At least 15 of them.
TARGET_OF_STANDARD = 0.5
PROJECT = Path("projects/demo.toml")
_LONGEST_S = 4 * 3_600
_HOOK = "hook:"
# What only a walk through the pages can show.
_SEEN_IN_PAGES = ("shown-but-denied", "page-opens PAGE /orders")
_NOTHING = "http:503 @ GET /api/products*"


@dataclass(frozen=True, slots=True)
class Told:
    """What was reported, as `RULE PLACE SUBJECT`, and why it could not be tried where that is so."""

    findings: tuple[str, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry with what was told of it: whether its own finding is there, and what nobody should have reported."""

    entry: Defect
    told: Told
    found: bool
    false_alarms: tuple[str, ...]
    seconds: float

    @property
    def right(self) -> bool:
        return not self.told.trouble and not self.false_alarms and (self.entry.decoy or self.found)


def try_entry(entry: Defect, folder: Path) -> Answer:
    """Switches the entry on alone and runs what shows it."""
    began = time.monotonic()
    try:
        told = _TRIES[entry.kind](entry, folder)
    except (OSError, subprocess.SubprocessError, AssertionError) as problem:
        told = Told((), f"{type(problem).__name__}: {problem}"[:300])
    named = [one for one in told.findings if any(_is(one, spec) for spec in entry.findings)]
    alarms = tuple(one for one in told.findings if one not in named)
    own = bool(entry.findings) and any(_is(one, entry.findings[0]) for one in told.findings)
    if entry.kind is DefectKind.FUNCTIONAL and not entry.decoy:
        own, alarms = bool(told.findings), ()
    return Answer(entry, told, own, alarms, time.monotonic() - began)


def _is(finding: str, spec: str) -> bool:
    """Whether a finding is the one that the catalogue names: a place or subject that it leaves out may be any."""
    return finding == spec or finding.startswith(f"{spec} ")


def _functional(entry: Defect, folder: Path) -> Told:
    known = next(one for one in FOUND if one.defect == entry.name)
    run = walked(folder, [f"journeys/test_{known.journey}.py"], defects=entry.name)
    red = [step for step in run.steps if step.status is Status.FAILED]
    return Told(tuple(step.name for step in red if step.name == known.step), _errors(run))


def _access(entry: Defect, folder: Path) -> Told:
    if entry.findings and entry.findings[0].startswith(_SEEN_IN_PAGES):
        run = walked(folder, ["journeys/test_role_access.py", "-k", "test_pages"], defects=entry.name)
        found = run.access.findings if run.access else ()
    else:
        # As a shop that Stormwalk has started itself: of another one it has no key with which to sign an old token.
        with started(entry.name) as (shop, _):
            found = findings(check(shop.url))
    return Told(tuple(name for one in found for name in _names(one.rule, one.places, one.subject)))


def _names(rule: str, places: Sequence[str], subject: str) -> list[str]:
    """One name for a finding, by its first place; a rule of many places is named by all of them."""
    endpoints = dict.fromkeys(place.rpartition(" as ")[0] for place in places)
    return [f"{rule} {endpoint} {subject}".rstrip() for endpoint in list(endpoints)[:1]]


def try_standard(entry: Defect, folder: Path) -> Answer:
    """Switches the entry on alone and walks its journey once under each plan of `standard` that has its fault.

    What one plan of a set shows the set shows; the others of the set could only add to it.
    """
    began = time.monotonic()
    try:
        plans = [word for plan in _of_standard(entry) for word in ("--chaos-plan", plan)]
        told = _stormed(entry, folder, [*plans, "--chaos-repeats", "1"]) if plans else Told(())
    except (OSError, subprocess.SubprocessError, AssertionError) as problem:
        told = Told((), f"{type(problem).__name__}: {problem}"[:300])
    own = any(_is(one, entry.findings[0]) for one in told.findings)
    return Answer(entry, told, own, (), time.monotonic() - began)


def _of_standard(entry: Defect) -> list[str]:
    """The plans of `standard` with a fault of the entry, or at least with one of the same family."""
    wanted = {read_rule(one).fault.name for one in entry.shown_by if not one.startswith(_HOOK)}
    faults = {plan.name: {rule.fault.name for rule in plan.rules} for plan in plans_for(STANDARD)}
    same = [name for name, found in faults.items() if found & wanted]
    families = {family_of(frozenset({one})) for one in wanted}
    alike = [name for name, found in faults.items() if families & {family_of(frozenset({one})) for one in found}]
    return same or alike


def _resilience(entry: Defect, folder: Path) -> Told:
    return _stormed(entry, folder, ["--chaos-plan", entry.shown_by[0] if entry.shown_by else _NOTHING])


def _stormed(entry: Defect, folder: Path, storm: list[str]) -> Told:
    journey = f"journeys/test_{entry.journey or 'shopper'}.py"
    options = [*storm, "--chaos-controls", "1", "--chaos-seed", "bench"]
    # On a slow machine an order is shipped before its page can ask for the stream of its status.
    slowly = ("--order-step-ms", "1500") if any("/events" in one for one in entry.shown_by) else ()
    hooks = ("--fault-hooks",) if any(one.startswith(_HOOK) for one in entry.shown_by) else ()
    run = walked(folder, [journey, *options], defects=entry.name, shop_options=(*slowly, *hooks))
    judgement = run.storm.judgement if run.storm else None
    if judgement is None:
        return Told((), "the storm was not judged")
    unsure = "; ".join(f"{one.plan}: {one.reason}" for one in judgement.inconclusive)
    return Told(tuple(f"{one.sign} {one.call or one.step}" for one in judgement.findings), unsure)


_TRIES = {DefectKind.FUNCTIONAL: _functional, DefectKind.ACCESS: _access, DefectKind.RESILIENCE: _resilience}


def walked(folder: Path, arguments: list[str], *, defects: str, shop_options: Sequence[str] = ()) -> Run:
    """The run of a pytest of its own against a shop of its own."""
    with running_shop("--defects", defects, *shop_options) as (shop, _):
        options = [f"--rootdir={folder}", f"--project={PROJECT}", f"--store={folder / 'runs.db'}"]
        command = [sys.executable, "-m", "pytest", *arguments, *options, f"--base-url={shop.url}"]
        ours = ("PYTEST_", "STORMWALK_STORE", "DEMO_APP_")
        environ = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=_LONGEST_S)
    (folder / "console.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    with Store.open(folder / "runs.db") as store:
        newest = store.latest_run()
        assert newest is not None, done.stdout[-500:]
        return read_run(store, newest)


def _errors(run: Run) -> str:
    return "; ".join(step.reason for step in run.steps if step.status is Status.ERROR)[:300]


def _line(answer: Answer) -> str:
    word = "right" if answer.right else "WRONG"
    kind = f"{answer.entry.kind}{' decoy' if answer.entry.decoy else ''}"
    more = f"  trouble: {answer.told.trouble}" if answer.told.trouble else ""
    more += f"  false alarms: {'; '.join(answer.false_alarms)}" if answer.false_alarms else ""
    more += "" if answer.found or answer.entry.decoy else f"  not found: {answer.entry.findings[:1]}"
    return f"{word}  {answer.entry.name} ({kind}) in {answer.seconds:.0f} s{more}"


def _result(answers: Sequence[Answer], seconds: float) -> Result:
    defects = [one for one in answers if not one.entry.decoy]
    found = sum(one.found for one in defects)
    alarms = sum(len(one.false_alarms) for one in answers)
    return Result(
        bench="detection",
        figure=sum(one.right for one in answers) / len(answers),
        unit="share of entries judged rightly",
        target=TARGET,
        runs=len(answers),
        spread=(min(int(one.right) for one in answers), max(int(one.right) for one in answers)),
        further={
            "precision": found / (found + alarms) if found + alarms else 1.0,
            "recall": found / len(defects) if defects else 1.0,
            "defects": len(defects),
            "decoys": len(answers) - len(defects),
            "false_alarms": alarms,
            "seconds": seconds,
        },
    )


def _result_of_standard(answers: Sequence[Answer], seconds: float) -> Result:
    found = [one.found for one in answers]
    return Result(
        bench="detection --standard",
        figure=sum(found) / len(found),
        unit="share of resilience defects that the set `standard` shows",
        target=TARGET_OF_STANDARD,
        runs=len(found),
        spread=(min(map(int, found)), max(map(int, found))),
        further={"found": sum(found), "seconds": seconds},
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.detection", description=__doc__)
    parser.add_argument("--kind", choices=[kind.value for kind in DefectKind], help="only entries of one kind")
    parser.add_argument("--only", metavar="REGEX", default="", help="only entries whose name has this")
    parser.add_argument("--workers", type=int, default=2, help="entries at a time (2)")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep what the walks leave in this folder")
    parser.add_argument("--standard", action="store_true", help="which resilience defects `--chaos` alone shows")
    asked = parser.parse_args()
    print(__doc__)
    try_one, result_of = (try_standard, _result_of_standard) if asked.standard else (try_entry, _result)
    chosen = [one for one in CATALOGUE if asked.kind in (None, one.kind.value) and re.search(asked.only, one.name)]
    if asked.standard:
        chosen = [one for one in chosen if one.kind is DefectKind.RESILIENCE and not one.decoy]
    began, answers = time.monotonic(), []
    with TemporaryDirectory(prefix="stormwalk-bench-") as scratch, ThreadPoolExecutor(asked.workers) as pool:
        home = (asked.keep or Path(scratch)).resolve()
        folders = [home / one.name for one in chosen]
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        for answer in pool.map(try_one, chosen, folders):
            answers.append(answer)
            print(_line(answer), flush=True)
    result = result_of(answers, time.monotonic() - began)
    print(result.line())
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main())
