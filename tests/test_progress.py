"""The lines that a terminal shows while a run goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stormwalk.control import ControlKind, ControlRequest
from stormwalk.events import ControlTaken, Event, JourneyFinished, JourneyStarted, NoteTaken, StepFinished
from stormwalk.model import NoteLevel, Status
from stormwalk.progress import Progress
from stormwalk.reporting.console import PLAIN
from stormwalk.store import Store
from tests.storing import run_started


class Watched:
    """A run that is being followed, and the lines that it gave."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.url = str(folder / "store.db")
        self.lines: list[str] = []
        self.store = Store.open(self.url)
        self.store.append("run", [run_started()])
        self.progress = Progress(self.url, "run", workers=workers, style=PLAIN, write=self.lines.append)

    def happens(self, *events: Event) -> None:
        self.store.append("run", events)

    def done(self) -> list[str]:
        self.progress.close()
        self.store.close()
        return self.lines


Watch = Callable[[int], Watched]


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return lambda workers: Watched(tmp_path, workers)


def begins(key: str = "buys", expected: tuple[str, ...] = ()) -> JourneyStarted:
    return JourneyStarted(at=1.0, journey=key, nodeid=key, title=key.capitalize(), expected_steps=expected)


def step(
    index: int, key: str = "buys", status: Status = Status.PASSED, worker: str = "main", reason: str = ""
) -> Event:
    return StepFinished(
        at=2.0,
        journey=key,
        worker=worker,
        index=index,
        name=f"Step {index}",
        status=status,
        duration_ms=80.0,
        reason=reason,
    )


def ends(key: str = "buys") -> Event:
    return JourneyFinished(at=3.0, journey=key, status=Status.PASSED, duration_ms=100.0)


def test_one_worker_names_the_journey_once(watch: Watch) -> None:
    watched = watch(1)
    watched.happens(begins(), step(1), step(2, status=Status.FAILED, reason="sold out"), ends())

    assert watched.done() == ["Buys", "  ✓ step 1 of ? Step 1  80 ms", "  ✗ step 2 of ? Step 2  80 ms  sold out"]


def test_expected_steps_are_counted(watch: Watch) -> None:
    watched = watch(1)
    watched.happens(begins(expected=("Step 1", "Step 2", "Step 3")), step(1))

    assert watched.done()[1].split()[:2] == ["✓", "1/3"]


def test_several_workers_say_whose_line_it_is(watch: Watch) -> None:
    watched = watch(2)
    watched.happens(begins("buys"), begins("sells"), step(1, "sells", worker="gw1"), step(1, "buys", worker="gw0"))
    lines = watched.done()

    assert [line.split("✓")[0].strip() for line in lines] == ["[gw1] Sells:", "[gw0] Buys:"]


def test_lines_come_while_the_run_goes_on_and_none_twice(watch: Watch) -> None:
    watched = watch(1)
    watched.happens(begins(), step(1))
    deadline = time.monotonic() + 10
    while len(watched.lines) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    early = len(watched.lines)
    watched.happens(step(2))

    assert early == 2
    assert len(watched.done()) == 3


def test_what_happened_last_is_shown_at_the_end(watch: Watch) -> None:
    watched = watch(1)
    watched.happens(*[step(number) for number in range(1, 200)])

    assert len(watched.done()) == 199


def test_notes_are_shown(watch: Watch) -> None:
    watched = watch(1)
    watched.happens(NoteTaken(at=1.0, level=NoteLevel.WARNING, message="no sandbox"))

    assert watched.done() == ["warning: no sandbox"]


def test_what_is_asked_by_hand_is_shown_once_for_all_workers(watch: Watch) -> None:
    watched = watch(2)
    asked = ControlRequest(kind=ControlKind.RULE_OFF, at=1.0, by="sam", rule="http @ /api/**", id=4)
    watched.happens(*(ControlTaken(at=1.0, worker=worker, request=asked) for worker in ("gw0", "gw1")))

    assert watched.done() == ["warning: sam asked to switch off http @ /api/**"]


def test_a_store_that_breaks_ends_the_progress_and_nothing_else(watch: Watch, tmp_path: Path) -> None:
    watched = watch(1)
    watched.store.close()
    for file in tmp_path.glob("store.db*"):
        file.write_bytes(b"not a database" * 1000)

    assert watched.done() == []
