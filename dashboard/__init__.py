"""The dashboard: a run as it happens, and every run before it, from the store alone.

Imports `stormwalk` only. It reads the store and the evidence folders and writes nothing but control requests, so it can
start before, during and after a run, and no run depends on it.

    store ──► Follower (one thread a run) ──► RunState ──► page (server-rendered) ── stream (what changed since an id)
"""

from __future__ import annotations
