"""What a project names is painted over in every picture, and where that cannot be done there is no picture."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from stormwalk import masking
from stormwalk.camera import Camera, watch_calls
from stormwalk.masking import Layout, MaskFailed, expect_still, paint_over
from tests.test_camera import Album

SECRET = (255, 0, 255)
"""The colour of what must not be seen."""

CARD = (
    "<style>body { margin: 0 } .secret { background: #ff00ff; color: #ff00ff; width: 200px; height: 40px }</style>"
    '<h1>Account</h1><div class="secret" id="iban">DE89 3704 0044 0532 0130 00</div>'
)


def shows_the_secret(jpeg: bytes) -> bool:
    with Image.open(io.BytesIO(jpeg)) as picture:
        pixels = picture.convert("RGB").tobytes()
    triples = zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)
    return any(red > 180 and green < 90 and blue > 180 for red, green, blue in triples)


@pytest.fixture
def photograph(page: Page) -> Iterator[Callable[..., Album]]:
    """A picture of a document, with masks."""
    ends = []

    def take(content: str, *masks: str) -> Album:
        camera = Camera(masks)
        ends.append(watch_calls(camera))
        album = Album(camera)
        page.set_content(content)
        album.take(page)
        camera.wait()
        return album

    yield take
    for end in reversed(ends):
        end()


Photograph = Callable[..., Album]


def test_without_a_mask_it_is_seen(photograph: Photograph) -> None:
    assert shows_the_secret(photograph(CARD).pictures[0][0])


@pytest.mark.parametrize("mask", ["#iban", ".secret", "text=DE89", "div"])
def test_what_a_locator_finds_is_painted_over(photograph: Photograph, mask: str) -> None:
    album = photograph(CARD, mask)

    assert album.reasons == []
    assert not shows_the_secret(album.pictures[0][0])


@pytest.mark.parametrize(
    "content",
    [
        CARD.replace('id="iban"', 'id="iban" style="position: absolute; right: -100px; bottom: -20px"'),
        CARD.replace('id="iban"', 'id="iban" style="transform: rotate(30deg) translate(80px, 40px)"'),
        CARD.replace(
            'id="iban">', 'id="iban" style="width: 10px"><p style="background: #ff00ff; width: 400px">wide</p>'
        ),
        CARD + '<div class="secret" id="iban">twice</div>',
        '<my-card></my-card><script>customElements.define("my-card", class extends HTMLElement { connectedCallback() {'
        f' this.attachShadow({{ mode: "open" }}).innerHTML = `{CARD}` }} }})</script>',
    ],
    ids=["outside", "turned", "overflowing", "twice", "shadow"],
)
def test_wherever_it_stands(photograph: Photograph, content: str) -> None:
    album = photograph(content, "#iban")

    assert album.reasons == []
    assert not shows_the_secret(album.pictures[0][0])


def test_a_role_is_a_locator_too(photograph: Photograph) -> None:
    field = '<label>IBAN <input value="DE89" style="background: #ff00ff; border: 0; color: #ff00ff"></label>'

    assert not shows_the_secret(photograph(field, 'role=textbox[name="IBAN"]').pictures[0][0])


def test_a_match_in_a_frame_hides_the_frame(photograph: Photograph, page: Page) -> None:
    inner = CARD.replace('"', "&quot;")
    album = photograph(f'<p>Above</p><iframe srcdoc="{inner}" style="width: 400px; height: 200px"></iframe>', "#iban")

    assert album.reasons == []
    assert not shows_the_secret(album.pictures[0][0])


def test_on_a_screen_with_small_pixels(chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 500, "height": 300}, device_scale_factor=2)
    album = Album(Camera(["#iban"]))
    page = context.new_page()
    page.set_content(CARD)
    album.take(page)
    album.camera.wait()
    context.close()

    assert not shows_the_secret(album.pictures[0][0])


def test_twice_the_pixels_are_twice_the_box() -> None:
    whole = Image.new("RGB", (200, 100), "#ffffff")
    whole.paste(SECRET, (100, 20, 180, 60))
    jpeg = io.BytesIO()
    whole.save(jpeg, "JPEG")

    assert shows_the_secret(jpeg.getvalue())
    assert not shows_the_secret(paint_over(jpeg.getvalue(), Layout(100, ((50, 10, 40, 20),))))


def test_where_nothing_matches_the_picture_is_the_same(photograph: Photograph) -> None:
    album = photograph("<h1>Nothing to hide</h1>", "#iban")

    assert (len(album.pictures), album.reasons) == (1, [])


def test_what_never_stands_still_is_in_no_picture(photograph: Photograph) -> None:
    moving = CARD + (
        "<script>let n = 0; const move = () => {"
        " iban.style.marginLeft = `${n++ % 500}px`; requestAnimationFrame(move) }; move()</script>"
    )
    album = photograph(moving, "#iban")

    assert (album.pictures, album.reasons) == ([], ["what is to be masked moved while the picture was taken"])


def test_a_mask_that_is_no_locator_lets_no_picture_pass(photograph: Photograph) -> None:
    album = photograph(CARD, "div[[")

    assert album.pictures == []
    assert "div[[" in album.reasons[0]


def test_a_page_that_does_not_answer_is_in_no_picture(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "_MEASURE_SECONDS", 0.2)
    album = Album(Camera(["#iban"]))
    page.set_content(CARD)
    page.evaluate("() => { setTimeout(() => { const end = Date.now() + 1500; while (Date.now() < end); }, 0) }")
    album.take(page)
    album.camera.wait()
    assert (album.pictures, len(album.reasons)) == ([], 1)

    monkeypatch.setattr(masking, "_MEASURE_SECONDS", 10.0)
    page.evaluate("1")  # it answers again, and what came too late harms nobody
    album.take(page)
    album.camera.wait()
    assert len(album.pictures) == 1
    assert not shows_the_secret(album.pictures[0][0])


def test_the_way_without_cdp_masks_as_well(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "_MEASURE_SECONDS", 10.0)
    camera = Camera(["#iban"])
    album = Album(camera)
    page.set_content(CARD)
    camera._take_blocking(page, lambda jpeg, certain: album.pictures.append((jpeg, certain)), album.reasons.append)
    assert not shows_the_secret(album.pictures[0][0])

    layouts = iter([Layout(100, ((0, 0, 1, 1),)), Layout(100, ((0, 9, 1, 1),))])
    monkeypatch.setattr(camera, "_layout", lambda page: next(layouts))
    camera._take_blocking(page, lambda jpeg, certain: album.pictures.append((jpeg, certain)), album.reasons.append)
    assert (len(album.pictures), len(album.reasons)) == (1, 1)


def test_what_moved_is_not_known() -> None:
    expect_still(Layout(9, ((1, 2, 3, 4),)), Layout(9, ((1, 2, 3, 4),)))
    with pytest.raises(MaskFailed):
        expect_still(Layout(9, ((1, 2, 3, 4),)), Layout(9, ()))


def test_nothing_to_paint_leaves_the_bytes_alone() -> None:
    assert paint_over(b"whatever", Layout(100)) == b"whatever"
