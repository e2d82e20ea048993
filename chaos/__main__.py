"""The command line: `python -m chaos list`, `python -m chaos plan NAME...`, which touch nothing, and
`python -m chaos judge RUN`, which judges a stored run again, and `python -m chaos compare RUN RUN`, which says whether
two runs of one seed made the same storm."""

from __future__ import annotations

import argparse
import sys

from chaos import compare_command, judge_command
from chaos.listing import list_lines, plan_lines
from chaos.plan import STANDARD, plans_for
from stormwalk.command_line import handled


def main(arguments: list[str] | None = None) -> int:
    """Runs one verb; its exit code, or 2 and one line for what could not be done."""
    return handled(_parser().parse_args(arguments), "chaos")


def _list(options: argparse.Namespace) -> int:
    print("\n".join(list_lines()))
    return 0


def _plan(options: argparse.Namespace) -> int:
    print("\n".join(plan_lines(plan for asked in options.plans or [STANDARD] for plan in plans_for(asked))))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m chaos", description="What storms there are, and what they came to."
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    verbs.add_parser("list", help="every fault and every plan, one line each").set_defaults(handle=_list)
    plan = verbs.add_parser("plan", help="what a plan would do; it touches nothing")
    plan.add_argument("plans", nargs="*", metavar="PLAN", help="a name, a TOML file or a rule (default: standard)")
    plan.set_defaults(handle=_plan)
    judge_command.register(verbs)
    compare_command.register(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
