"""Makes values of what the scripts tell. The page can tell anything, in any shape: what makes no sense is dropped."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any, TypeGuard

from chaos.lexicon import tells_loading
from chaos.observe.felt import FeltCall
from chaos.seen import Control, Field, Message, MessageKind, PageState, Standstill

_PARTS_OF_MS_S = 0.001
# A stamp of the page is believed where it lies just before our own; a clock that a test has installed does not.
_LATEST_BY_S = 5.0
_LONGEST_LINE_OF_PROGRESS = 60
_MOST = 400
_LONGEST_URL = 4_000

Hide = Callable[[str], str]


def parsed(text: object) -> dict[str, Any] | None:
    """The JSON object of a text; None for anything else."""
    try:
        value = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def moment(told: dict[str, Any], arrived: float) -> float:
    """When it happened: the page's own stamp, in seconds, where it can be true."""
    stamp = told.get("at")
    at = stamp / 1000 if _is_number(stamp) else arrived
    return at if arrived - _LATEST_BY_S <= at <= arrived else arrived


def looked_at(told: dict[str, Any], asked: float, answered: float) -> float:
    """When the look was taken: by the page's own stamp, where it lies between our question and the answer. On a busy
    machine these are far apart, and what the page shows was not there yet when we asked."""
    stamp = told.get("at")
    at = stamp / 1000 if _is_number(stamp) else asked
    return max(at, asked) if asked - _PARTS_OF_MS_S <= at <= answered else asked


def calls(told: dict[str, Any], arrived: float, hide_url: Hide) -> tuple[FeltCall, ...]:
    """Of each call how long ago it had begun and ended when the page told of it, by a clock that nobody sets."""
    return tuple(
        FeltCall(
            url=hide_url(str(one.get("url") or "")[:_LONGEST_URL]),
            begun=begun,
            at=ended,
            failed=one.get("failed") is True,
        )
        for one, begun, ended in _spans(told, "calls", arrived)
    )


def standstills(told: dict[str, Any], arrived: float) -> tuple[Standstill, ...]:
    """When the page got no processor, told in the same way."""
    return tuple(Standstill(at=begun, ended=ended) for _, begun, ended in _spans(told, "late", arrived))


def _spans(told: dict[str, Any], name: str, arrived: float) -> Iterator[tuple[dict[str, Any], float, float]]:
    at, each = moment(told, arrived), told.get(name)
    for one in each[:_MOST] if isinstance(each, list) else []:
        if isinstance(one, dict):
            yield one, at - number(one.get("begun")) / 1000, at - number(one.get("ended")) / 1000


def message(told: dict[str, Any], arrived: float, url: str, hide: Hide) -> Message | None:
    try:
        kind = MessageKind(str(told.get("kind")))
    except ValueError:
        return None
    text = _text(told.get("text"), hide, 500)
    shown = told.get("shown") is not False
    return Message(kind=kind, text=text, at=moment(told, arrived), url=url, shown=shown) if text else None


def control(told: object, hide: Hide) -> Control | None:
    if not isinstance(told, dict) or not isinstance(told.get("key"), str):
        return None
    return Control(
        key=hide(told["key"][:800])[:200],
        name=_text(told.get("name"), hide, 80),
        kind=_text(told.get("kind"), hide, 20) or "button",
        enabled=told.get("enabled") is not False,
        busy=told.get("busy") is True,
        off_page=told.get("off_page") is True,
    )


def fields(told: object, hide: Hide) -> tuple[Field, ...]:
    each = told[:_MOST] if isinstance(told, list) else []
    return tuple(field for one in each if (field := _field(one, hide)) is not None)


def _field(told: object, hide: Hide) -> Field | None:
    if not isinstance(told, dict) or not isinstance(told.get("key"), str):
        return None
    return Field(
        key=hide(told["key"][:800])[:200],
        name=_text(told.get("name"), hide, 80),
        digest=_text(told.get("digest"), str, 16),
        secret=told.get("secret") is True,
        invalid=told.get("invalid") is True,
    )


def state(told: dict[str, Any], at: float, hide: Hide, hide_url: Hide) -> PageState:
    """The look that the script took at the moment `at`."""
    text = hide(str(told.get("text") or "")[:20_000])
    controls = told.get("controls")
    each = controls[:_MOST] if isinstance(controls, list) else []
    return PageState(
        at=at,
        url=hide_url(str(told.get("url") or "")[:2_000]),
        title=_text(told.get("title"), hide, 200),
        text=text,
        text_length=int(_number(told.get("text_length"))),
        media=int(_number(told.get("media"))),
        opaque=int(_number(told.get("opaque"))),
        controls=tuple(one for raw in each if (one := control(raw, hide)) is not None),
        fields=fields(told.get("fields"), hide),
        busy_marks=(*_texts(told.get("busy"), hide), *_lines_of_progress(text)),
        animations=_texts(told.get("animations"), hide),
        stylesheets_missing=_texts(told.get("stylesheets"), hide_url),
        overflow_px=_number(told.get("overflow")),
        standing=_texts(told.get("standing"), hide),
        password_fields=int(_number(told.get("passwords"))),
    )


def _lines_of_progress(text: str) -> tuple[str, ...]:
    short = [line.strip() for line in text.splitlines()[:500] if len(line) <= _LONGEST_LINE_OF_PROGRESS]
    return tuple(dict.fromkeys(f'text "{line}"' for line in short if tells_loading(line)))


def number(value: object) -> float:
    """A finite number that is not below zero; anything else is 0."""
    return _number(value)


def _number(value: object) -> float:
    return max(0.0, float(value)) if _is_number(value) and math.isfinite(value) else 0.0


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _text(value: object, hide: Hide, longest: int) -> str:
    # Hidden before it is cut: half a secret has no shape by which it could be known.
    return hide(value[: 4 * longest])[:longest] if isinstance(value, str) else ""


def _texts(value: object, hide: Hide) -> tuple[str, ...]:
    return tuple(_text(one, hide, 500) for one in value[:50] if isinstance(one, str)) if isinstance(value, list) else ()
