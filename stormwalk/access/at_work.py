"""The access check and the rounds of a run, made with the workbench of whichever process comes to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from stormwalk.access.closing import expect_readable
from stormwalk.access.expand import matrix_of
from stormwalk.access.items import Checks, Shared, checked_once
from stormwalk.access.rounds import Guide, Rounds, objects_for_pages
from stormwalk.errors import StormwalkError, UsageError
from stormwalk.workbench import Workbench


def checks_of_run(bench: Workbench) -> Checks:
    """The access check of this run; made once, in whichever process comes first."""
    matrix = matrix_of(bench.project)
    if matrix is None:
        raise UsageError(f"{bench.project.file} has no [access]: there is nothing to check")
    expect_readable(matrix, bench.project)
    run_id = bench.ticket.run_id
    folder = bench.settings.root / "reports" / run_id
    shared = Shared(store=bench.store, run_id=run_id, folder=folder, worker=bench.worker)
    try:
        return checked_once(bench.project, matrix, bench.ticket.base_url, bench.redactor, shared)
    except StormwalkError as error:
        bench.complain(error)  # an error of the run, whatever else passes or fails in it
        raise


@contextmanager
def rounds_of_run(bench: Workbench, checks: Checks) -> Iterator[Rounds]:
    """Walks of every role through the pages of the matrix."""
    matrix, base_url = matrix_of(bench.project), bench.ticket.base_url
    if matrix is None:
        raise UsageError(f"{bench.project.file} has no [access]: there are no pages to look at")
    with objects_for_pages(bench.project, matrix, base_url, bench.redactor) as objects:
        yield Rounds(
            Guide(
                matrix=matrix,
                base_url=base_url,
                checks=checks,
                objects=objects,
                emit=bench.append,
                stamp=bench.stamp,
                journey=bench.recorder.nodeid if bench.recorder else "",
            )
        )
