"""Names and texts that people, files and file systems can all take."""

from __future__ import annotations

import hashlib
import re
import secrets
import time

_LONGEST = 60


def slug(text: str) -> str:
    """A file name for any text: `Place the order!` gives `place-the-order`.

    What does not survive (long texts, other alphabets) is told apart by seven characters of a digest.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    lossless = plain and len(plain) <= _LONGEST and text.isascii()
    if lossless:
        return plain
    return f"{plain[:_LONGEST]}-{_digest(text)}".lstrip("-")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:7]


def new_run_id(now: float | None = None) -> str:
    """An id that sorts by time and is its own folder name, as in `20261122-110805-3f9a`."""
    return time.strftime("%Y%m%d-%H%M%S", time.gmtime(now)) + f"-{secrets.token_hex(2)}"


def journey_key(nodeid: str, attempt: int = 1) -> str:
    """The key of a journey in its run, which is also a safe folder name.

    pytest's `journeys/test_shopper.py::test_buys[lost-reply]` gives `test_shopper-test_buys-lost-reply`; other folders
    than the usual one are part of the key. Later attempts at the same journey end in `~2`, `~3`.
    """
    # pytest-playwright puts the browser into every node id; the usual one goes without saying.
    plain = re.sub(r"\[chromium\]$|(?<=\[)chromium-|-chromium(?=\]$)", "", nodeid.removeprefix("journeys/"))
    test, _, parameters = plain.removesuffix("]").partition("[")
    file, _, names = test.partition("::")
    parts = (*file.removesuffix(".py").split("/"), *names.split("::"), parameters)
    key = "-".join(part for part in parts if part not in ("", ".."))
    if re.search(r"[^A-Za-z0-9_.-]", key) or len(key) > 2 * _LONGEST:
        key = f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', key)[: 2 * _LONGEST]}-{_digest(plain)}"
    return key if attempt == 1 else f"{key}~{attempt}"


def writable(text: str) -> str:
    """The text as UTF-8 can carry it: half a character, which JavaScript lets a page have, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def words(identifier: str) -> str:
    """`test_shopper_buys` as `Shopper buys`."""
    plain = identifier.removeprefix("test_").replace("_", " ").strip()
    return plain[:1].upper() + plain[1:]
