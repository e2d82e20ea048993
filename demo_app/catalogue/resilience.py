"""How the shop can bear up badly: what front ends and their APIs get wrong when calls are slow, fail or get lost.

In fair weather none of them shows. Each has two names in its finding: a sign of trouble, and the call that fails.
"""

from __future__ import annotations

from demo_app.catalogue.resilience_reads import READS, TRIES
from demo_app.catalogue.resilience_sessions import SESSIONS
from demo_app.catalogue.resilience_writes import WRITES

RESILIENCE = (*WRITES, *READS, *TRIES, *SESSIONS)
