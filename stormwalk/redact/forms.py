"""The disguises in which a known secret is met: in addresses, in JSON, in HTML, in Basic credentials."""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

# Shorter pieces of base64 are met by chance.
_SHORTEST_BASE64 = 8


def text_forms(secret: str) -> frozenset[str]:
    """As it is, percent-encoded, escaped for JSON (once and twice) and for HTML."""
    percent = {quote(secret, safe=""), quote(secret), quote_plus(secret), quote(secret, safe="@:!$&'()*+,;=")}
    percent |= {re.sub("%..", lambda code: code[0].lower(), one) for one in percent}
    escaped = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    twice = {json.dumps(one, ensure_ascii=False)[1:-1] for one in escaped}
    return frozenset({secret, html.escape(secret), html.escape(secret, quote=False), *percent, *escaped, *twice})


def base64_forms(secret: str) -> frozenset[str]:
    """What base64 shows of it, wherever it stands in the encoded text: three alignments, two alphabets."""
    pieces = {_aligned(secret.encode("utf-8", "surrogatepass"), offset) for offset in range(3)}
    pieces |= {piece.replace("+", "-").replace("/", "_") for piece in pieces}
    return frozenset(piece for piece in pieces if len(piece) >= _SHORTEST_BASE64)


def _aligned(secret: bytes, offset: int) -> str:
    encoded = base64.b64encode(b"\0" * offset + secret).decode()
    # Characters at either end also hold bits of the neighbours, which are not known.
    return encoded[-(-offset * 8 // 6) : (offset + len(secret)) * 8 // 6]
