"""No host but the application is ever contacted: a real browser's own net log says so."""

from __future__ import annotations

import ipaddress
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from stormwalk.browser import Browser, find_browser, launch_options
from stormwalk.errors import BrowserNotFound

# A form, because that is what browsers like to ask their makers about.
PAGE = b"<title>Sign in</title><form><input name=user><input type=password name=word></form>"
WATCHED_MS = 4000


class _OnePage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def application() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _OnePage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def contacted_hosts(log: Path) -> set[str]:
    """Every name that the browser looked up, and every address that it opened a connection to."""
    net_log = json.loads(log.read_text(encoding="utf-8"))
    kinds = {number: name for name, number in net_log["constants"]["logEventTypes"].items()}
    contacted = set()
    for event in net_log["events"]:
        details = event.get("params") or {}
        match kinds[event["type"]]:
            case "HOST_RESOLVER_MANAGER_JOB" if "host" in details:
                contacted.add(urlsplit(details["host"]).netloc or details["host"])
            # UDP is left out: Chromium "connects" such a socket to see whether there is IPv6, and sends nothing.
            case "TCP_CONNECT_ATTEMPT" if "address" in details:
                contacted.add(details["address"])
    return contacted


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(urlsplit(f"//{host}").hostname or "").is_loopback
    except ValueError:
        return False


def browse(browser: Browser, url: str, log: Path) -> None:
    options = launch_options(browser, headed=False, sandbox=False)
    options["args"].append(f"--log-net-log={log}")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(**options)
        page = launched.new_page()
        page.goto(url)
        page.wait_for_timeout(WATCHED_MS)
        launched.close()


@pytest.mark.parametrize("full", [False, True], ids=["headless", "full browser"])
def test_only_the_application_is_contacted(application: str, tmp_path: Path, full: bool) -> None:
    try:
        browser = find_browser(headed=full)
    except BrowserNotFound:
        pytest.skip("no full browser on this machine; make headed installs one")
    browse(browser, application, tmp_path / "net.json")

    contacted = contacted_hosts(tmp_path / "net.json")

    assert urlsplit(application).netloc in contacted
    assert {host for host in contacted if not is_loopback(host)} == set()
    assert not [host for host in contacted if host.endswith(":9")]
