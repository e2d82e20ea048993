"""The base classes of faults. A fault does one thing; subclassing one of the families below registers it.

| family            | acts on                                  | realised by                              |
|-------------------|------------------------------------------|------------------------------------------|
| `CallFault`       | one call, by code                        | route, API adapter, page life cycle      |
| `FlowFault`       | the bytes of one call or socket          | the loopback proxy                       |
| `ConditionsFault` | the network of a page                    | CDP, Chromium only                       |
| `SocketFault`     | the messages of a WebSocket              | a WebSocket route                        |
| `WorldFault`      | the browser around the page              | CDP or page life cycle, while it is on   |
| `ServerFault`     | the application's own servers            | a hook that the project offers           |
"""

from __future__ import annotations

import inspect
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from chaos.parameter import ParameterProblem, parameters_of
from chaos.trip import Trip
from stormwalk.storm import FaultEntry, Layer, ParameterEntry, Phase

ANY_ENGINE = ("chromium", "firefox", "webkit")
CHROMIUM = ("chromium",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way in which things go wrong, with its parameters as fields.

    `phases` are those that have a meaning, the default first, none where time of striking is not a question.
    `maskable` says that a good application can hide it from its user. `types` and `party` are what a rule targets
    where it does not say: kinds of resources, and `first` or `third` party. `filters` are the keys of a target, beside
    the address, that can be honoured. `per_call` faults are decided for each call, with probability and limit.
    """

    registry: ClassVar[dict[str, type[Fault]]] = {}

    name: ClassVar[str] = ""
    about: ClassVar[str] = ""
    phases: ClassVar[tuple[Phase, ...]] = ()
    layers: ClassVar[tuple[Layer, ...]] = ()
    engines: ClassVar[tuple[str, ...]] = ANY_ENGINE
    maskable: ClassVar[bool] = False
    types: ClassVar[tuple[str, ...]] = ()
    party: ClassVar[str] = ""
    filters: ClassVar[tuple[str, ...]] = ("method", "type", "party", "actor", "role", "step", "nth")
    per_call: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "name" not in cls.__dict__:
            return  # a family
        # slots=True makes the class a second time, so the later one of the same module replaces the first.
        known = Fault.registry.get(cls.name)
        if known is not None and (known.__module__, known.__name__) != (cls.__module__, cls.__name__):
            raise TypeError(f"two faults are called {cls.name}: {known.__module__} and {cls.__module__}")
        Fault.registry[cls.name] = cls

    def __post_init__(self) -> None:
        for key, parameter in parameters_of(type(self)).items():
            try:
                object.__setattr__(self, key, parameter.read(getattr(self, key)))
            except ValueError as problem:
                raise ParameterProblem(key, str(problem)) from None
        if self.needs:
            raise ParameterProblem("", f"with these parameters it does nothing; expected {self.needs}")

    @property
    def needs(self) -> str:
        """What it must be given so that it does anything at all: a storm that does nothing holds everywhere. Empty
        where it does."""
        return ""

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """The fault with these parameters. Raises ParameterProblem for one that is unknown or makes no sense."""
        known = parameters_of(cls)
        for key in values:
            if key not in known:
                has = f"{cls.name} has: {', '.join(known)}" if known else f"{cls.name} has none"
                raise ParameterProblem(key, f"unknown parameter; {has}")
        return cls(**values)

    @classmethod
    def entry(cls) -> FaultEntry:
        """The fault as catalogues show it."""
        return FaultEntry(
            name=cls.name,
            about=cls.about or inspect.getdoc(cls) or "",
            phases=cls.phases,
            layers=cls.layers,
            engines=cls.engines,
            maskable=cls.maskable,
            parameters=tuple(
                ParameterEntry(name=name, about=one.about, default=one.default, unit=one.unit)
                for name, one in parameters_of(cls).items()
            ),
        )

    def written(self) -> str:
        """The fault in shorthand: its name, its first parameter, and what else differs from the defaults."""
        given = []
        for number, one in enumerate(fields(self)):
            value, unit = getattr(self, one.name), parameters_of(type(self))[one.name].unit
            if number == 0 and value != "":
                given.append(_plain(value, unit))
            elif value != one.default:
                given.append(f"{one.name}={_plain(value, unit)}")
        return f"{self.name}:{','.join(given)}" if given else self.name


def _plain(value: object, unit: str) -> str:
    written = f"{value:g}" if isinstance(value, float) else str(value)
    written += unit if unit in ("ms", "x") else ""
    return json.dumps(written) if not written or any(mark in written for mark in ' ,@"') else written


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFault(Fault, ABC):
    """Strikes one call by code that runs while the call is held."""

    layers: ClassVar[tuple[Layer, ...]] = (Layer.ROUTE, Layer.API)

    @abstractmethod
    def act(self, trip: Trip, phase: Phase | None) -> None:
        """Does it. Raises Spared where there is nothing to do for this call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What the proxy does to one connection. Zero means that it does not happen.

    The answer's body comes in pieces of `chunk_bytes`, one each `chunk_ms`; the connection is cut after `cut_bytes` of
    the body, or `cut_ms` after the answer began, by RST (`reset`) or in good order; `refuse` answers with this status
    instead of connecting.
    """

    chunk_bytes: int = 0
    chunk_ms: float = 0.0
    cut_bytes: int = -1
    cut_ms: float = 0.0
    reset: bool = False
    refuse: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFault(Fault, ABC):
    """Strikes the bytes on the wire, in the loopback proxy. `of_sockets` says that it means WebSockets only."""

    layers: ClassVar[tuple[Layer, ...]] = (Layer.PROXY,)
    filters: ClassVar[tuple[str, ...]] = ("method", "actor", "role", "step", "nth")
    of_sockets: ClassVar[bool] = False

    @abstractmethod
    def flow(self) -> Flow: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The network of a page: bytes a second, -1 for no limit; `latency_ms` is a minimum until the headers come."""

    download: float = -1
    upload: float = -1
    latency_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionsFault(Fault, ABC):
    """Holds for every matching call of a page, in the browser's own network stack."""

    layers: ClassVar[tuple[Layer, ...]] = (Layer.CDP,)
    engines: ClassVar[tuple[str, ...]] = CHROMIUM
    filters: ClassVar[tuple[str, ...]] = ()
    per_call: ClassVar[bool] = False

    @abstractmethod
    def conditions(self) -> Conditions: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What a routed WebSocket does: delays its messages, or closes with a code after some time (-1: never)."""

    delay_ms: float = 0.0
    close_code: int = 0
    close_after_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketFault(Fault, ABC):
    """Strikes a WebSocket through a route, which replaces it in the page; only sockets opened afterwards."""

    layers: ClassVar[tuple[Layer, ...]] = (Layer.ROUTE,)
    filters: ClassVar[tuple[str, ...]] = ("actor", "role", "step", "nth")

    @abstractmethod
    def treatment(self) -> Treatment: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The browser around the page: how many times slower its CPU is, how wrong its clock, how a click repeats."""

    cpu_rate: float = 1.0
    clock_skew_ms: float = 0.0
    second_click_ms: float = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldFault(Fault, ABC):
    """Is on from the beginning of the storm until it is lifted, or during the steps that its rule names."""

    layers: ClassVar[tuple[Layer, ...]] = (Layer.PAGE,)
    filters: ClassVar[tuple[str, ...]] = ("actor", "role", "step")
    per_call: ClassVar[bool] = False

    @abstractmethod
    def world(self) -> World: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFault(Fault, ABC):
    """Is on for everybody who uses the application, from the first step of a walk until the storm is lifted."""

    layers: ClassVar[tuple[Layer, ...]] = (Layer.SERVER,)
    filters: ClassVar[tuple[str, ...]] = ()
    per_call: ClassVar[bool] = False
