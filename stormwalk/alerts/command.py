"""`python -m stormwalk alert`: try the channels, tell of a stored run again, and deliver what waits."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from stormwalk.alerts.alert import Alert
from stormwalk.alerts.channel import channels
from stormwalk.alerts.digest import Surroundings, digest
from stormwalk.alerts.log import Log
from stormwalk.alerts.outbox import DEFAULT_FILE, Outbox, Waiting
from stormwalk.alerts.sample import sample
from stormwalk.alerts.sender import Sender, Tell
from stormwalk.alerts.telling import put
from stormwalk.config import Project, load_project
from stormwalk.errors import UsageError
from stormwalk.model import RunMode
from stormwalk.reading import read_run
from stormwalk.reporting.command import add_store, choose, open_store, store_of
from stormwalk.reporting.words import count, moment, shorten

_BY_HAND_SECONDS = 60.0


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    known = "\n".join(f"  {name:<14} {one.about}" for name, one in channels().items())
    parser = verbs.add_parser(
        "alert",
        help="tell people of a run: try the channels, tell again, deliver what waits",
        description="Tell people of a run, through the channels of [alerts] in the project file.",
        epilog=f"Channels, and what the variable holds that the project file names:\n{known}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("run", nargs="?", metavar="RUN", help="id of a stored run to tell of again, or its beginning")
    what.add_argument("--test", action="store_true", help="send a sample to every channel of the project")
    what.add_argument("--flush", action="store_true", help="deliver what waits from earlier runs")
    what.add_argument("--list", action="store_true", help="list what waits, and send nothing")
    parser.add_argument(
        "--project",
        metavar="FILE",
        type=Path,
        default=Path("projects/demo.toml"),
        help="the project file (%(default)s)",
    )
    add_store(parser, below_root=True)
    parser.add_argument("--root", metavar="DIR", type=Path, default=Path(), help="folder of reports/ and screenshots/")
    parser.add_argument(
        "--patience", metavar="SECONDS", type=seconds, default=_BY_HAND_SECONDS, help="how long to try (%(default)g)"
    )
    parser.set_defaults(handle=handle)


def seconds(written: str) -> float:
    patience = float(written)
    if not 0 <= patience <= 24 * 3600:
        raise ValueError(written)  # not a number too; argparse says what was given
    return patience


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says; 2 where something could not be delivered. Raises StormwalkError."""
    outbox = Outbox(options.root / DEFAULT_FILE)
    if options.list:
        print("\n".join(map(_line, outbox.waiting())) or "Nothing waits.")
        return 0
    complaints = [] if options.flush else _put(options, outbox)
    for complaint in complaints:
        print(f"stormwalk: {complaint}", file=sys.stderr)
    if options.flush and not outbox.waiting():
        print("Nothing waits.")
    left = deliver(outbox, options.root, options.patience)
    return 2 if left or complaints else 0


def deliver(outbox: Outbox, root: Path, patience_s: float, say: Tell = print) -> int:
    """Delivers what waits, also what was put off; how many messages are left. `reports/alerts.log` tells of it too."""
    if not outbox.waiting():
        return 0
    log = Log(root / "reports" / "alerts.log")

    def tell(line: str) -> None:
        say(line)
        log.write(line)

    outbox.at_once(time.time())
    left = Sender(outbox=outbox, environ=os.environ, tell=tell).work(patience_s)
    if left:
        say(f"{count(left, 'message')} still wait{'s' if left == 1 else ''}: python -m stormwalk alert --list")
    return left


def _put(options: argparse.Namespace, outbox: Outbox) -> list[str]:
    """Puts into the outbox what was asked for; the complaints."""
    project = load_project(options.project)
    table = project.alerts
    modes = [mode for mode in RunMode if table.addresses(mode)]
    alerts: list[Alert] = [sample(project.name, mode) for mode in modes]
    if not options.test:
        alerts = [_stored(options, project)]
        modes = [alerts[0].mode]
    complaints = [line for one in alerts for line in put(one, table.addresses(one.mode), outbox)]
    if not any(table.addresses(mode) for mode in modes):
        said = f"[alerts.{modes[0] if modes else RunMode.NORMAL}]"
        raise UsageError(f'{project.file} names nobody to tell; add {said} with: google-chat = "NAME_OF_A_VARIABLE"')
    return complaints


def _stored(options: argparse.Namespace, project: Project) -> Alert:
    with open_store(store_of(options)) as store:
        run = read_run(store, choose(store.runs(), options.run).id)
    if run.project != project.name:
        raise UsageError(
            f"run {run.id} is of {shorten(run.project, 60)!r}, and {project.file} is {shorten(project.name, 60)!r}: "
            "name its project file with --project"
        )
    return digest(run, Surroundings(table=project.alerts, redactor=project.redactor(), environ=os.environ))


def _line(one: Waiting) -> str:
    tried = f"tried {count(one.tries, 'time')}: {one.problem}" if one.tries else "not tried yet"
    doubt = " (it may have arrived)" if one.doubt else ""
    to = f"{one.letter.channel}, ${one.letter.variable}"
    # Also where that sender was killed: nobody else may have it before its time is up.
    held = one.leased_until - time.time()
    sending = f"; a sender has it, for {held:.0f} s more at most" if held > 0 else ""
    return f"{moment(one.created_at)}  {to}  {shorten(one.about, 160)}  {tried}{doubt}{sending}"
