"""What every command line of ours does with a verb: its exit code, or 2 where it could not be done."""

from __future__ import annotations

import argparse
import os
import sys
from io import TextIOWrapper
from typing import TextIO

from stormwalk.errors import StormwalkError
from stormwalk.exit_code import COULD_NOT_TEST


def handled(options: argparse.Namespace, program: str) -> int:
    """Runs `options.handle`. One line says what could not be done; nothing is said after Ctrl-C, and nothing to a
    reader that has gone, as `head` does."""
    _write_all(sys.stdout, sys.stderr)
    try:
        code: int = options.handle(options)
        sys.stdout.flush()
    except BrokenPipeError:
        return _say_no_more()
    except OSError as error:
        if error.filename is not None:
            raise
        print(f"{program}: what was asked for cannot be printed: {error.strerror}", file=sys.stderr)
        return _say_no_more()
    except StormwalkError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return COULD_NOT_TEST
    except KeyboardInterrupt:
        return COULD_NOT_TEST
    return code


def _say_no_more() -> int:
    """What is still to be printed goes nowhere, or Python would complain of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return COULD_NOT_TEST


def _write_all(*streams: TextIO) -> None:
    """A letter that a console does not know is written by its number: it is no reason to end with another exit code."""
    for stream in streams:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
