"""`python -m dashboard`: serves the dashboard of a store until it is told to end."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from waitress.server import BaseWSGIServer, create_server  # type: ignore[import-untyped]

from dashboard.app import create_app
from dashboard.house import house
from dashboard.settings import TOKEN_VARIABLE, Settings, is_loopback, token_for
from stormwalk.dashboards import announced
from stormwalk.errors import StormwalkError, UsageError
from stormwalk.store import DEFAULT_URL, Store

STORE_VARIABLE = "STORMWALK_STORE"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until Ctrl-C or SIGTERM; 2 where that cannot be done, with a line that says what to do."""
    options = _parser().parse_args(arguments)
    try:
        return serve(_settings(options))
    except StormwalkError as error:
        print(f"dashboard: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dashboard", description="Shows runs as they happen, and afterwards."
    )
    parser.add_argument(
        "--store", metavar="URL", help=f"path or URL of the store (default ROOT/{DEFAULT_URL}, or ${STORE_VARIABLE})"
    )
    parser.add_argument("--root", metavar="DIR", type=Path, default=Path(), help="folder of reports/ and screenshots/")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at; any but loopback asks for a token")
    parser.add_argument("--port", type=int, default=0, help="port to listen at (default: a free one)")
    parser.add_argument("--run", metavar="ID", help="the run to show first (default: the newest)")
    parser.add_argument(
        "--allow-host", metavar="NAME", action="append", default=[], help="a host name that browsers may call it by"
    )
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    if not 0 <= options.port <= 65535:
        raise UsageError(f"{options.port} is no port: take one from 1 to 65535, or leave it out for a free one.")
    given = options.store or os.environ.get(STORE_VARIABLE)
    return Settings(
        store_url=given or str(options.root / DEFAULT_URL),
        root=options.root.resolve(),
        host=options.host,
        port=options.port,
        run=options.run,
        token=token_for(options.host),
        names=tuple(options.allow_host),
    )


def serve(settings: Settings) -> int:
    """Serves until a signal; prints the address once it can be opened."""
    logging.basicConfig(level=logging.WARNING, format="dashboard: %(message)s")
    # A burst of requests waits for a thread a moment; that needs no line each.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    with Store.open(settings.store_url) as store:
        app = create_app(settings, store)
        server = _server(app, settings)

        def end(_number: int, _frame: FrameType | None) -> None:
            # First, or the server would wait for the threads of all streams.
            house(app).followers.end()
            raise SystemExit(0)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        print(f"Dashboard: {_address(settings, server)}", flush=True)
        _say_token(settings)
        with suppress(SystemExit), announced(settings.root, settings.store_url, _address(settings, server)):
            server.run()
        server.close()
    return 0


def _server(app: object, settings: Settings) -> BaseWSGIServer:
    try:
        return create_server(
            app,
            host=settings.host.strip("[]"),
            port=settings.port,
            threads=settings.threads,
            ident=None,
            # A stream must leave at once, whatever its length, and its thread must hear when nobody listens any more.
            send_bytes=1,
            channel_request_lookahead=1,
            connection_limit=200,
            max_request_header_size=32 * 1024,
            max_request_body_size=64 * 1024,
            clear_untrusted_proxy_headers=True,
        )
    except (OSError, ValueError) as error:
        where = f"{settings.host}:{settings.port}"
        raise UsageError(
            f"The dashboard cannot listen at {where} ({error}): choose another --host or --port."
        ) from error


def _address(settings: Settings, server: BaseWSGIServer) -> str:
    name = f"[{settings.host.strip('[]')}]" if ":" in settings.host else settings.host
    return f"http://{name}:{server.effective_port}/"


def _say_token(settings: Settings) -> None:
    if not settings.token:
        return
    if os.environ.get(TOKEN_VARIABLE):
        print(f"It asks for the token in {TOKEN_VARIABLE}.", flush=True)
    else:
        print(f"Token: {settings.token}", flush=True)
    if not is_loopback(settings.host):
        print("Everybody who has it sees the runs and can stop them; the way there is not encrypted.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
