"""Messages that wait to be delivered: an SQLite file of its own beside the store, `reports/alerts.db`.

Of its own, because a store may be shared by many machines, and the addresses are known only to the environment of this
one. What is kept of an address is the name of its variable. A message leaves the file when it was delivered, or when it
is too old to be news.

Several senders may work at once: whoever takes a message leases it, together with the space that it goes to, so that
each message has one sender and each space one request at a time. A sender that was killed leaves leases behind that run
out; whether its message had arrived nobody knows, so that it is sent again.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from stormwalk.alerts.channel import Letter
from stormwalk.errors import AlertError

DEFAULT_FILE = "reports/alerts.db"
LEASE_SECONDS = 60.0
"""Longer than a try can take: after that its sender is dead."""

SPACE_SECONDS = 1.05
"""Between the end of a request to a space and the next one: a space takes one a second, from all its webhooks."""

OLDEST_SECONDS = 7 * 24 * 3600.0
# Nothing is put off longer; a moment farther away was written before somebody put the clock back.
_FARTHEST_SECONDS = 2 * 3600.0
_BUSY_SECONDS = 15.0
_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS letters (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, variable TEXT NOT NULL, payload TEXT NOT NULL,
    run_id TEXT NOT NULL, about TEXT NOT NULL, created_at REAL NOT NULL,
    not_before REAL NOT NULL DEFAULT 0, leased_until REAL NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '', doubt INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS spaces (space TEXT PRIMARY KEY, not_before REAL NOT NULL, bound INTEGER NOT NULL);
"""
_COLUMNS = "id, channel, variable, payload, run_id, about, created_at, not_before, leased_until, tries, problem, doubt"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a try failed, in a line without any address; `doubt` says that it may have arrived all the same."""

    why: str
    doubt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A letter in the outbox. Moments are UTC in seconds since the epoch; `about` is what a person calls it.

    `problem` is why the last of `tries` failed, `doubt` whether one of them may have arrived all the same.
    """

    letter: Letter
    run_id: str
    about: str
    created_at: float
    not_before: float = 0.0
    leased_until: float = 0.0
    tries: int = 0
    problem: str = ""
    doubt: bool = False


class Outbox:
    """Letters that wait, for any number of processes. Raises AlertError where its file cannot be used."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __repr__(self) -> str:
        return f"Outbox({self.file})"

    @property
    def is_there(self) -> bool:
        """Whether anything was ever put into it; asking makes no file."""
        return self.file.is_file()

    def put(self, one: Waiting) -> None:
        """Puts a letter in; it survives the process from here on."""
        letter = one.letter
        row = (letter.id, letter.channel, letter.variable, letter.payload, one.run_id, one.about, one.created_at)
        names = "id, channel, variable, payload, run_id, about, created_at"
        with self._write() as connection:
            connection.execute(f"INSERT INTO letters ({names}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def waiting(self) -> tuple[Waiting, ...]:
        """Everything that waits, oldest first."""
        if not self.is_there:
            return ()
        with self._open() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM letters ORDER BY number").fetchall()
        return tuple(map(_waiting, rows))

    def claim(self, letter: Letter, space: str, now: float) -> bool:
        """Takes a letter and its space, if both are free; whoever has them may send once, and says how it went."""
        until, space = now + LEASE_SECONDS, _digest(space)
        with self._write() as connection:
            held = "SELECT 1 FROM spaces WHERE space = ? AND not_before > ? AND not_before < ?"
            if connection.execute(held, (space, now, now + _FARTHEST_SECONDS)).fetchone():
                return False
            taken = connection.execute(
                "UPDATE letters SET leased_until = ? WHERE id = ? AND leased_until <= ?"
                " AND (not_before <= ? OR not_before > ?)",
                (until, letter.id, now, now, now + _FARTHEST_SECONDS),
            )
            if taken.rowcount == 0:
                return False
            _hold(connection, space, until, bound=True)
        return True

    def delivered(self, letter: Letter, space: str, now: float) -> None:
        """It has arrived, and the space is free for the next one in a second."""
        with self._write() as connection:
            connection.execute("DELETE FROM letters WHERE id = ?", (letter.id,))
            _hold(connection, _digest(space), now + SPACE_SECONDS, bound=True)

    def postponed(
        self, letter: Letter, space: str, now: float, *, wait_s: float, asked: bool, problem: Problem
    ) -> None:
        """It has not arrived. Nothing is sent to the space for `wait_s` seconds; `asked` says that it wants that."""
        with self._write() as connection:
            _failed(connection, letter, now + wait_s, problem)
            _hold(connection, _digest(space), now + max(wait_s, SPACE_SECONDS), bound=asked)

    def refused(self, letter: Letter, space: str, now: float, problem: Problem) -> None:
        """It was not taken, and will not be until somebody changes something; then another sender may try."""
        with self._write() as connection:
            _failed(connection, letter, now, problem)
            if space:
                _hold(connection, _digest(space), now + SPACE_SECONDS, bound=True)

    def too_old(self, now: float) -> tuple[Waiting, ...]:
        """Removes what nobody wants to read any more; gives what was removed."""
        old = tuple(one for one in self.waiting() if one.created_at < now - OLDEST_SECONDS)
        if old:
            with self._write() as connection:
                connection.executemany("DELETE FROM letters WHERE id = ?", [(one.letter.id,) for one in old])
        return old

    def at_once(self, now: float) -> None:
        """Somebody asks for it: what we put off by ourselves is due. What a space has asked for stays."""
        with self._write() as connection:
            connection.execute("UPDATE letters SET not_before = 0 WHERE leased_until <= ?", (now,))
            connection.execute("UPDATE spaces SET not_before = 0 WHERE bound = 0")

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that nobody else writes beside."""
        try:
            self.file.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise AlertError(f"the outbox {self.file} cannot be made ({error.strerror})") from None
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:  # on a full disk SQLite has taken it back by itself
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.file, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
                _prepare(connection)
                yield connection
        except sqlite3.Error as error:
            full = getattr(error, "sqlite_errorname", "").startswith("SQLITE_FULL")
            advice = "free some space" if full else "move it away, and try again"
            raise AlertError(f"the outbox {self.file} cannot be used ({error}); {advice}") from None


def _prepare(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise sqlite3.DatabaseError("a newer Stormwalk wrote it")
    if version < _VERSION:
        connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")


def _failed(connection: sqlite3.Connection, letter: Letter, not_before: float, problem: Problem) -> None:
    connection.execute(
        "UPDATE letters SET leased_until = 0, not_before = ?, tries = tries + 1, problem = ?, doubt = max(doubt, ?)"
        " WHERE id = ?",
        (not_before, problem.why, int(problem.doubt), letter.id),
    )


def _hold(connection: sqlite3.Connection, space: str, until: float, *, bound: bool) -> None:
    """Keeps everybody away from a space until then; `bound` says that not even a person may hurry it."""
    connection.execute(
        "INSERT INTO spaces VALUES (?, ?, ?) ON CONFLICT (space) DO UPDATE"
        " SET not_before = excluded.not_before, bound = excluded.bound",
        (space, until, int(bound)),
    )


def _digest(space: str) -> str:
    """What a space is called here: its address, and be it without the key, is nobody's business."""
    return hashlib.sha256(space.encode("utf-8", "replace")).hexdigest()


def _waiting(row: tuple[str, str, str, str, str, str, float, float, float, int, str, int]) -> Waiting:
    letter = Letter(id=row[0], channel=row[1], variable=row[2], payload=row[3])
    return Waiting(
        letter=letter,
        run_id=row[4],
        about=row[5],
        created_at=row[6],
        not_before=row[7],
        leased_until=row[8],
        tries=row[9],
        problem=row[10],
        doubt=bool(row[11]),
    )
