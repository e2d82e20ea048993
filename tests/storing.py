"""Events to store, and the child processes that the tests of the store append with (and kill)."""

from __future__ import annotations

from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from stormwalk.events import (
    CallFinished,
    Event,
    JourneyFinished,
    JourneyStarted,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
)
from stormwalk.model import Environment, RunMode, Status
from stormwalk.observations import Call, CallSource
from stormwalk.store import Store

_PATIENCE = 20.0
"""Seconds that a child waits for the others: were one of them to fail, the rest should fail too, not wait for ever."""


def run_started(at: float = 1.0, project: str = "shop") -> RunStarted:
    return RunStarted(
        at=at, project=project, mode=RunMode.NORMAL, base_url="http://127.0.0.1", environment=Environment(commit="abc")
    )


def call(url: str = "/api/products") -> Call:
    return Call(
        method="GET", url=url, template=url, source=CallSource.API, resource_type="fetch", started_at=1.0, status=200
    )


def step(index: int, journey: str = "buy", worker: str = "main", status: Status = Status.PASSED) -> list[Event]:
    name = f"Step {index}"
    return [
        StepStarted(at=1.0, worker=worker, journey=journey, index=index, name=name),
        CallFinished(at=1.0, worker=worker, journey=journey, step=index, call=call()),
        StepFinished(
            at=2.0, worker=worker, journey=journey, index=index, name=name, status=status, duration_ms=10.0 * index
        ),
    ]


def journey(
    key: str = "buy", nodeid: str = "test_buy", steps: int = 2, status: Status = Status.PASSED, at: float = 1.0
) -> list[Event]:
    """A journey that ended, with all its steps."""
    walked = [event for index in range(1, steps + 1) for event in step(index, key)]
    return [
        JourneyStarted(at=at, journey=key, nodeid=nodeid, title="Buy"),
        *walked,
        JourneyFinished(at=at + 2, journey=key, status=status, duration_ms=2000.0),
    ]


def whole_run(at: float = 1.0, project: str = "shop", status: Status = Status.PASSED) -> list[Event]:
    return [run_started(at, project), *journey(status=status), RunFinished(at=at + 2, exit_code=0)]


def append_steps(url: str, worker: str, steps: int, gate: Barrier) -> None:
    """What a child process does: append steps of its own journey to the common run."""
    with Store.open(url) as store:
        gate.wait(_PATIENCE)
        for index in range(1, steps + 1):
            store.append("run", step(index, journey=worker, worker=worker))


def open_together(url: str, gate: Barrier) -> None:
    gate.wait(_PATIENCE)
    Store.open(url).close()


def append_until_killed(url: str, run_id: str, acknowledged: Connection) -> None:
    """Append steps, and tell the index of each once `append` has returned; 0 is told before the store is opened."""
    acknowledged.send(0)
    store = Store.open(url)
    store.append(run_id, [run_started()])
    for index in range(1, 1_000_000):
        store.append(run_id, step(index))
        acknowledged.send(index)
