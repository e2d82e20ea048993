"""The table of safety: which hosts may be called, stormed and written to."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from stormwalk.config.tables import Table, below
from stormwalk.config.values import Host

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SafetyTable(Table):
    """Hosts that may be called by the API client, stormed and probed; to those of `allow_writes` probes may write.

    With `only_allowed_hosts`, Chromium finds no other host either, whatever the pages ask for.
    """

    allowed_hosts: tuple[Host, ...] = Field(default=LOOPBACK, min_length=1)
    allow_writes: tuple[Host, ...] = ()
    only_allowed_hosts: bool = Field(default=False, strict=True)

    @model_validator(mode="after")
    def _writes_where_it_may_call(self) -> Self:
        for one in self.allow_writes:
            if one not in self.allowed_hosts:
                raise below(("allow_writes",), f'expected hosts of allowed_hosts only, got "{one}"')
        return self

    @property
    def switches(self) -> tuple[str, ...]:
        """The switches of Chromium that keep it to these hosts."""
        if not self.only_allowed_hosts:
            return ()
        exceptions = "".join(f", EXCLUDE {one}" for one in self.allowed_hosts)
        return (f"--host-resolver-rules=MAP * ~NOTFOUND{exceptions}",)

    def allows(self, url: str) -> bool:
        """Whether the host of this address is one of them."""
        return (urlsplit(url).hostname or "") in self.allowed_hosts
