"""What every command line of ours does with a verb: its exit code, or 2 where it could not be done."""

from __future__ import annotations

import argparse
import os
import sys

from stormwalk.errors import StormwalkError
from stormwalk.exit_code import COULD_NOT_TEST


def handled(options: argparse.Namespace, program: str) -> int:
    """Runs `options.handle`. One line says what could not be done; nothing is said after Ctrl-C, and nothing to a
    reader that has gone, as `head` does."""
    try:
        code: int = options.handle(options)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_TEST
    except StormwalkError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return COULD_NOT_TEST
    except KeyboardInterrupt:
        return COULD_NOT_TEST
    return code
