from __future__ import annotations

from dataclasses import dataclass
from statistics import mean
from typing import ClassVar

import pytest

import chaos.faults
from chaos.fault import CallFault, ConditionsFault, Fault, FlowFault, ServerFault, SocketFault, WorldFault
from chaos.faults.http_error import HttpError
from chaos.faults.latency import SHAPES, Latency, spread
from chaos.faults.session_expiry import SessionExpiry
from chaos.faults.wrong_json import CHANGES, change, paths_of
from chaos.parameter import ParameterProblem, duration, parameters_of, share
from chaos.trip import Trip
from chaos.unsupported import unsupported
from stormwalk.storm import Layer, Phase

FAULTS = sorted(Fault.registry.values(), key=lambda one: one.name)
FAMILIES = {CallFault, FlowFault, ConditionsFault, ServerFault, SocketFault, WorldFault}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_every_fault_says_what_it_is(fault: type[Fault]) -> None:
    entry = fault.entry()

    assert entry.about.endswith(".")
    assert entry.layers
    assert entry.name == entry.name.lower()
    assert all(one.about for one in entry.parameters)
    assert sum(issubclass(fault, family) for family in FAMILIES) == 1
    assert fault().written().startswith(fault.name)
    assert not issubclass(fault, CallFault) or fault.phases


def test_there_are_many_and_each_has_a_file_of_its_own() -> None:
    assert len(FAULTS) >= 34
    assert len({one.__module__ for one in FAULTS}) == len(FAULTS)
    assert chaos.faults.__doc__


def test_what_is_not_supported_is_no_fault_and_has_a_reason() -> None:
    assert {one.name for one in unsupported()}.isdisjoint(Fault.registry)
    assert all(one.unsupported for one in unsupported())


def test_two_faults_of_one_name_are_an_error() -> None:
    with pytest.raises(TypeError, match="two faults are called latency"):

        @dataclass(frozen=True, slots=True, kw_only=True)
        class Again(CallFault):
            name: ClassVar[str] = "latency"

            def act(self, trip: Trip, phase: Phase | None) -> None: ...

    assert Fault.registry["latency"] is Latency


def test_parameters_take_units_and_shares() -> None:
    fault = Latency.of({"ms": "2 s", "jitter": "50ms", "tail": "10%"})

    assert (fault.ms, fault.jitter, fault.tail) == (2000, 50, 0.1)
    assert fault.written() == "latency:2000ms,jitter=50ms,tail=0.1"
    assert Latency(ms="1 min").ms == 60_000  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "values",
    [
        {"ms": "x"},
        {"ms": -1},
        {"ms": True},
        {"ms": float("nan")},
        {"tail": 2},
        {"tail": "200%"},
        {"shape": "flat"},
        {"x": 1},
    ],
)
def test_a_wrong_parameter_says_which(values: dict[str, object]) -> None:
    with pytest.raises(ParameterProblem) as raised:
        Latency.of(values)

    assert raised.value.key in values


@pytest.mark.parametrize(
    ("name", "values", "needs"),
    [
        ("throttle", {"down": 0}, "down, up or latency above 0"),
        ("latency", {"ms": 0}, "ms or jitter above 0"),
        ("latency", {"cap": 0}, "a cap above 0"),
        ("slow-cpu", {"rate": 1}, "a rate above 1"),
        ("clock-skew", {"by": 0}, "by above 0"),
        ("packet-loss", {"loss": 0}, "loss above 0"),
        ("flapping", {"fails": 0}, "fails above 0"),
        ("websocket-delay", {"ms": 0}, "ms above 0"),
        ("offline", {"ms": 0}, "ms above 0"),
    ],
)
def test_a_fault_that_does_nothing_is_refused(name: str, values: dict[str, object], needs: str) -> None:
    with pytest.raises(ParameterProblem, match=f"with these parameters it does nothing; expected .*{needs}"):
        Fault.registry[name].of(values)


@pytest.mark.parametrize("status", [199, 600, "503x", 503.5, None, [503]])
def test_no_status_is_no_status(status: object) -> None:
    with pytest.raises(ParameterProblem, match="status: expected a whole number from 200 to 599"):
        HttpError.of({"status": status})


def test_a_call_that_revokes_is_a_method_and_a_path() -> None:
    with pytest.raises(ParameterProblem, match="expected a method and a path"):
        SessionExpiry(revoke="session")


def test_parameters_know_their_defaults() -> None:
    @dataclass(frozen=True)
    class Holder:
        wait: float = duration("1 s", "how long")
        part: float = share(0.5, "how many")

    assert {name: (one.unit, one.default) for name, one in parameters_of(Holder).items()} == {
        "wait": ("ms", "1 s"),
        "part": ("0 to 1", "0.5"),
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_jitter_never_makes_a_delay_negative_or_longer_than_the_cap(shape: str) -> None:
    fault = Latency(ms=100, jitter=200, shape=shape, cap=2000)
    delays = [fault.delay(number / 200, 1) for number in range(201)]

    assert min(delays) >= 0
    assert max(delays) <= 2000
    assert len({round(one) for one in delays}) > 50


def test_a_long_tail_takes_ten_times_as_long() -> None:
    fault = Latency(ms=100, tail=0.1)

    assert (fault.delay(0.5, 0.05), fault.delay(0.5, 0.5)) == (1000, 100)


def test_even_spreads_are_even() -> None:
    assert mean(spread("uniform", number / 1000) for number in range(1001)) == pytest.approx(0, abs=0.01)
    assert mean(spread("normal", number / 1000) for number in range(1001)) == pytest.approx(0, abs=0.01)
    assert spread("pareto", 0.999) > spread("lognormal", 0.5)


@pytest.mark.parametrize("how", CHANGES)
def test_wrong_json_changes_one_field(how: str) -> None:
    whole = {"a": {"b": [1, 2]}, "c": "x"}
    assert paths_of(whole) == [("a",), ("a", "b"), ("a", "b", 0), ("a", "b", 1), ("c",)]

    change(whole, ("a", "b", 1), how)

    assert whole["c"] == "x"
    assert whole["a"] != {"b": [1, 2]}


def test_faults_that_need_chromium_say_so() -> None:
    assert {one.name for one in FAULTS if one.engines == ("chromium",)} == {"throttle", "slow-cpu"}


def test_what_the_api_client_can_be_struck_by() -> None:
    able = {one.name for one in FAULTS if Layer.API in one.layers}

    assert {"latency", "hang", "http", "abort", "lost-reply", "session-expiry", "rate-limit", "wrong-json"} <= able
    assert {"offline", "asset-failure", "reload", "slow-cpu"}.isdisjoint(able)
