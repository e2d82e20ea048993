"""Access tokens (signed, short-lived) and refresh tokens (opaque, rotating, stored as a hash).

Both belong to a session, and a session that is revoked kills both at once. An access token also
carries the version of the user's rights: a role change makes it outdated, and a refresh mends it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import time
import uuid
from dataclasses import dataclass
from typing import Any

import jwt
from flask import current_app
from jwt.utils import base64url_decode

from demo_app.config import ShopConfig
from demo_app.db import get_db, now_text, transaction
from demo_app.defects import defect_on
from demo_app.errors import unauthorized

ALGORITHM = "HS256"
# A reply to a refresh can be lost; whoever asks again soon after is served and not thrown out.
REUSE_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What an access token says about its bearer."""

    user_id: int
    session_id: int
    version: int
    role: str


def open_session(user: sqlite3.Row) -> dict[str, object]:
    """Start a session and return its tokens."""
    with transaction() as db:
        cursor = db.execute("INSERT INTO sessions (user_id, created_at) VALUES (?, ?)", (user["id"], now_text()))
        assert cursor.lastrowid is not None
        return _tokens(user, cursor.lastrowid)


def refresh_session(refresh_token: str) -> tuple[sqlite3.Row, dict[str, object]]:
    """Trade a refresh token for new tokens; each can be used once."""
    with transaction() as db:
        row = db.execute(
            "SELECT * FROM refresh_tokens JOIN sessions ON sessions.id = session_id WHERE token_hash = ?",
            (_hash(refresh_token),),
        ).fetchone()
        if row is None or not _fresh(row) or (row["revoked_at"] and not defect_on("refresh-survives-logout")):
            raise unauthorized("session_ended", "Your session has ended. Please log in again.")
        db.execute(
            "UPDATE refresh_tokens SET used_at = coalesce(used_at, ?) WHERE token_hash = ?",
            (time.time(), row["token_hash"]),
        )
        user = db.execute("SELECT * FROM users WHERE id = ?", (row["user_id"],)).fetchone()
        return user, open_session(user) if row["revoked_at"] else _tokens(user, row["session_id"])


def revoke_session(session_id: int) -> None:
    with transaction() as db:
        db.execute("UPDATE sessions SET revoked_at = ? WHERE id = ?", (now_text(), session_id))


def read_access_token(token: str) -> Claims:
    """Check signature and age; whether the session still lives is for the caller to ask."""
    try:
        return _claims(_decoded(token))
    except jwt.ExpiredSignatureError as error:
        raise unauthorized("token_expired", "The access token has expired.") from error
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise unauthorized("token_invalid", "The access token is not valid.") from error


def is_readable(token: str) -> bool:
    """Tell whether this has the header of a token, whatever else is wrong with it."""
    try:
        return isinstance(json.loads(base64url_decode(token.partition(".")[0])), dict)
    except (ValueError, RecursionError):
        return False


def _decoded(token: str) -> dict[str, Any]:
    algorithm = jwt.get_unverified_header(token).get("alg")
    unsigned = str(algorithm).lower() == "none" and token.endswith(".") and defect_on("alg-none-accepted")
    unchecked = algorithm == ALGORITHM and defect_on("signature-not-checked")
    return jwt.decode(
        token,
        _config().signing_key,
        algorithms=[ALGORITHM],
        options={
            "require": ["exp", "sub", "jti", "sid", "ver"],
            "verify_signature": not (unsigned or unchecked),
            "verify_exp": not defect_on("expired-token-accepted"),
        },
    )


def _claims(claims: dict[str, Any]) -> Claims:
    return Claims(
        user_id=int(claims["sub"]),
        session_id=int(claims["sid"]),
        version=int(claims["ver"]),
        role=str(claims.get("role")),
    )


def _tokens(user: sqlite3.Row, session_id: int) -> dict[str, object]:
    config = _config()
    return {
        "access_token": _access_token(user, session_id),
        "refresh_token": _refresh_token(session_id),
        "token_type": "Bearer",
        "expires_in": int(config.token_minutes * 60),
    }


def _access_token(user: sqlite3.Row, session_id: int) -> str:
    config = _config()
    issued = time.time()
    claims = {
        "sub": str(user["id"]),
        "role": user["role"],
        "ver": user["token_version"],
        "sid": session_id,
        "jti": uuid.uuid4().hex,
        "iat": int(issued),
        "exp": int(issued + config.token_minutes * 60),
    }
    return jwt.encode(claims, config.signing_key, algorithm=ALGORITHM)


def _refresh_token(session_id: int) -> str:
    token = secrets.token_urlsafe(32)
    expires = time.time() + _config().refresh_days * 86400
    get_db().execute(
        "INSERT INTO refresh_tokens (token_hash, session_id, expires_at) VALUES (?, ?, ?)",
        (_hash(token), session_id, expires),
    )
    return token


def _fresh(row: sqlite3.Row) -> bool:
    used = row["used_at"]
    return bool(row["expires_at"] > time.time() and (used is None or time.time() - used < REUSE_SECONDS))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _config() -> ShopConfig:
    config: ShopConfig = current_app.config["SHOP"]
    return config
