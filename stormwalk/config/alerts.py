"""The `[alerts]` table of the project file: who is told of a run, and when. Addresses never stand in it.

A channel has an address that is a secret, since whoever knows it can write there. So the file names the environment
variable that holds it, and what is wrong with a name is said without showing what stood there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field

from stormwalk.alerts.channel import known_channel
from stormwalk.config.tables import Table
from stormwalk.model import RunMode
from stormwalk.redact.patterns import names_a_secret_in_a_query

SECRET_SUFFIX = "_SECRET"
"""What the variable with the key of a signature is called, behind the name of the one with the address."""


# Shorter pieces of an address are words that are met elsewhere, such as the name of a channel.
_LONG = 16


class When(StrEnum):
    """Which runs are told: all, those that are not green, or those whose state is another than the last one's."""

    ALWAYS = "always"
    ON_FAILURE = "on-failure"
    ON_CHANGE = "on-change"


def _variable(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", value):
        # Not shown: it may be the very address, put where only its variable's name belongs.
        raise ValueError('expected the name of an environment variable that holds the address, such as "SHOP_CHAT"')
    return value


def _link(value: str) -> str:
    """An address that a message may point to; `{run}` in it is the id of the run."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        good = False
    if not good or re.search(r"[\s<>\"]", value) or re.search(r"[{}]", value.replace("{run}", "")):
        raise ValueError(
            'expected an address such as "https://ci.example.com/{run}/report.html", where {run} is the run'
        )
    return value


Variable = Annotated[str, AfterValidator(_variable)]
Link = Annotated[str, AfterValidator(_link)]
Addresses = dict[Annotated[str, AfterValidator(known_channel)], Variable]


class AlertsTable(Table):
    """Who is told: `normal` of runs in fair weather, `chaos` of runs of storms; each line a channel and a variable.

    `report_url` and `dashboard_url` are where messages point to, with `{run}` for the id of the run.
    """

    when: When = When.ON_CHANGE
    normal: Addresses = Field(default_factory=dict)
    chaos: Addresses = Field(default_factory=dict)
    report_url: Link | None = None
    dashboard_url: Link | None = None

    def addresses(self, mode: RunMode) -> Mapping[str, str]:
        """The variable with the address, by the name of the channel."""
        return self.chaos if mode is RunMode.CHAOS else self.normal

    def secrets(self, environ: Mapping[str, str]) -> Iterator[str]:
        """Everything in these variables that must not be seen, in as far as they are set."""
        for variable in (*self.normal.values(), *self.chaos.values()):
            yield from secret_parts(environ.get(variable, ""))
            yield environ.get(variable + SECRET_SUFFIX, "")


def secret_parts(addresses: str) -> Iterator[str]:
    """Each address, and whatever of it is worth something alone: a password, a key in its query, a long path."""
    for address in addresses.split():
        yield address
        try:
            parts = urlsplit(address)
            pairs, password = parse_qsl(parts.query), parts.password or ""
        except ValueError:
            continue
        yield from (value for name, value in pairs if names_a_secret_in_a_query(name) or len(value) >= _LONG)
        yield password
        # Slack, Discord and others keep their token in the path, and Apprise some of them where a host would be.
        yield from (
            piece for piece in (*parts.path.split("/"), parts.netloc) if len(piece) >= _LONG and "." not in piece
        )
