from __future__ import annotations

import argparse
import contextlib
import logging
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

from flask import Flask, Response, request
from waitress.server import create_server  # type: ignore[import-untyped]

from demo_app.app import create_app
from demo_app.config import MEMORY
from demo_app.defects import CATALOGUE, defects_of_environment
from demo_app.errors import StartError

THREADS = 24


def main(arguments: list[str] | None = None) -> int:
    """Serve the shop until it is told to stop."""
    options = _parser().parse_args(arguments)
    if options.list_defects:
        _list_defects()
        return 0
    _configure_logs(options.verbose)
    try:
        return _serve(options)
    except StartError as error:
        print(f"demo_app: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo_app", description="A small shop to test.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--database", default=MEMORY, metavar="FILE", help="a file, or :memory: (default)")
    parser.add_argument("--defects", default=None, metavar="A,B", help="switch these defects or decoys on")
    parser.add_argument("--list-defects", action="store_true", help="print the catalogue of defects and decoys")
    parser.add_argument("--token-minutes", type=float, default=15.0, help="life of an access token (default 15)")
    parser.add_argument("--order-step-ms", type=int, default=400, help="from paid to packed to shipped (default 400)")
    parser.add_argument("--call-timeout-ms", type=int, default=8000, help="patience of the pages (default 8000)")
    parser.add_argument("--fault-hooks", action="store_true", help="add calls that let the shop's own parts fail")
    parser.add_argument("--verbose", action="store_true", help="log every call to stderr")
    return parser


def _list_defects() -> None:
    for entry in CATALOGUE:
        decoy = ", decoy" if entry.decoy else ""
        print(f"{entry.name} ({entry.kind}{decoy})\n  {entry.summary}\n  Expected: {entry.expected}")
        for finding in entry.findings:
            print(f"  Finding: {finding}")
        for fault in entry.shown_by:
            print(f"  Shown by: {fault} (journey {entry.journey})")


def _configure_logs(verbose: bool) -> None:
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, stream=sys.stderr)
    # Waitress warns when calls wait for a thread; under a storm that is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def _serve(options: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, _stop)
    names = defects_of_environment() if options.defects is None else options.defects.split(",")
    listener = _listen(options.host, options.port)
    app = create_app(
        database=options.database,
        defects=names,
        token_minutes=options.token_minutes,
        order_step_ms=options.order_step_ms,
        call_timeout_ms=options.call_timeout_ms,
        fault_hooks=options.fault_hooks,
    )
    if options.verbose:
        _log_calls(app)
    # The lookahead lets a stream notice that its reader has gone.
    server = create_server(app, sockets=[listener], threads=THREADS, channel_request_lookahead=1, ident="shop")
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(f"Shop running on http://{host}:{listener.getsockname()[1]}", flush=True)
    with contextlib.suppress(KeyboardInterrupt, SystemExit):
        server.run()
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise StartError(
            f"cannot listen on {host}:{port}: {reason}; choose another --port, or 0 for a free one"
        ) from error
    return listener


def _log_calls(app: Flask) -> None:
    log = logging.getLogger("demo_app")

    @app.after_request
    def _log(response: Response) -> Response:
        log.info("%s %s %s", request.method, request.path, response.status_code)
        return response


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
