"""The command line: `python -m stormwalk VERB`."""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version

from stormwalk.access import command as access
from stormwalk.alerts import command as alert
from stormwalk.command_line import handled
from stormwalk.history import command as history
from stormwalk.history import compare_command as compare
from stormwalk.history import flaky_command as flaky
from stormwalk.reporting import command as report
from stormwalk.starting import doctor_command, init_command

# A verb is a module with `register`, which adds its parser and names the function that handles it.
VERBS = (report, history, compare, flaky, access, alert, init_command, doctor_command)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; its exit code, or 2 and one line for what could not be done."""
    return handled(_parser().parse_args(arguments), "stormwalk")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m stormwalk", description="What there is to do with runs that were recorded."
    )
    parser.add_argument("--version", action="version", version=f"stormwalk {version('stormwalk')}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in VERBS:
        verb.register(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
