"""The section Access of the page: what it says, and what hostile text cannot do to it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from stormwalk.access.results import Access, Severity
from stormwalk.reporting.album import Album
from stormwalk.reporting.html import HtmlReport, lead
from tests.reporting.access_samples import clean, everything, finding, hostile, large, with_access
from tests.reporting.samples import journey, plausible, run, step

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202eevil\x00\x1b[31m"


def render(access: Access | None) -> str:
    return HtmlReport().render(with_access(access) if access else plausible(), Album())


def section(text: str) -> str:
    return text[text.index('<section id="access"') : text.index('<section id="journeys"')]


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def having(self, name: str) -> list[str]:
        return [str(attributes[name]) for _, attributes in self.tags if name in attributes]


def words(html: str) -> str:
    """The text of the markup as a reader has it."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_run_without_an_access_check_has_no_such_section() -> None:
    text = render(None)
    assert 'id="access"' not in text
    assert "#access" not in text


def test_the_section_stands_between_what_went_wrong_and_the_journeys() -> None:
    text = render(everything())
    assert text.index('id="failures"') < text.index('id="access"') < text.index('id="journeys"')
    assert '<a href="#access">Access<span class="n">7</span></a>' in text


@pytest.mark.parametrize(
    "sentence",
    [
        "The matrix is a draft: no person has confirmed it.",
        "Access coverage: 95 % of the cells were judged, and the project wants 98 %.",
        "Cells judged 146 of 150 141 as expected",
        "Findings 7 and 2 accepted before",
        "Coverage 95 % 98 % wanted, 3 endpoints uncovered",
        "Probes 1,204 in 8.21 s, 147 a second",
        "Seen, but not in the matrix GET /api/recommendations",
        "In the matrix, and never probed PATCH /api/admin/users/{id} as admin",
        "Expired tokens were not tried: the project file names no signing key.",
        "leak: gets in, and must not 4",
        "leak own → let in with 200",
        "wrongly denied allow → refused with 403",
        "unauthenticated , as expected",
        "hidden but allowed",
        "shown but denied",
        "Accepted before 2 findings of the baseline",
        "OWASP API1:2023 Broken Object Level Authorization ASVS 5.0 8.2.2 WSTG-ATHZ-02",
        "button “Refund” /support POST /api/orders/{id}/refund support, admin shopper, manager",
    ],
)
def test_everything_is_said(sentence: str) -> None:
    assert sentence in words(section(render(everything())))


def test_the_top_of_the_page_tells_of_it_too() -> None:
    assert lead(with_access()).endswith(
        "141 of 150 cells of the access matrix are as expected; 4 leaks, 1 wrongly denied, 1 server error, 1 suspect, "
        "1 inconclusive, 1 not judged, 1 accepted, 2 other findings."
    )
    assert lead(run(journey(step()), access=clean())).endswith("149 of 149 cells of the access matrix are as expected.")


@pytest.mark.parametrize(
    ("access", "sentence"),
    [
        (Access(), "No cell was judged."),
        (replace(everything(), finished=False), "The access check did not come to its end"),
        (replace(everything(), duration_ms=None), "the time is not known"),
        (clean(), "one for each cause"),
        (replace(clean(), coverage=replace(clean().coverage, threshold=0.0)), "no threshold is set"),
    ],
)
def test_each_state_says_so(access: Access, sentence: str) -> None:
    assert sentence in words(section(render(access)))


def test_a_clean_check_is_calm() -> None:
    part = section(render(clean()))
    for loud in ("x-leak", "x-lock", "x-incon", "banner", "Not as expected", 'class="bad"', 'class="mid"', "<article"):
        assert loud not in part


def test_a_red_cell_leads_to_its_finding_and_every_anchor_is_there_once() -> None:
    page = _Page(render(everything()))
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    anchors = {link[1:] for link in page.having("href") if link.startswith("#")} - {""}
    assert anchors <= set(ids) | {link for link in anchors if link.startswith("g-")}
    assert re.search(r'<td class="x-leak"[^>]*><a href="#a\d+">', render(everything()))


@pytest.mark.parametrize("text", [HOSTILE, HOSTILE * 50_000, ""])
def test_hostile_text_is_only_ever_text_and_is_cut(text: str) -> None:
    rendered = render(hostile(text))
    page = _Page(rendered)
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert not [one for _, one in page.tags if any(name.startswith("on") for name in one)]
    assert not {"\u202e", "\x00", "\x1b"} & set(rendered)
    assert len(rendered) - len(render(clean())) < 60_000


def test_many_findings_become_a_table() -> None:
    many = replace(everything(), findings=tuple(finding("csrf", id=f"n{number}") for number in range(60)))
    part = section(render(many))
    assert part.count("<article") == 40
    assert "20 more findings" in words(part)


def test_a_severity_has_its_word_and_its_look() -> None:
    looks = {Severity.CRITICAL: "failed", Severity.HIGH: "failed", Severity.MEDIUM: "error", Severity.LOW: "skipped"}
    for severity, look in looks.items():
        only = Access(findings=(replace(finding("csrf"), severity=severity),))
        part = section(render(only))
        assert f"s-{look}" in part
        assert f"</svg>{severity}</span>" in part


def test_three_hundred_endpoints_are_a_page_of_bounded_size() -> None:
    assert len(render(large())) < 1_000_000
