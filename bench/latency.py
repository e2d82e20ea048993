"""Whether injected latency is what was asked: 500 ms on 1, 10 and 50 calls that a page makes at once.

Routing itself costs something, and more the more calls there are, so pass-through routing is measured in turn with the
storm, in the same page. What a call should then take is the sum of the two. A call is never to be quicker than asked,
and calls that are made at once are to end together.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench.colours import ColourServer
from bench.result import Result
from chaos.injection import Dispatcher
from chaos.plan import plans_for
from chaos.storm import Storm
from stormwalk.browser import check_launch, find_browser, launch_options

ASKED_MS = 500.0
AT_ONCE = (1, 10, 50)
FIGURE_AT = 10
TARGET_ERROR = 0.10
_CALLS = """async count => {
  const one = async number => { const begun = performance.now(); await (await fetch(`/api/next/${number}`)).text();
    return [performance.now() - begun, performance.now()]; };
  return await Promise.all(Array.from({length: count}, (_, number) => one(number)));
}"""


@dataclass(frozen=True, slots=True)
class Burst:
    """Calls made at once: how long each took, and how far apart the first and the last ended, in milliseconds."""

    took: tuple[float, ...]
    apart: float


@dataclass(frozen=True, slots=True)
class Pair:
    """The same number of calls, passed through and held up."""

    passed: Burst
    held: Burst

    @property
    def expected(self) -> float:
        return ASKED_MS + median(self.passed.took)

    @property
    def error(self) -> float:
        """How far the median is from the sum, as a share of it."""
        return abs(median(self.held.took) - self.expected) / self.expected


def main() -> int:
    """Measures, prints, and returns the exit code."""
    rounds = _options().rounds
    print(__doc__)
    with ColourServer() as server, sync_playwright() as playwright:
        found = find_browser(headed=False)
        sandbox = check_launch(found).sandbox
        browser = playwright.chromium.launch(**launch_options(found, headed=False, sandbox=sandbox))
        pairs = measure(browser.new_context(base_url=server.url), server.url, rounds)
        browser.close()
    for count, measured in pairs.items():
        print(_line(count, measured))
    result = _result(pairs)
    print(result.line())
    shortest = min(min(one.held.took) for measured in pairs.values() for one in measured)
    errors = [median(one.error for one in measured) for measured in pairs.values()]
    return 0 if shortest >= ASKED_MS and max(errors) <= TARGET_ERROR else 1


def measure(context: BrowserContext, url: str, rounds: int) -> dict[int, list[Pair]]:
    """Pass-through and storm in turn, for each number of calls."""
    (plan,) = plans_for(f"latency:{ASKED_MS:g}ms @ /api/**")
    dispatcher = Dispatcher(context, Storm(None, seed=1, journey="bench", base_url=url), plans=[plan])
    page = context.new_page()
    page.goto("/")
    found: dict[int, list[Pair]] = {count: [] for count in AT_ONCE}
    for number in range(rounds + 1):
        for count in AT_ONCE:
            dispatcher.switch(None)
            passed = _burst(page, count)
            dispatcher.switch(plan)
            pair = Pair(passed, _burst(page, count))
            if number:  # the first round warms up
                found[count].append(pair)
    dispatcher.close()
    return found


def _burst(page: Page, count: int) -> Burst:
    seen = page.evaluate(_CALLS, count)
    ends = [end for _, end in seen]
    return Burst(tuple(took for took, _ in seen), max(ends) - min(ends))


def _line(count: int, pairs: list[Pair]) -> str:
    held = [took for one in pairs for took in one.held.took]
    return (
        f"{count:3} at once: asked {ASKED_MS:.0f} ms, observed {median(held):.0f} ms (shortest {min(held):.0f}), "
        f"pass-through {median(took for one in pairs for took in one.passed.took):.0f} ms, "
        f"error {median(one.error for one in pairs):.1%}; ended within {median(one.held.apart for one in pairs):.0f} ms"
    )


def _result(pairs: dict[int, list[Pair]]) -> Result:
    further: dict[str, float] = {}
    for count, measured in pairs.items():
        further[f"observed_ms_{count}"] = median(took for one in measured for took in one.held.took)
        further[f"pass_through_ms_{count}"] = median(took for one in measured for took in one.passed.took)
        further[f"error_{count}"] = median(one.error for one in measured)
        further[f"shortest_ms_{count}"] = min(min(one.held.took) for one in measured)
    further["apart_ms_10"] = median(one.held.apart for one in pairs[FIGURE_AT])
    return Result.of(
        "latency",
        [one.error for one in pairs[FIGURE_AT]],
        unit=f"share by which the median of {FIGURE_AT} calls misses the sum",
        target=TARGET_ERROR,
        at_least=False,
        further=further,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often each number of calls is measured (default 9)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
