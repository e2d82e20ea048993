from __future__ import annotations

from demo_app.auth import current_actor
from demo_app.db import now_text, transaction
from demo_app.defects import defect_on


def record(action: str, subject: str, detail: str) -> None:
    """Add an entry to the audit trail, in the transaction of the change itself."""
    if defect_on("audit-not-written"):
        return
    with transaction() as db:
        db.execute(
            "INSERT INTO audit (at, actor_email, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
            (now_text(), current_actor().email, action, subject, detail),
        )
