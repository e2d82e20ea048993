"""`python -m stormwalk access replay ID` shows a finding again; `accept ID` takes it into the baseline."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from stormwalk.access.alone import application, probe
from stormwalk.access.baseline import accept
from stormwalk.access.check import chosen
from stormwalk.access.check_command import add_place, place_of
from stormwalk.access.conclude import findings_of
from stormwalk.access.expand import matrix_of
from stormwalk.access.matrix import Matrix
from stormwalk.access.results import Access, AccessFinding
from stormwalk.config import load_project
from stormwalk.errors import UsageError
from stormwalk.reading import read_run
from stormwalk.reporting.command import open_store
from stormwalk.reporting.words import block, no_command, shorten
from stormwalk.store import Store

GONE, THERE, COULD_NOT_TEST = 0, 1, 2


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both verbs to the command line."""
    replay = verbs.add_parser(
        "replay",
        help="show a finding again",
        description="Make the probes of a finding again: sign in, and show whether the application still does it.",
        epilog="Exit codes: 1 it is still there, 0 it is gone, 2 it could not be tried.",
    )
    taken = verbs.add_parser(
        "accept",
        help="take a finding into the baseline, so that it does not alarm again",
        description="Write a finding with its places into the baseline file that the project names.",
    )
    for parser, handle in ((replay, handle_replay), (taken, handle_accept)):
        parser.add_argument("finding", metavar="ID", help="id of the finding, or its beginning")
        parser.add_argument("--run", metavar="RUN", help="the run that found it (default: the latest that did)")
        add_place(parser)
        parser.set_defaults(handle=handle)
    taken.add_argument("--because", metavar="TEXT", default="", help="why it is accepted, for those who read the file")


def handle_replay(options: argparse.Namespace) -> int:
    """Show the finding again. Raises StormwalkError for what cannot be done."""
    known = find(options)
    if known.journey:
        return _walked_again(options, known)
    with (
        tempfile.TemporaryDirectory(prefix="stormwalk-") as folder,
        application(place_of(options), Path(folder) / "application.log") as running,
    ):
        _expect_forbidden_still(known, running.matrix)
        endpoints = {place.rpartition(" as ")[0] for place in known.places}
        checked = probe(running, chosen(endpoints, (known.rule, *_ALSO.get(known.rule, ()))))
        base_url = running.base_url
    found = findings_of([one.breach for one in checked.breaches], base_url=base_url)
    again = next((one for one in found if one.id == known.id), None)
    if again is None:
        for remark in checked.remarks:
            print(no_command(f"note: {shorten(remark, 300)}"))
        print(_titled("gone", known))
        if checked.remarks or any(not one.verdict.is_good for one in checked.cells):
            print("Not everything could be tried, so that this proves little.")
            return COULD_NOT_TEST
        return GONE
    _show(again)
    return THERE


def _walked_again(options: argparse.Namespace, known: AccessFinding) -> int:
    """What only a walk through the pages shows is shown by the journey that found it, and that may find more."""
    with tempfile.TemporaryDirectory(prefix="stormwalk-") as folder:
        store = Path(folder) / "store.db"
        arguments = [known.journey, "--project", str(options.project.resolve())]
        arguments += ["--base-url", options.base_url] if options.base_url else []
        print(f"the pages show it: {shlex.join(['pytest', *arguments])}", flush=True)
        command = [sys.executable, "-m", "pytest", *arguments, "--store", str(store), "-q"]
        code = subprocess.run(command, cwd=options.root).returncode
        access = _access_in(store)
    again = next((one for one in access.findings if one.id == known.id), None) if access else None
    if again is not None:
        _show(again)
        return THERE
    if access is None or code not in (GONE, THERE) or not all(_was_seen(access, place) for place in known.places):
        print("It could not be tried to its end, so that nothing is known; the reason stands above.")
        return COULD_NOT_TEST
    print(_titled("gone", known))
    return GONE


def _access_in(path: Path) -> Access | None:
    """The access check of the latest run of a store; None where there was none."""
    if not path.exists():
        return None
    with Store.open(str(path)) as store:
        runs = store.runs()
        return read_run(store, runs[0].id).access if runs else None


def _was_seen(access: Access, place: str) -> bool:
    """Whether the role of a place walked through the pages, and its cell was judged."""
    endpoint, _, role = place.rpartition(" as ")
    cell = access.cell(endpoint, role)
    walked = any(one.role == role for one in access.controls)
    return walked and cell is not None and cell.verdict.is_good


def _expect_forbidden_still(known: AccessFinding, matrix: Matrix) -> None:
    """Raises UsageError where the matrix no longer says that what was found is wrong: then nothing would be tried."""
    for place in known.places:
        name, _, role = place.rpartition(" as ")
        endpoint = matrix.endpoint(name)
        if endpoint is None and not name.startswith("PAGE "):
            raise UsageError(f"{name} is no longer in the matrix, so that {known.id} cannot be tried again")
        if endpoint is not None and known.rule in _NOT_LET_IN and endpoint.expected[role].lets_in:
            raise UsageError(f"the matrix now lets {role} in at {name}, so that {known.id} is no finding any more")


# Findings into which another rule's breaches are taken, see `conclude.one_cause`.
_NOT_LET_IN = ("over-permission", "missing-authentication")
_ALSO = {"missing-authentication": ("over-permission",)}


def handle_accept(options: argparse.Namespace) -> int:
    """Write the finding into the baseline. Raises StormwalkError for what cannot be done."""
    finding = find(options)
    project = load_project(options.project)
    matrix = matrix_of(project)
    if matrix is None or matrix.baseline is None:
        raise UsageError(f'{project.file} names no baseline; say where it lies: access.baseline = "baseline.json"')
    accept(matrix.baseline, finding, options.because)
    print(f"{_titled('accepted', finding)}\n{matrix.baseline}")
    return 0


def find(options: argparse.Namespace) -> AccessFinding:
    """The finding that is meant, in the run that is named or in the latest that has it. Raises UsageError."""
    if not options.finding.strip():
        raise UsageError("an id is expected, such as over-permission-3f9ac04d; the report names them")
    with open_store(place_of(options).store_url) as store:
        runs = [one for one in store.runs() if not one.pruned and options.run in (None, one.id)]
        if not runs:
            raise UsageError(f"there is no run {options.run or 'at all'}; see: python -m stormwalk report --list")
        for run in runs:
            access = read_run(store, run.id).access
            found = [one for one in access.findings if one.id.startswith(options.finding)] if access else []
            if len(found) > 1:
                raise UsageError(f"{options.finding!r} is the beginning of {len(found)} findings; write more of it")
            if found:
                return found[0]
    raise UsageError(f"no run has a finding {options.finding!r}; the report names the ids")


def _titled(word: str, finding: AccessFinding) -> str:
    return no_command(f"{word}: {shorten(finding.title)}")


def _show(finding: AccessFinding) -> None:
    print(_titled("still there", finding))
    for place in finding.places:
        print(no_command(f"  {shorten(place, 200)}"))
    print(no_command(f"proof: {shorten(finding.proof, 400)}"))
    for excerpt in finding.excerpts:
        said = f"{block(excerpt.request, 1500)}\n\n{excerpt.status} to {shorten(excerpt.actor, 80)}"
        print(no_command(f"\n{said}\n{block(excerpt.answer, 1500)}"))
