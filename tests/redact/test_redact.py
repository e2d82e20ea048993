from __future__ import annotations

import base64
import json
import re
import time
from threading import Thread
from urllib.parse import quote, quote_plus

import pytest

from stormwalk.redact import MASK, Pattern, Redactor

SECRET = 'Pa"ss w&rd/ü+1<'
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_x"


@pytest.mark.parametrize(
    "disguised",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        re.sub("%..", lambda code: code[0].lower(), quote(SECRET, safe="")),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        json.dumps(json.dumps({"x": SECRET}, ensure_ascii=False), ensure_ascii=False),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"sam@shop.test:{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"a:{SECRET}:b".encode()).decode(),
        base64.b64encode(f"ab:{SECRET}".encode()).decode(),
        SECRET.replace("&", "&amp;").replace("<", "&lt;"),
        f"twice {SECRET}{SECRET}",
    ],
)
def test_a_known_secret_is_hidden_in_every_disguise(disguised: str) -> None:
    hidden = Redactor([SECRET], patterns=()).text(f"before {disguised} after")
    assert MASK in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")
    assert not re.search("ss.{0,3}w|rd", hidden)


def test_without_the_secret_base64_stays() -> None:
    innocent = base64.b64encode(b"nothing to hide here at all").decode()
    assert Redactor([SECRET]).text(innocent) == innocent


@pytest.mark.parametrize("short", ["", "a", "abc", " "])
def test_a_short_secret_is_not_replaced_everywhere(short: str) -> None:
    assert Redactor([short]).text("abc a cab") == "abc a cab"


@pytest.mark.parametrize("secret", ["redacted", "[redacted]", "reda", "acted]", "secret.*", "(((("])
def test_hiding_twice_changes_nothing(secret: str) -> None:
    redactor = Redactor([secret, "Passw0rd-Sam"])
    once = redactor.text(f"x {secret} Passw0rd-Sam y")
    assert once == f"x {MASK} {MASK} y"
    assert redactor.text(once) == once


def test_the_longer_of_two_secrets_goes_first() -> None:
    assert Redactor(["pass", "password-long"]).text("password-long pass") == f"{MASK} {MASK}"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"got {JWT}.", f"got {MASK}"),
        (f"cut off {JWT[:30]}", f"cut off {MASK}"),
        ("Authorization: Bearer abcdef123456", f"Authorization: {MASK}"),
        ("> cookie: a=b; c=d\nHost: x", f"> cookie: {MASK}\nHost: x"),
        ("Set-Cookie: sid=1; Path=/", f"Set-Cookie: {MASK}"),
        ("sent Bearer abcdef123456 to it", f"sent Bearer {MASK} to it"),
        ("basic c2FtOnBhc3N3b3Jk", f"basic {MASK}"),
        ("at http://sam:pw@shop.test/x", f"at http://{MASK}@shop.test/x"),
        ("postgresql://u:p@ss@db/x", f"postgresql://{MASK}@db/x"),
        ('{"password": "a\\"b", "name": "x"}', f'{{"password": "{MASK}", "name": "x"}}'),
        ("{'apiKey': 'abc'}", f"{{'apiKey': '{MASK}'}}"),
        ('"access_token":"cut of', f'"access_token":"{MASK}'),
        (r"{\"password\": \"a\\\"b\", \"n\": 1}", rf"{{\"password\": \"{MASK}\", \"n\": 1}}"),
        ('{"otp": 123456, "n": 1}', f'{{"otp": {MASK}, "n": 1}}'),
        ('- textbox "Password": Passw0rd-New', f'- textbox "Password": {MASK}'),
        ("password=hunter2&name=sam", f"password={MASK}&name=sam"),
        ("GET /x?code=abc&page=2", f"GET /x?code={MASK}&page=2"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", MASK),
    ],
)
def test_what_looks_like_a_secret(text: str, hidden: str) -> None:
    assert Redactor().text(text) == hidden
    assert Redactor().text(hidden) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "Password: at least 8 characters",
        "POST /api/session answered 201",
        '{"token_type": "Bearer", "code": "not_found", "key": "name", "token": null, "session": {"id": 5}}',
        "errno=111 code=5 key=value",
        "sam@shop.test bought 2 of http://shop.test/products/3?sort=name",
        "eyJhbGciOiJIUzI1NiJ9",
        "Bearer of bad news",
        "the tokenizer said tokenize=true",
        "expect(locator).to_be_visible() failed: 'Order 1003'",
    ],
)
def test_what_looks_harmless_stays(text: str) -> None:
    assert Redactor().text(text) == text


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("http://shop.test/x?page=2", "http://shop.test/x?page=2"),
        ("http://sam:pw@shop.test/", f"http://{MASK}@shop.test/"),
        ("/x?token=abc&page=2&key=1", f"/x?token={MASK}&page=2&key={MASK}"),
        ("/x?a=1;session=abc", f"/x?a=1;session={MASK}"),
        ("/x;jsessionid=abc?a=1", f"/x;jsessionid={MASK}?a=1"),
        ("/#access_token=abc&state=1", f"/#access_token={MASK}&state=1"),
        ("/#/login?code=abc", f"/#/login?code={MASK}"),
        ("/x?pass%77ord=abc", f"/x?pass%77ord={MASK}"),
        ("/x?X-Amz-Signature=ab/c,d", f"/x?X-Amz-Signature={MASK}"),
        ("/x?user[password]=a'b\"c d", f"/x?user[password]={MASK}"),
        (f"/reset/{JWT}", f"/reset/{MASK}"),
        ("/x?token=&page=1", "/x?token=&page=1"),
        ("?secret=a=b", f"?secret={MASK}"),
        ("/x?next=%2Fy%3Ftoken%3Dabc", "/x?next=" + MASK),
        ("/x?next=%2Fy%253Ftoken%253Dabc", "/x?next=" + MASK),
        ("/x?next=%2Fy%3Fpage%3D2", "/x?next=%2Fy%3Fpage%3D2"),
        ("", ""),
    ],
)
def test_addresses(url: str, hidden: str) -> None:
    assert Redactor().url(url) == hidden
    assert Redactor().url(hidden) == hidden


def test_headers() -> None:
    headers = {
        "Authorization": "Basic x",
        "cookie": "a=b",
        "Set-Cookie": "a=b",
        "X-CSRFToken": "abc",
        "X-Api-Key": "abc",
        "Location": "/x?token=abc",
        "Idempotency-Key": "abc",
        "X-Note": "my Passw0rd-Sam",
    }
    assert Redactor(["Passw0rd-Sam"]).headers(headers) == {
        "Authorization": MASK,
        "cookie": MASK,
        "Set-Cookie": MASK,
        "X-CSRFToken": MASK,
        "X-Api-Key": MASK,
        "Location": f"/x?token={MASK}",
        "Idempotency-Key": "abc",
        "X-Note": f"my {MASK}",
    }


def test_json_values() -> None:
    body = {
        "user": {"password": "x", "pin": 1, "tokens": ["a"], "note": "Passw0rd-Sam"},
        "otp": 5,
        "token": None,
        "n": 1,
    }
    assert Redactor(["Passw0rd-Sam"]).json(body) == {
        "user": {"password": MASK, "pin": 1, "tokens": [MASK], "note": MASK},
        "otp": MASK,
        "token": None,
        "n": 1,
    }


def test_learns_on_the_way() -> None:
    redactor = Redactor()
    assert redactor.text("opaque/refresh") == "opaque/refresh"
    redactor.learn("opaque/refresh")
    assert redactor.text("opaque/refresh opaque%2Frefresh") == f"{MASK} {MASK}"


def test_tokens_that_their_shape_hides_are_not_kept() -> None:
    redactor = Redactor()
    redactor.learn(JWT)
    assert repr(redactor) == repr(Redactor())


def test_its_repr_shows_nothing() -> None:
    assert "Passw0rd" not in repr(Redactor(["Passw0rd-Sam"]))


def test_own_patterns() -> None:
    pattern = Pattern(name="card", regex=re.compile(r"\d{16}"), replacement=MASK)
    assert Redactor(patterns=[pattern]).text("card 4111111111111111 token=a") == f"card {MASK} token=a"


def test_learning_in_one_thread_while_another_hides() -> None:
    redactor = Redactor()

    def learn(part: int) -> None:
        for number in range(50):
            redactor.learn(f"learned-{part}-{number}")

    threads = [Thread(target=learn, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        redactor.text("learned-1-1 and more")
    assert redactor.text("learned-3-49 learned-0-0") == f"{MASK} {MASK}"


HOSTILE = {
    "one word": "a" * 250_000,
    "quotes": '"' * 250_000,
    "open field": '"password": "' + "\\" * 249_999,
    "escaped quotes": '\\"' * 125_000,
    "dots": "eyJabcdefgh" + "." * 250_000,
    "equals": "a=" * 125_000,
    "urls": "http://" * 35_000,
    "at": "://" + "a@" * 125_000,
    "keys": "-----BEGIN PRIVATE KEY-----" * 9_000,
    "spaces": '"a"' + " " * 250_000,
    "tabs": "\n\t" * 125_000,
    "lines": "Cookie:\n" * 30_000,
    "bearer": "bearer " * 35_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_longer_than_other_text(name: str) -> None:
    redactor = Redactor(["Passw0rd-Sam"])
    hidden, took = timed(redactor, HOSTILE[name])
    assert took < 3, f"{took:.1f} s"
    assert timed(redactor, hidden)[0] == hidden


@pytest.mark.timeout(20)
def test_a_megabyte_of_json() -> None:
    text = json.dumps([{"name": "x" * 20, "password": "y", "price": number} for number in range(18_000)])
    hidden, took = timed(Redactor([f"Passw0rd-{number}" for number in range(20)]), text)
    assert took < 5, f"{took:.1f} s"
    assert '"y"' not in hidden


def timed(redactor: Redactor, text: str) -> tuple[str, float]:
    begun = time.perf_counter()
    return redactor.text(text), time.perf_counter() - begun
