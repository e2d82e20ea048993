"""Works the outbox off: one message after the other, with patience, until nothing waits or the time is up.

A run starts it as a process of its own, `python -m stormwalk alert --flush`, which gets the addresses with the
environment and never on its command line, where everybody on the machine could read them.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stormwalk.alerts.channel import Channel, Destination, NotDelivered, channels, destination_of
from stormwalk.alerts.outbox import Outbox, Problem, Waiting
from stormwalk.config.alerts import SECRET_SUFFIX, secret_parts
from stormwalk.errors import AlertError
from stormwalk.redact import Redactor

PATIENCE_SECONDS = 600.0
"""How long the sender of a run goes on trying."""

FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 300.0
_LOOK_SECONDS = 0.5

# What a run starts; changed in code where a test stands in for the other side.
command: tuple[str, ...] = (sys.executable, "-m", "stormwalk", "alert", "--flush", "--patience", str(PATIENCE_SECONDS))

Tell = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Sender:
    """Delivers what waits in an outbox. `tell` gets a line for each message that arrived or did not.

    `environ` has the addresses by the names of their variables. What has failed for good is not tried again by this
    sender, but by the next one.
    """

    outbox: Outbox
    environ: Mapping[str, str] = field(repr=False)
    tell: Tell
    given_up: set[str] = field(default_factory=set)

    def work(self, patience_s: float) -> int:
        """Sends until nothing is left that could be sent within `patience_s` seconds; how many messages then wait."""
        end = time.monotonic() + patience_s
        for old in self.outbox.too_old(time.time()):
            self.tell(f"{old.about} was never delivered ({old.problem or 'not tried'}), and is too old now: removed")
        while True:
            left = [one for one in self.outbox.waiting() if one.letter.id not in self.given_up]
            if not left:
                break
            done = [self._try(one) for one in left]
            if any(done):
                continue
            pause = min(max(min(one.not_before for one in left) - time.time(), _LOOK_SECONDS), end - time.monotonic())
            if pause <= 0:
                break
            time.sleep(min(pause, 2 * _LOOK_SECONDS))
        return len(self.outbox.waiting())

    def _try(self, one: Waiting) -> bool:
        """Whether something was done with the message; not where another sender has it, or it is not its turn."""
        letter = one.letter
        try:
            channel, destination = self._way(one)
        except AlertError as error:
            self._refuse(one, "", str(error))
            return True
        space = channel.space(destination)
        if not self.outbox.claim(letter, space, time.time()):
            return False
        try:
            channel.deliver(letter, destination)
        except NotDelivered as failed:
            self._put_back(one, space, failed, destination)
        except AlertError as error:
            self._refuse(one, space, _scrubbed(str(error), destination))
        except Exception as error:  # whatever it stumbles over, the messages behind this one must not wait
            why = f"the channel broke ({type(error).__name__}: {error})"
            self._refuse(one, space, _scrubbed(why, destination), doubt=True)
        else:
            self.outbox.delivered(letter, space, time.time())
            self.tell(f"{one.about} was delivered to {letter.channel}")
        return True

    def _way(self, one: Waiting) -> tuple[Channel, Destination]:
        """The channel and where it leads. Raises AlertError."""
        known, letter = channels(), one.letter
        if letter.channel not in known:
            raise AlertError(f"there is no channel {letter.channel} any more")
        channel = known[letter.channel]()
        destination = destination_of(letter.variable, self.environ, letter.variable + SECRET_SUFFIX)
        channel.check(destination)
        return channel, destination

    def _put_back(self, one: Waiting, space: str, failed: NotDelivered, destination: Destination) -> None:
        why = _scrubbed(failed.why, destination)
        if not failed.later:
            return self._refuse(one, space, f"{one.letter.variable}: {why}")
        asked = failed.wait_s is not None
        wait = failed.wait_s if failed.wait_s is not None else back_off(one.tries)
        problem = Problem(why, doubt=failed.doubt)
        self.outbox.postponed(one.letter, space, time.time(), wait_s=wait, asked=asked, problem=problem)
        self.tell(f"{one.about}: {one.letter.channel} {why}; tried again in {wait:.0f} s")

    def _refuse(self, one: Waiting, space: str, why: str, *, doubt: bool = False) -> None:
        self.given_up.add(one.letter.id)
        self.outbox.refused(one.letter, space, time.time(), Problem(why, doubt=doubt))
        self.tell(f"{one.about} was not sent to {one.letter.channel}: {why}")


def back_off(tries: int) -> float:
    """Seconds until the next try after so many: doubled each time, bounded, and spread so that senders part."""
    longest = min(FIRST_WAIT_SECONDS * 2 ** min(tries, 16), LONGEST_WAIT_SECONDS)
    return random.uniform(longest / 2, longest)


def start(root: Path, environ: Mapping[str, str]) -> None:
    """Starts a sender for the outbox below `root` and does not wait for it: it outlives whoever started it.

    Raises AlertError where no process can be started.
    """
    try:
        # It must hold nothing of ours open: whoever reads our output would wait for the sender too.
        subprocess.Popen(
            [*command, "--root", str(root.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,
        )
    except OSError as error:
        raise AlertError(f"the sender could not be started ({error.strerror}); send it: {BY_HAND}") from None


BY_HAND = "python -m stormwalk alert --flush"


def _scrubbed(text: str, destination: Destination) -> str:
    """Nothing that came from elsewhere may carry the address along."""
    return Redactor((*secret_parts(destination.address), destination.key)).text(text)
