"""`python -m chaos compare RUN RUN`: whether two runs of one seed made the same storm."""

from __future__ import annotations

import argparse

from chaos.compare import Comparison, compare, told
from stormwalk.errors import UsageError
from stormwalk.model import RunMode
from stormwalk.reporting.command import add_store, choose, open_store, store_of
from stormwalk.store import Store


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "compare",
        help="compare what was decided in two runs of one seed",
        description="Compare what was decided in two runs of one seed; background calls are left out.",
        epilog="Exit codes: 1 something was decided differently, 2 the runs cannot be compared, else 0.",
    )
    parser.add_argument("runs", nargs=2, metavar="RUN", help="id of a run, or its beginning")
    add_store(parser)
    parser.set_defaults(handle=handle)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says. Raises StormwalkError for what cannot be done."""
    with open_store(store_of(options)) as store:
        first, second = (_storm(store, wanted) for wanted in options.runs)
        comparison = compare((one.event for one in store.follow(first)), (one.event for one in store.follow(second)))
    print("\n".join(told(comparison)))
    return exit_code(comparison)


def _storm(store: Store, wanted: str) -> str:
    chosen = choose(store.runs(), wanted)
    if chosen.mode is not RunMode.CHAOS:
        raise UsageError(
            f"Run {chosen.id} was made in fair weather: nothing was decided in it. Name a run with --chaos."
        )
    return chosen.id


def exit_code(comparison: Comparison) -> int:
    """1 for a decision that differs, 2 where nothing can be compared, else 0."""
    if not comparison.same_seed or not comparison.both:
        return 2
    return 0 if comparison.agree else 1
