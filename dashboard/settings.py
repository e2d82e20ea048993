"""What a dashboard was asked to be."""

from __future__ import annotations

import ipaddress
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from stormwalk.errors import UsageError

TOKEN_VARIABLE = "STORMWALK_DASHBOARD_TOKEN"
"""The environment variable with the token of a dashboard that more than this machine can reach."""

SHORTEST_TOKEN = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`root` is the folder that holds `screenshots/`; `token` is empty where none is asked for.

    `names` are host names that a request may call the dashboard by, beside addresses and `localhost`. At most `viewers`
    pages hold a stream at once, each of which takes one of the server's `threads`; the others ask again and again.
    `run` is the run that `/` shows; None shows the newest.
    """

    store_url: str
    root: Path = field(default_factory=Path.cwd)
    host: str = "127.0.0.1"
    port: int = 0
    run: str | None = None
    token: str = field(default="", repr=False)
    names: tuple[str, ...] = ()
    viewers: int = 32
    threads: int = 48


def token_for(host: str) -> str:
    """The token that a dashboard at this address asks for: none on loopback, else the one of the environment, or a new
    one. Raises UsageError for one that can be guessed."""
    given = os.environ.get(TOKEN_VARIABLE, "")
    if given and len(given) < SHORTEST_TOKEN:
        raise UsageError(f"The token in {TOKEN_VARIABLE} is short: give it at least {SHORTEST_TOKEN} characters.")
    return given or ("" if is_loopback(host) else secrets.token_urlsafe(24))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches that address. A name other than `localhost` is not believed."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
