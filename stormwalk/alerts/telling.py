"""After a run: who is to be told, and what is put into the outbox. Nothing here waits for anybody."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from stormwalk.alerts import sender
from stormwalk.alerts.alert import Alert
from stormwalk.alerts.channel import Letter, channels, destination_of
from stormwalk.alerts.digest import Surroundings, digest
from stormwalk.alerts.outbox import DEFAULT_FILE, Outbox, Waiting
from stormwalk.alerts.state import Previous, StoredRuns, worth_telling
from stormwalk.config import Project
from stormwalk.config.alerts import SECRET_SUFFIX
from stormwalk.errors import AlertError
from stormwalk.model import Run, RunMode
from stormwalk.reporting.words import count, moment, shorten
from stormwalk.store import Store


def tell_of(run: Run, project: Project, store: Store, root: Path, previous: Previous | None = None) -> list[str]:
    """Tells whom the project names of a run that has just ended; a line for each thing that a person should know.

    Whatever goes wrong is such a line: that nobody could be told changes nothing about the run.
    """
    try:
        return list(_tell(run, project, previous or StoredRuns(store), root))
    except Exception as error:  # a listener breaks no run, whatever it stumbles over
        hidden = project.redactor().text(str(error)) or type(error).__name__
        return [f"nobody was told of this run: {shorten(hidden, 300)}"]


def _tell(run: Run, project: Project, previous: Previous, root: Path) -> Iterator[str]:
    outbox = Outbox(root / DEFAULT_FILE)
    yield from _left_behind(outbox)
    addresses = project.alerts.addresses(RunMode.CHAOS if run.is_storm else RunMode.NORMAL)
    if addresses and worth_telling(run, project.alerts.when, previous):
        alert = digest(run, Surroundings(table=project.alerts, redactor=project.redactor(), environ=os.environ))
        # The next run may be no change, and say nothing of what nobody has heard of.
        again = f"once that is mended: python -m stormwalk alert {run.id}"
        yield from (f"{complaint}; {again}" for complaint in put(alert, addresses, outbox))
    if outbox.waiting():
        sender.start(root, os.environ)


def put(alert: Alert, addresses: Mapping[str, str], outbox: Outbox) -> Iterator[str]:
    """Puts a message for every address into the outbox; a line for each that makes no sense, which gets none."""
    known = channels()
    for name, variable in addresses.items():
        channel = known[name]()
        try:
            destination = destination_of(variable, os.environ, variable + SECRET_SUFFIX)
            channel.check(destination)
        except AlertError as error:
            yield f"{name}: {error}"
            continue
        about = f"the alert of run {alert.run_id} ({alert.headline})"
        for payload in channel.payloads(alert, destination):
            letter = Letter(id=secrets.token_hex(16), channel=name, variable=variable, payload=payload)
            outbox.put(Waiting(letter=letter, run_id=alert.run_id, about=about, created_at=time.time()))


def _left_behind(outbox: Outbox) -> Iterator[str]:
    """What earlier runs could not deliver, in one line."""
    left = [one for one in outbox.waiting() if one.problem]
    if left:
        problem = shorten(f"{left[0].letter.channel}: {left[0].problem}", 240)
        since = moment(left[0].created_at)
        yield f"{count(len(left), 'earlier message')} not delivered since {since} ({problem}): sent again now"
