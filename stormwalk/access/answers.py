"""What an answer holds, and how alike two answers are. Pure; lengths are never compared, only content."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Leaf = tuple[str, Any]
"""A value of a JSON document with its path, in which the places of lists are `[]`: `("orders[].id", 1003)`."""

_ERROR_KEYS = frozenset({"error", "errors", "error_description", "fault", "exception"})
_ALIKE = 0.9
# Two leaves are the least that can tell one answer from another; `{"ok": true}` proves nothing.
_SUBSTANCE = 2
_LONG_NUMBER = 4
_DATA = re.compile(r"[@\d]")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as far as it is judged. `status` is None when none came; `failure` then says why.

    `location` is the path of a redirect. `data` is the parsed JSON, None where there is none; `text` is cut.
    """

    status: int | None
    text: str = ""
    content_type: str = ""
    location: str = ""
    failure: str = ""
    data: Any = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def redirects(self) -> bool:
        return self.status is not None and 300 <= self.status < 400

    @property
    def tells_of_rights(self) -> bool:
        """Whether it can be a yes or a no: silence, too many requests and a server error are neither."""
        return self.status is not None and self.status != 429 and self.status < 500

    @property
    def is_html(self) -> bool:
        return "html" in self.content_type

    def holds(self, canary: str) -> bool:
        """Whether the text that only one object has stands in the answer."""
        return bool(canary) and canary in self.text

    def names(self, person: str) -> bool:
        """Whether somebody is named, as a whole word: `kim@shop.test` does not name `kim`, nor does `kimono`."""
        return bool(person) and re.search(rf"(?<![\w@.+-]){re.escape(person)}(?![\w@+-])", self.text) is not None

    @property
    def words(self) -> str:
        """The status, or why there is none."""
        if self.status is None:
            return self.failure or "no answer"
        return f"{self.status} to {self.location}" if self.location else str(self.status)


def parsed(text: str, content_type: str) -> Any:
    """The JSON of a body, None where it is none."""
    if "json" not in content_type:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def leaves(data: Any, path: str = "") -> Iterator[Leaf]:
    """Every value of a JSON document with its path."""
    if isinstance(data, dict):
        for key, one in data.items():
            yield from leaves(one, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list):
        for one in data:
            yield from leaves(one, f"{path}[]")
    else:
        yield path, data


def at(data: Any, dotted: str) -> Any:
    """The value at a dotted path such as `user.role`, None where there is none."""
    for key in dotted.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    return data


def id_in(data: Any, dotted: str) -> Any:
    """The id of an object at a dotted path; of an address, such as a link to the object, its last part."""
    found = at(data, dotted)
    return found.rstrip("/").rpartition("/")[2] if isinstance(found, str) and "/" in found else found


def id_in_page(answer: Answer, pattern: str) -> str | None:
    """What the pattern finds as its first group: in the path that a redirect leads to, else in the text."""
    found = re.search(pattern, answer.location) or re.search(pattern, answer.text)
    return found[1] if found else None


def all_at(data: Any, dotted: str) -> Iterator[Any]:
    """The values at a dotted path, in every element of the lists on the way: `orders.recipient`."""
    key, _, rest = dotted.partition(".")
    for one in data if isinstance(data, list) else [data]:
        if isinstance(one, dict) and key in one:
            yield from all_at(one[key], rest) if rest else [one[key]]


def volatile(first: Answer, second: Answer) -> frozenset[str]:
    """The paths whose values differ between two answers to the same call of the same actor."""
    one, two = set(leaves(first.data)), set(leaves(second.data))
    return frozenset(path for path, _ in one ^ two)


def same_values(answer: Answer, right: Answer, passing: frozenset[str] = frozenset()) -> bool:
    """Whether the answer tells all that the right one told, values included; `passing` paths do not count.

    It may tell more, or tell it one level deeper, as the `data` beside an `error`. An answer of less substance than two
    values is never the same as another.
    """
    if right.data is None or answer.data is None:
        return _same_text(answer, right)
    wanted = set(_told(right, passing))
    inner = answer.data.values() if isinstance(answer.data, dict) else ()
    return len(wanted) >= _SUBSTANCE and any(wanted <= set(leaves(part)) for part in (answer.data, *inner))


def written_out(
    answer: Answer, right: Answer, passing: frozenset[str] = frozenset(), *, but: Answer | None = None
) -> bool:
    """Whether a page or a text has all the values of the right answer in it that look like data and not like words.

    Values that the page `but` has as well, and those on `passing` paths, do not count. Fewer than two prove nothing.
    """
    if answer.data is not None or right.data is None:
        return False
    common = but.text if but else ""
    wanted = {str(value) for _, value in _told(right, passing) if _is_data(value)}
    wanted = {value for value in wanted if not _stands_in(value, common)}
    return len(wanted) >= _SUBSTANCE and all(_stands_in(value, answer.text) for value in wanted)


def built_into(answer: Answer, right: Answer) -> bool:
    """Whether the whole of the right answer's build stands in the answer, with whatever values, beside other things."""
    if right.data is None or answer.data is None:
        return False
    wanted = _shape(right.data)
    return len(wanted) >= _SUBSTANCE and wanted <= _shape(answer.data)


def gives_nothing(answer: Answer, right: Answer) -> bool:
    """Whether the answer is an empty list or document, where the right role got one that is not."""
    return answer.data in ([], {}) and any(True for _ in _told(right, frozenset()))


def same_shape(answer: Answer, right: Answer) -> bool:
    """Whether the two are built alike: nine tenths of their key paths, with the types of the values, are shared."""
    if right.data is None or answer.data is None:
        return False
    one, two = _shape(answer.data), _shape(right.data)
    return len(two) >= _SUBSTANCE and len(one & two) >= _ALIKE * len(one | two)


def alike(answer: Answer, other: Answer | None) -> bool:
    """Whether two answers say the same: status, and the fields of their JSON or the words of their text."""
    if other is None or answer.status != other.status or answer.location != other.location:
        return False
    if answer.data is not None and other.data is not None:
        return _shape(answer.data) == _shape(other.data)
    return _overlap(_words(answer.text), _words(other.text)) >= _ALIKE


def is_shell(answer: Answer, shell: Answer | None) -> bool:
    """Whether it is the page that the application gives for a path that is nowhere, as single-page ones do."""
    return answer.succeeded and answer.is_html and shell is not None and shell.succeeded and alike(answer, shell)


def says_error(answer: Answer) -> bool:
    """Whether the body itself speaks of an error, whatever the status is."""
    if isinstance(answer.data, dict):
        return any(str(key).lower() in _ERROR_KEYS and value for key, value in answer.data.items())
    return False


def leads_to(answer: Answer, pages: Iterable[str]) -> bool:
    """Whether it redirects to one of these pages, such as the one where one logs in."""
    path = urlsplit(answer.location).path.rstrip("/")
    return answer.redirects and any(path == page.rstrip("/") for page in pages)


def fields_named(data: Any, names: frozenset[str]) -> Iterator[Leaf]:
    """The leaves whose own name is one of `names` and that hold something."""
    for path, value in leaves(data):
        name = path.rsplit(".", 1)[-1].removesuffix("[]")
        if name in names and value not in (None, "", False):
            yield path, value


def times_set(data: Any, name: str, value: Any) -> int:
    """How often a field of this name has this value in a document."""
    return sum(path.rsplit(".", 1)[-1] == name and one == value for path, one in leaves(data))


def about(data: Any, canary: str) -> Any:
    """The smallest part of a document that holds the canary: one order of a list of orders; all where none does."""
    for one in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        if canary and isinstance(one, dict | list) and canary in str(one):
            return about(one, canary)
    return data


def _told(right: Answer, passing: frozenset[str]) -> Iterator[Leaf]:
    """What an answer says: its leaves that hold something and stay as they are."""
    for path, value in leaves(right.data):
        if path not in passing and value not in (None, "", [], {}):
            yield path, value


def _is_data(value: Any) -> bool:
    """An address, a date, a long number: what no page says by chance."""
    text = "" if isinstance(value, bool) else str(value)
    return len(text) >= _LONG_NUMBER and _DATA.search(text) is not None


def _stands_in(value: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


def _shape(data: Any) -> set[tuple[str, str]]:
    return {(path, _kind(value)) for path, value in leaves(data)}


def _kind(value: Any) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def _same_text(answer: Answer, right: Answer) -> bool:
    text = _SPACE.sub(" ", right.text).strip()
    return len(text) >= 20 and not right.is_html and _SPACE.sub(" ", answer.text).strip() == text


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text[:20_000]))


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / len(one | two) if one | two else 1.0
