"""A journey through the dashboard, walked by Stormwalk: somebody watches a storm of the shop from before it begins.

`tests/dashboard/test_watching.py` walks it; STORE and ROOT are where the watched run leaves its store and pictures.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stormwalk.fixtures import Walker
from tests.dashboard.serving import served
from tests.dashboard.watch_page import WatchPage
from tests.demo_app.shop import ROOT as CHECKOUT

STEP = "Look into the basket"
STORM = ["-k", "hasty", "--chaos-plan", "latency"]


@pytest.mark.browser_context_args(viewport={"width": 1280, "height": 900})
def test_watching(visitor: Walker) -> None:
    """Somebody watches a storm from before it begins until after its end.

    What must not happen: a step that is missing, or there twice, after the server was away.
    """
    store, root, port = os.environ["WATCHED_STORE"], Path(os.environ["WATCHED_ROOT"]), os.environ["WATCHED_PORT"]
    page = WatchPage(visitor.page)
    page.visit()
    with running_storm(store) as storm:
        page.watch_it_begin()
        page.watch_turn_green(STEP)
        page.open_lightbox(STEP)
        page.close_lightbox()
        page.see_storm("latency")
        os.kill(int(os.environ["WATCHED_PID"]), signal.SIGTERM)
        page.notice_loss()
        with served(store, root, "--port", port):
            page.come_back()
            page.switch_off("latency:500ms")
            page.watch_end()
            storm.wait(timeout=60)
            page.expect_same_after_reload()


@contextmanager
def running_storm(store: str) -> Iterator[subprocess.Popen[bytes]]:
    """A storm of the shop, which is stopped at the end if it has not ended."""
    command = [sys.executable, "chaos_runner.py", "--store", store, *STORM]
    storm = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield storm
    finally:
        storm.terminate()
        storm.wait(timeout=60)
