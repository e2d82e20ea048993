"""What a control costs: the same journey with nothing between page and network, and with pass-through interception.

The journey logs in to the embedded shop, looks around and buys nothing. With interception it has the dispatcher of a
control for all plans of the standard set, so that every call passes it and the HTTP cache is off, as in a storm. The
two are walked in turn; the figure is the ratio of their wall times.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from bench.result import Result
from chaos.injection import Dispatcher
from chaos.plan import STANDARD, plans_for
from chaos.storm import Storm
from journeys.goods import LANTERN
from pages.catalogue import CataloguePage
from pages.dashboard import DashboardPage
from pages.login import LoginPage
from stormwalk.application import Application
from stormwalk.browser import check_launch, find_browser, launch_options
from stormwalk.config import Actor, load_project

TARGET_RATIO = 1.20
PROJECT = Path(__file__).resolve().parent.parent / "projects" / "demo.toml"
_ROUNDS_IN_A_JOURNEY = 3


def walk(browser: Browser, url: str, actor: Actor, *, intercepted: bool) -> float:
    """One journey in a context of its own; the seconds from its first page on to its last check."""
    context = browser.new_context(base_url=url)
    dispatcher = None
    if intercepted:
        storm = Storm(None, seed=1, journey="bench", base_url=url)
        dispatcher = Dispatcher(context, storm, plans=plans_for(STANDARD))
    page = context.new_page()
    login, catalogue, dashboard = LoginPage(page), CataloguePage(page), DashboardPage(page)
    begun = time.perf_counter()
    login.visit()
    login.log_in(actor)
    for _ in range(_ROUNDS_IN_A_JOURNEY):
        catalogue.visit()
        catalogue.search("lantern", finds=(LANTERN.name,))
        catalogue.open_product(LANTERN.name)
        dashboard.visit(actor.role)
    took = time.perf_counter() - begun
    if dispatcher is not None:
        dispatcher.close()
    context.close()
    return took


def main() -> int:
    """Measures, prints, and returns the exit code."""
    options = _options()
    print(__doc__)
    project = load_project(PROJECT)
    with (
        TemporaryDirectory(prefix="stormwalk-bench-") as folder,
        Application(project, log=Path(folder) / "shop.log") as shop,
        sync_playwright() as playwright,
    ):
        found = find_browser(headed=False)
        sandbox = check_launch(found).sandbox
        browser = playwright.chromium.launch(**launch_options(found, headed=False, sandbox=sandbox))
        pairs = measure(browser, shop.base_url, project.actors["sam"], options.pairs)
        browser.close()
    result = Result.of(
        "interception",
        [intercepted / bare for bare, intercepted in pairs],
        unit="times the wall time of the journey without interception",
        target=TARGET_RATIO,
        at_least=False,
        further={
            "bare_s": median(bare for bare, _ in pairs),
            "intercepted_s": median(intercepted for _, intercepted in pairs),
        },
    )
    print(result.line())
    return result.exit_code


def measure(browser: Browser, url: str, actor: Actor, pairs: int) -> list[tuple[float, float]]:
    """Wall times in pairs, bare and intercepted; which comes first changes from pair to pair."""
    for intercepted in (False, True):  # to warm up
        walk(browser, url, actor, intercepted=intercepted)
    found = []
    for number in range(1, pairs + 1):
        order = (False, True) if number % 2 else (True, False)
        took = {intercepted: walk(browser, url, actor, intercepted=intercepted) for intercepted in order}
        found.append((took[False], took[True]))
        ratio = took[True] / took[False]
        print(f"pair {number}: bare {took[False]:.2f} s, intercepted {took[True]:.2f} s, ratio {ratio:.3f}", flush=True)
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.interception", description=__doc__)
    parser.add_argument("--pairs", type=int, default=11, help="how often each of the two is walked (default 11)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
