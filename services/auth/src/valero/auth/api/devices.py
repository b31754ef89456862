"""Where somebody is signed in, and how to end it there: one's own, and for administrators."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from valero.auth import agents, cookies, sessions, users
from valero.auth.api.administration import ADMINISTER, Administrator
from valero.auth.api.texts import TextOut
from valero.auth.models import SignInSession
from valero.kit import clock
from valero.kit.auth import CurrentPrincipal, require
from valero.kit.database import Session

router = APIRouter(prefix="/api/auth", tags=["sessions"])


class SessionOut(BaseModel):
    """One sign-in that still goes on."""

    id: UUID
    current: bool = Field(description="whether this request belongs to it")
    device: TextOut = Field(description="the program and the system, as they call themselves")
    agent: str = Field(description="what the device said of itself, word for word")
    address: str = Field(description="from where it signed in, as the edge saw it")
    began_at: datetime
    last_used_at: datetime
    expires_at: datetime = Field(description="when it ends even if it is used")


@router.get("/sessions")
async def list_sessions(principal: CurrentPrincipal, session: Session) -> list[SessionOut]:
    """Where the caller is signed in, the last used first."""
    found = await sessions.listed(session, principal.user_id, now=clock.now())
    return [_out(row, UUID(principal.session_id)) for row in found]


@router.delete("/sessions", status_code=204)
async def end_sessions(
    request: Request, response: Response, principal: CurrentPrincipal, session: Session
) -> None:
    """Sign out everywhere, here too. Access tokens in use last ten minutes at most."""
    await sessions.sign_out_everywhere(session, principal.user_id, now=clock.now())
    cookies.remove(request, response)


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, principal: CurrentPrincipal, session: Session) -> None:
    """Sign out one of the caller's sessions. 404 if it is not theirs or has ended."""
    await sessions.end_own(session, principal.user_id, session_id, now=clock.now())


@router.get("/users/{user_id}/sessions")
async def list_sessions_of_user(
    user_id: UUID, session: Session, administrator: Administrator
) -> list[SessionOut]:
    """Where a user of the tenant is signed in."""
    await users.get(session, user_id)
    found = await sessions.listed(session, user_id, now=clock.now())
    return [_out(row, UUID(administrator.session_id)) for row in found]


@router.delete("/users/{user_id}/sessions", status_code=204, dependencies=[require(ADMINISTER)])
async def end_sessions_of_user(user_id: UUID, session: Session) -> None:
    """Sign a user of the tenant out everywhere, for instance after a telephone was lost."""
    await users.get(session, user_id)
    await sessions.sign_out_everywhere(session, user_id, now=clock.now())


def _out(row: SignInSession, current: UUID) -> SessionOut:
    words = agents.in_words(row.agent)
    return SessionOut(
        id=row.id,
        current=row.id == current,
        device=TextOut(de=words.de, en=words.en),
        agent=row.agent,
        address=row.address,
        began_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )
