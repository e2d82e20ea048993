from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field

MAX_BODY_BYTES = 64 * 1024
MEMORY = ":memory:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopConfig:
    """All that can be set when the shop is made."""

    database: str = MEMORY
    defects: frozenset[str] = frozenset()
    token_minutes: float = 15.0
    refresh_days: float = 7.0
    order_step_ms: int = 400
    call_timeout_ms: int = 8000
    fault_hooks: bool = False
    signing_key: str = field(default_factory=lambda: os.environ.get("DEMO_APP_SIGNING_KEY") or secrets.token_hex(32))
