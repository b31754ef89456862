"""Who changed what, when, from what, to what: written with the change, never altered."""

import json
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.kit import tracing
from valero.kit.auth import Principal

INSERT = text(
    """
    insert into audit_log (user_id, user_name, action, subject, before, after, trace_id)
    values (:user_id, :user_name, :action, :subject,
            cast(:before as jsonb), cast(:after as jsonb), :trace_id)
    """
)


async def record(
    session: AsyncSession, action: str, subject: str, before: Any = None, after: Any = None
) -> None:
    """Add one row to the audit log in the caller's transaction.

    `action` is a past-tense name such as `role_granted`, `subject` the id of what was changed,
    `before` and `after` its old and new content as models or JSON values. The user is the one
    the session was opened for; none in consumers and tasks.
    """
    principal: Principal | None = session.info.get("principal")
    trace = tracing.current()
    values = {
        "user_id": principal.user_id if principal else None,
        "user_name": principal.name if principal else None,
        "action": action,
        "subject": subject,
        "before": _json(before),
        "after": _json(after),
        "trace_id": trace.trace_id if trace else None,
    }
    await session.execute(INSERT, values)


def _json(content: Any) -> str | None:
    if content is None:
        return None
    return json.dumps(to_jsonable_python(content), ensure_ascii=False)
