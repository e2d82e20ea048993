"""The base class of the channels. A new channel is one new file in `channels/`: its class registers itself."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from stormwalk.alerts import channels as channels_folder
from stormwalk.alerts.alert import Alert
from stormwalk.errors import AlertError


class NotDelivered(Exception):
    """A message did not arrive; `why` is one line without any address.

    `later` says that it may well be taken later; else it will not, until somebody changes something. `wait_s` is how
    long the other side wants to be left alone, None where it did not say. `doubt` says that it may have arrived all the
    same, so that another try may be a repeat.
    """

    def __init__(self, why: str, *, later: bool, wait_s: float | None = None, doubt: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.later = later
        self.wait_s = wait_s
        self.doubt = doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a channel gets to deliver. The address is in none of it: it is resolved when the letter is sent.

    `id` is the same at every try, `payload` what the channel has made of the alert.
    """

    id: str
    channel: str
    variable: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a letter goes: an address and, where the channel signs, the key for it. Neither is ever shown."""

    variable: str
    address: str = field(repr=False)
    key: str = field(default="", repr=False)


class Channel(ABC):
    """One way to tell people. `about` says what its variable holds."""

    registry: ClassVar[dict[str, type[Channel]]] = {}

    name: ClassVar[str]
    about: ClassVar[str]

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name in Channel.registry:
            raise TypeError(f"two alert channels are called {cls.name!r}")
        Channel.registry[cls.name] = cls

    @abstractmethod
    def render(self, alert: Alert) -> str:
        """The payload, which is what the outbox keeps."""

    def payloads(self, alert: Alert, destination: Destination) -> list[str]:
        """One for each letter that the alert makes: several where each has its own way to go, and its own failures."""
        return [self.render(alert)]

    @abstractmethod
    def check(self, destination: Destination) -> None:
        """Raises AlertError, one line that shows nothing of the address, where this is no address for the channel."""

    @abstractmethod
    def deliver(self, letter: Letter, destination: Destination) -> None:
        """Delivers a letter, to an address that `check` has passed. Raises NotDelivered."""

    def space(self, destination: Destination) -> str:
        """What takes at most one message a second: channels know rooms that several addresses lead to."""
        return destination.address


def channels() -> dict[str, type[Channel]]:
    """Every channel of the folder, by name."""
    for module in pkgutil.iter_modules(channels_folder.__path__, f"{channels_folder.__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(Channel.registry.items()))


def known_channel(name: str) -> str:
    """The name, if it is one. Raises ValueError with those that there are."""
    known = channels()
    if name not in known:
        raise ValueError(f"expected one of: {', '.join(known)}")
    return name


def destination_of(variable: str, environ: Mapping[str, str], key_variable: str) -> Destination:
    """What the environment has under this name. Raises AlertError where there is nothing."""
    address = environ.get(variable, "").strip()
    if not address:
        raise AlertError(f"the environment variable {variable} is not set, so nobody is told; export it, and try again")
    return Destination(variable=variable, address=address, key=environ.get(key_variable, ""))
