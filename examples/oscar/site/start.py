"""Starts the shop with a fresh database: `python start.py --port 8301`. `--prepare` only makes what each start copies.

Migrating takes half a minute, so it is done once; every start works on a copy that is removed at its end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

SITE = Path(__file__).resolve().parent
PREPARED = SITE.parent / ".venv" / "shop-data"


def prepare() -> None:
    """Makes the database and the search index, unless they are there."""
    if (PREPARED / "ready").exists():
        return
    shutil.rmtree(PREPARED, ignore_errors=True)
    PREPARED.mkdir(parents=True)
    os.environ.update(SHOP_DATA=str(PREPARED), DJANGO_SETTINGS_MODULE="settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from seed import seed

    seed()
    call_command("update_index", "catalogue", verbosity=0)
    (PREPARED / "ready").touch()


def serve(port: int) -> int:
    """Serves until it is ended; its data are gone then."""
    with tempfile.TemporaryDirectory(prefix="shop-") as folder:
        data = Path(shutil.copytree(PREPARED, Path(folder) / "data"))
        command = [sys.executable, "-m", "gunicorn", "wsgi", "-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "4"]
        command += ["--no-control-socket"]  # it would lie in the home of whoever starts us
        environ = {**os.environ, "SHOP_DATA": str(data)}
        server = subprocess.Popen(command, cwd=SITE, env=environ)
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda number, frame: server.terminate())
        return server.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description="Starts the shop with a fresh database.")
    parser.add_argument("--port", type=int, default=8301)
    parser.add_argument("--prepare", action="store_true")
    options = parser.parse_args()
    # In a process of its own: what it sets up must not be inherited by the server.
    if subprocess.run([sys.executable, "-c", "import start; start.prepare()"], cwd=SITE).returncode:
        return 1
    return 0 if options.prepare else serve(options.port)


if __name__ == "__main__":
    sys.exit(main())
