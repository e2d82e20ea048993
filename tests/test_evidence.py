"""Pictures with their strip, thumbnails and texts, as they land on the disk."""

from __future__ import annotations

import errno
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PIL import Image

from stormwalk import evidence
from stormwalk.errors import EvidenceError
from stormwalk.evidence import STRIP_HEIGHT, Caption, EvidenceKeeper, Kept, make_thumbnail, with_strip
from stormwalk.model import Status
from stormwalk.observations import EvidenceKind, Moment
from tests.walking import BLUE, RED

CAPTION = Caption(
    journey="buys",
    step=3,
    name="Place the order",
    status=Status.PASSED,
    moment=Moment.END,
    at=1_800_000_000.0,
    url="http://127.0.0.1:8000/checkout",
)
HOSTILE = [
    "",
    " \n\t ",
    "W" * 5000,
    "<script>alert(1)</script>\x00\x1b[31m\r\n",
    "注文を確定する 結帳 주문",
    "ضع الطلب \u202e reversed \u202c שלום",
    "🛒" * 200 + "e\u0301",
    "half \ud800 a character",
    "../../../etc/passwd",
]


def refuse(error: Exception) -> None:
    raise error


def jpeg(size: tuple[int, int] = (800, 600), colour: tuple[int, int, int] = BLUE) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def strip_of(content: bytes) -> Image.Image:
    sheet = opened(content)
    return sheet.crop((0, sheet.height - STRIP_HEIGHT, sheet.width, sheet.height))


def ink(strip: Image.Image) -> int:
    """How many pixels of the strip are as light as its text."""
    return sum(strip.convert("L").histogram()[120:])


@dataclass
class Shelf:
    """A keeper, and what it said."""

    root: Path
    keeper: EvidenceKeeper = field(init=False)
    kept: list[Kept] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keeper = EvidenceKeeper(self.root, "run-1", self.kept.append, self.errors.append)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.keeper.close()


def test_a_picture_its_strip_and_its_thumbnail_are_kept(shelf: Shelf) -> None:
    shelf.keeper.keep_picture(jpeg(), CAPTION)
    shelf.keeper.flush()

    (kept,) = shelf.kept
    one = kept.evidence
    assert (one.id, one.path) == ("buys/03-place-the-order.jpg", "screenshots/run-1/buys/03-place-the-order.jpg")
    assert (one.width, one.height, one.kind, one.moment) == (800, 634, EvidenceKind.PICTURE, Moment.END)
    assert (kept.journey, kept.step, one.taken_at, one.certain) == ("buys", 3, CAPTION.at, True)
    with Image.open(shelf.root / one.path) as picture:
        assert picture.size == (800, 634)
    assert opened(kept.thumbnail).size == (320, 240)
    assert (shelf.root / "screenshots/run-1/buys/thumbnails/03-place-the-order.jpg").read_bytes() == kept.thumbnail


def test_the_strip_stands_below_the_picture_never_over_it() -> None:
    sheet = opened(with_strip(jpeg(colour=RED), CAPTION))

    corners = [(0, 0), (799, 0), (0, 596), (799, 596)]
    seen = [sheet.getpixel(at) for at in corners]
    assert all(isinstance(one, tuple) and max(map(abs, map(int.__sub__, one, RED))) < 20 for one in seen)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": ""}, "left"),
        ({"url": ""}, "right"),
        ({"at": 0.0}, "right"),
        ({"certain": False}, "right"),
        ({"status": Status.FAILED}, "left"),
    ],
)
def test_the_strip_names_step_time_url_status_and_doubt(change: dict[str, object], where: str) -> None:
    plain, other = strip_of(with_strip(jpeg(), CAPTION)), strip_of(with_strip(jpeg(), replace(CAPTION, **change)))  # type: ignore[arg-type]

    assert plain.size == other.size == (800, STRIP_HEIGHT)
    assert ink(plain) > 500
    left = (0, 0, 140, STRIP_HEIGHT)
    assert (plain.crop(left).tobytes() == other.crop(left).tobytes()) is (where == "right")
    assert plain.tobytes() != other.tobytes()


NOTED = replace(CAPTION, note="lost-reply on POST /api/orders, 1.2 s ago", moment=Moment.WORST)
VIOLET = (0x62, 0x36, 0xC9)


def band_of(content: bytes) -> Image.Image:
    """What stands between the picture and the ordinary strip."""
    sheet = opened(content)
    return sheet.crop((0, 600, sheet.width, sheet.height - STRIP_HEIGHT))


def test_what_was_done_to_the_application_has_a_band_of_its_own_below_the_picture() -> None:
    plain, noted = with_strip(jpeg(colour=RED), CAPTION), with_strip(jpeg(colour=RED), NOTED)
    band = band_of(noted)

    assert (opened(noted).size, band.size) == ((800, 600 + 2 * STRIP_HEIGHT), (800, STRIP_HEIGHT))
    assert all(near(band.getpixel(at), VIOLET) for at in ((2, 2), (790, 2), (500, 30)))
    assert ink(band) > 700
    assert ink(strip_of(noted)) == pytest.approx(ink(strip_of(plain)), rel=0.05)
    assert near(opened(noted).getpixel((400, 596)), RED)


def near(seen: object, colour: tuple[int, int, int]) -> bool:
    return isinstance(seen, tuple) and max(map(abs, map(int.__sub__, seen, colour))) < 20


@pytest.mark.parametrize(("change", "where"), [({"note": "latency"}, "left"), ({"moment": Moment.RECOVERED}, "right")])
def test_the_band_names_what_was_done_and_the_moment(change: dict[str, object], where: str) -> None:
    one, other = band_of(with_strip(jpeg(), NOTED)), band_of(with_strip(jpeg(), replace(NOTED, **change)))  # type: ignore[arg-type]
    left, right = (0, 0, 400, STRIP_HEIGHT), (648, 0, 800, STRIP_HEIGHT)

    assert (one.crop(left).tobytes() == other.crop(left).tobytes()) is (where == "right")
    assert (one.crop(right).tobytes() == other.crop(right).tobytes()) is (where == "left")


def test_a_picture_of_a_storm_has_the_band_even_when_nothing_is_noted() -> None:
    sheet = with_strip(jpeg(), replace(CAPTION, moment=Moment.BEFORE_FAULT))
    assert opened(sheet).height == 600 + 2 * STRIP_HEIGHT
    assert ink(band_of(sheet).crop((28, 0, 200, STRIP_HEIGHT))) > 200, "it names the moment at least"
    assert opened(with_strip(jpeg(), replace(CAPTION, note=" \n"))).height == 600 + STRIP_HEIGHT


@pytest.mark.parametrize("size", [(800, 600), (60, 40)])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_noted_stays_within_the_band(text: str, size: tuple[int, int]) -> None:
    sheet = opened(with_strip(jpeg(size), replace(NOTED, note=text)))

    assert sheet.size == (size[0], size[1] + 2 * STRIP_HEIGHT)
    assert near(sheet.getpixel((size[0] - 3, size[1] + 3)), VIOLET)


def test_the_pictures_of_one_step_lie_beside_each_other(shelf: Shelf) -> None:
    moments = (Moment.BEFORE_FAULT, Moment.WORST, Moment.RECOVERED, Moment.FAILURE, Moment.END)
    for moment in moments:
        shelf.keeper.keep_picture(jpeg(), replace(NOTED, moment=moment, note=""))
    shelf.keeper.flush()

    assert [kept.evidence.moment for kept in shelf.kept] == list(moments)
    names = [Path(kept.evidence.path).stem.removeprefix("03-place-the-order") for kept in shelf.kept]
    assert names == ["-before-fault", "-worst", "-recovered", "-failure", ""]
    assert [kept.evidence.height for kept in shelf.kept] == [668, 668, 668, 634, 634]
    assert len({kept.evidence.id for kept in shelf.kept}) == 5


def test_what_the_strip_says() -> None:
    doubtful = replace(CAPTION, certain=False)

    assert CAPTION.title == "03 Place the order"
    assert replace(CAPTION, step=0).title == "Place the order"
    assert CAPTION.where == "2027-01-15 08:00:00 UTC · http://127.0.0.1:8000/checkout"
    assert doubtful.where.startswith(CAPTION.where)
    assert "as the next step began" in doubtful.where


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("width", [40, 390, 1280])
def test_no_text_breaks_the_strip_or_leaves_it(text: str, width: int) -> None:
    strip = strip_of(with_strip(jpeg((width, 60)), replace(CAPTION, name=text, url=text)))

    assert strip.size == (width, STRIP_HEIGHT)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_leaves_the_folder_of_its_journey(shelf: Shelf, text: str) -> None:
    shelf.keeper.keep_picture(jpeg((64, 48)), replace(CAPTION, name=text))
    shelf.keeper.flush()

    assert shelf.errors == []
    assert {path.parent.name for path in shelf.root.rglob("*.jpg")} == {"buys", "thumbnails"}
    assert all(len(path.name) < 100 for path in shelf.root.rglob("*.jpg"))


def test_texts_are_kept_beside_the_picture(shelf: Shelf) -> None:
    failure = replace(CAPTION, moment=Moment.FAILURE)
    shelf.keeper.keep_picture(jpeg(), failure)
    shelf.keeper.keep_text("- heading “Kasse”", EvidenceKind.ACCESSIBILITY, failure, ".aria.txt")
    shelf.keeper.flush()

    picture, text = (one.evidence for one in shelf.kept)
    assert picture.path == "screenshots/run-1/buys/03-place-the-order-failure.jpg"
    assert text.path == "screenshots/run-1/buys/03-place-the-order-failure.aria.txt"
    assert (text.kind, text.width, shelf.kept[1].thumbnail) == (EvidenceKind.ACCESSIBILITY, 0, b"")
    assert (shelf.root / text.path).read_text(encoding="utf-8") == "- heading “Kasse”"


@pytest.mark.parametrize("size", [(1280, 720), (390, 844), (100, 5000), (2000, 3), (1, 1)])
def test_thumbnails_keep_their_proportions(size: tuple[int, int]) -> None:
    thumbnail = make_thumbnail(jpeg(size))

    assert opened(thumbnail).size == (320, max(1, round(size[1] * 320 / size[0])))


def test_the_width_of_thumbnails_can_be_chosen(tmp_path: Path) -> None:
    kept: list[Kept] = []
    keeper = EvidenceKeeper(tmp_path, "run-1", kept.append, refuse, width=100)
    keeper.keep_picture(jpeg(), CAPTION)
    keeper.close()

    assert opened(kept[0].thumbnail).size == (100, 75)


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("break_it", ["a file where the folder should be", "a full disk"])
def test_what_cannot_be_written_is_said_and_the_next_picture_is_kept(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, break_it: str
) -> None:
    with monkeypatch.context() as broken:
        if break_it == "a full disk":
            broken.setattr(Path, "write_bytes", full_disk)
        else:
            (shelf.root / "screenshots").write_text("in the way")
        shelf.keeper.keep_picture(jpeg(), CAPTION)
        shelf.keeper.flush()
    (shelf.root / "screenshots").unlink() if (shelf.root / "screenshots").is_file() else None
    shelf.keeper.keep_picture(jpeg(), CAPTION)
    shelf.keeper.flush()

    (error,) = shelf.errors
    assert isinstance(error, EvidenceError)
    assert "free some space or choose another folder; the run goes on without this picture" in str(error)
    assert len(shelf.kept) == 1


def test_a_picture_that_is_none_is_said_and_the_thread_lives_on(shelf: Shelf) -> None:
    shelf.keeper.keep_picture(b"not a picture", CAPTION)
    shelf.keeper.keep_picture(jpeg(), CAPTION)
    shelf.keeper.flush()

    assert len(shelf.errors) == len(shelf.kept) == 1


def test_a_listener_that_raises_does_not_end_the_thread(tmp_path: Path) -> None:
    heard: list[str] = []

    def listen(kept: Kept) -> None:
        heard.append(kept.evidence.id)
        raise RuntimeError("the store refuses")

    keeper = EvidenceKeeper(tmp_path, "run-1", listen, lambda error: heard.append(str(error)))
    keeper.keep_picture(jpeg(), CAPTION)
    keeper.keep_picture(jpeg(), replace(CAPTION, step=4))
    keeper.close()

    assert heard == [
        "buys/03-place-the-order.jpg",
        "the store refuses",
        "buys/04-place-the-order.jpg",
        "the store refuses",
    ]


def test_keeping_returns_at_once_and_closing_finishes_the_work(tmp_path: Path) -> None:
    gate, threads = threading.Event(), set[str]()

    def listen(kept: Kept) -> None:
        gate.wait(20)
        threads.add(threading.current_thread().name)

    keeper = EvidenceKeeper(tmp_path, "run-1", listen, refuse)
    for step in range(5):
        keeper.keep_picture(jpeg((64, 48)), replace(CAPTION, step=step))
    gate.set()
    keeper.close()

    assert threads == {"stormwalk-evidence"}
    assert len(list((tmp_path / "screenshots/run-1/buys").glob("*.jpg"))) == 5
    assert not any(one.name == "stormwalk-evidence" for one in threading.enumerate())


def test_more_pictures_than_the_disk_can_take_make_the_journey_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "_QUEUE_LENGTH", 2)
    gate, kept = threading.Event(), list[Kept]()

    def slow(one: Kept) -> None:
        gate.wait(20)
        kept.append(one)

    def hurry() -> None:
        for _ in range(6):
            keeper.keep_picture(jpeg((64, 48)), CAPTION)

    keeper = EvidenceKeeper(tmp_path, "run-1", slow, refuse)
    journey = threading.Thread(target=hurry)
    journey.start()
    journey.join(0.3)
    waited = journey.is_alive()
    gate.set()
    journey.join(20)
    keeper.close()

    assert waited
    assert len(kept) == 6
