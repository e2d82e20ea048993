"""The page: what it says, and what hostile text cannot do to it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from stormwalk.model import Note, NoteLevel, Run, Status
from stormwalk.observations import ConsoleLine
from stormwalk.reporting.album import Album, Shot
from stormwalk.reporting.html import HtmlReport, lead
from tests.growth import grows_by_less_than
from tests.reporting.access_samples import clean, with_access
from tests.reporting.samples import BASE, RUN_ID, STOP, call, journey, picture, plausible, run, step, variants

F, E, S = Status.FAILED, Status.ERROR, Status.SKIPPED
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202eevil\x00"


def render(whole: Run, album: Album = Album()) -> str:  # noqa: B008 - it is frozen
    return HtmlReport().render(whole, album)


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_hostile_text_is_only_ever_text() -> None:
    one = step(
        1, HOSTILE, F, url=f"javascript:{HOSTILE}", reason=HOSTILE, details=HOSTILE * 2, actor=HOSTILE, role=HOSTILE,
        calls=(call(HOSTILE, None, failure=HOSTILE, method=HOSTILE),),
        console=(ConsoleLine(level=HOSTILE, text=HOSTILE, location=HOSTILE),),
        evidence=(picture(RUN_ID, HOSTILE, 1, HOSTILE),),
    )  # fmt: skip
    bad = journey(one, status=F, title=HOSTILE, goal=HOSTILE, reason=HOSTILE, worker=HOSTILE)
    whole = run(bad, project=HOSTILE, base_url=HOSTILE, notes=(Note(level=NoteLevel.INFO, message=HOSTILE),))
    text = render(whole)
    tags = _Tags(text).tags
    assert [tag for tag, _ in tags].count("script") == 2
    assert not [attributes for _, attributes in tags if any(name.startswith("on") for name in attributes)]
    assert not [attributes for _, attributes in tags if "javascript:" in (attributes.get("href") or "")]
    assert "\u202e" not in text
    assert "\x00" not in text
    assert "[U+202E]evil" in text


def test_a_huge_reason_is_bounded() -> None:
    one = step(1, "n" * 10_000, F, reason="r" * 10_000, details="d" * 1_000_000, url=BASE + "/" + "u" * 10_000)
    assert len(render(run(journey(one, status=F)))) - len(render(run(journey(step())))) < 20_000


def test_nothing_is_loaded_from_elsewhere() -> None:
    tags = _Tags(render(plausible())).tags
    linked = [one.get("src") or one.get("href") or "" for tag, one in tags if tag in ("img", "script", "link", "use")]
    assert not [link for link in linked if link and not link.startswith(("#", "data:", "evidence/", "thumbnails/"))]


def test_a_run_that_was_an_access_check_alone_is_not_said_to_have_been_cut_off() -> None:
    alone = replace(with_access(clean()), journeys=())

    assert "No journey was to be walked" in render(alone)
    assert "was killed" not in re.sub(r"<script>.*?</script>", "", render(alone), flags=re.S)
    assert "before its first journey began" in render(run(planned=("a",)))


def test_journeys_with_other_parameters_are_told_apart() -> None:
    assert render(variants()).count("A shopper buys [fr]") >= 3


def test_failures_stand_before_the_journeys() -> None:
    text = render(plausible())
    assert text.index('id="failures"') < text.index("The confirmation was not shown") < text.index('id="journeys"')
    assert 'id="failures"' not in render(run(journey(step())))


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (run(journey(step())), "Passed"),
        (run(journey(step()), finished_at=None), "The run has not finished:"),
        (run(journey(step()), interrupted=True), "The run was interrupted."),
        (run(journey(step()), requests=(STOP,)), "The run was stopped by hand."),
        (run(), "No journey was recorded."),
        (run(journey()), "No step was recorded."),
        (run(journey(step(status=None), status=None)), "not finished"),
        (run(journey(step(evidence=(picture(RUN_ID, "a", 1, "x"),)))), "picture removed"),
        (run(journey(step())), "no picture"),
        (run(journey(step(status=S))), "not reached"),
        (run(journey(status=E, reason="No browser.")), "outside of its steps"),
        (run(journey(step(evidence=(picture(RUN_ID, "a", 1, "x", certain=False),)))), "may show a later moment"),
        (run(journey(step(calls=(call("/x", 500, resource_type="document"),)))), "Pages and files, 1 address"),
        (run(journey(step(), status=Status.PASSED), notes=(Note(level=NoteLevel.WARNING, message="Mind."),)), "Mind."),
    ],
)
def test_each_state_says_so(whole: Run, words: str) -> None:
    assert words in re.sub(r"<script>.*?</script>|<style>.*?</style>", "", render(whole), flags=re.S)


@pytest.mark.parametrize(
    ("whole", "sentence"),
    [
        (run(journey(step())), "1 of 1 step passed in 1 journey. It took 21.4 s."),
        (
            plausible(),
            "19 of 25 steps passed in 4 journeys; 1 failed, 1 could not be tested, 4 not reached. It took 21.4 s.",
        ),
        (run(journey(step()), finished_at=None), "1 of 1 step passed in 1 journey."),
        (run(), "No journey was recorded."),
    ],
)
def test_the_run_in_one_sentence(whole: Run, sentence: str) -> None:
    assert lead(whole) == sentence


def test_every_picture_has_an_alternative_text_and_every_id_is_unique() -> None:
    shots = {one.id: Shot("thumbnails/a.jpg", None) for s in plausible().steps for one in s.evidence}
    tags = _Tags(render(plausible(), Album(shots))).tags
    pictures = [attributes for tag, attributes in tags if tag == "img" and attributes.get("src")]
    assert len(pictures) == 23
    assert all(attributes["alt"] for attributes in pictures)
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    anchors = {str(one["href"])[1:] for tag, one in tags if tag == "a" and str(one.get("href", "")).startswith("#")}
    assert anchors - {""} <= set(ids)


def test_a_goal_does_not_say_the_title_again() -> None:
    text = render(run(journey(step(), title="A shopper buys", goal="A shopper buys. What must not happen: twice.")))
    assert '<span class="goal">What must not happen: twice</span>' in text
    assert 'class="goal"' not in render(run(journey(step(), title="A shopper buys", goal="A shopper buys.")))


def test_a_step_lists_its_bad_calls_first_and_files_last() -> None:
    files = tuple(call(f"/file-{n}.js", resource_type="script") for n in range(12))
    text = render(run(journey(step(calls=(*files, call("/api/fine"), call("/api/broken", 500))))))
    rows = text[text.index("<tbody>") : text.index("</tbody>")]
    assert rows.index("/api/broken") < rows.index("/api/fine") < rows.index("/file-0.js")
    assert "2 more calls in report.json" in rows


def test_a_large_run_unfolds_only_what_is_red_and_lists_only_bad_calls() -> None:
    calls = (call("/api/fine"), call("/api/broken", 500))
    steps = [step(n, calls=calls) for n in range(1, 1002)]
    red = journey(step(status=F), status=F, key="red", title="It fails")
    large = _Tags(render(run(red, journey(*steps, key="green"))))
    folds = [attributes for tag, attributes in large.tags if tag == "details" and "jr" in str(attributes.get("class"))]
    assert ["open" in attributes for attributes in folds] == [True, False]
    small = _Tags(render(run(red, journey(*steps[:9], key="green"))))
    assert ["".join(page.words).count("/api/fine") for page in (small, large)] == [9 + 1, 1]


def test_ten_times_the_steps_take_about_ten_times_as_long() -> None:
    steps = [step(n, f"Step {n}", calls=(call(), call("/api/me"))) for n in range(1, 101)]

    few, many = (run(*(journey(*steps, key=str(n)) for n in range(journeys))) for journeys in (10, 100))
    assert len(render(many)) < 20e6
    assert grows_by_less_than(40, lambda: render(few), lambda: render(many))


def test_a_run_that_a_test_beside_it_failed_does_not_look_green() -> None:
    green = run(journey(step()))

    assert "The run failed all the same:</b> a test beside the journeys." in render(replace(green, exit_code=1))
    assert "all the same" not in render(replace(green, exit_code=0))
