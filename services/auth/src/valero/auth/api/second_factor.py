"""One's own second factor: set up, confirm, renew the recovery codes, remove."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from valero.auth import second_factor, sign_in, users
from valero.auth.api.administration import ADMINISTER
from valero.auth.api.signing_in import LONGEST_INPUT, CurrentTools
from valero.auth.models import User
from valero.kit import clock
from valero.kit.auth import CurrentPrincipal, require
from valero.kit.database import Session

router = APIRouter(prefix="/api/auth", tags=["second factor"])

Secret = Annotated[str, Field(min_length=1, max_length=LONGEST_INPUT, repr=False)]


class PasswordProof(BaseModel):
    """The present password, so that an unattended screen is not enough."""

    password: Secret


class CodeProof(BaseModel):
    """A code of the application, or where one exists a recovery code."""

    code: Secret


class StateOut(BaseModel):
    """Whether there is a second factor."""

    enabled: bool
    since: datetime | None
    recovery_codes_left: int


class EnrolmentOut(BaseModel):
    """For the authenticator application; shown once."""

    secret: str = Field(description="base32, to be typed in")
    uri: str = Field(description="`otpauth://totp/...`, to be shown as a QR code")


class RecoveryCodesOut(BaseModel):
    """Codes that replace the application, each once. Shown now and never again."""

    recovery_codes: list[str]


@router.get("/second-factor")
async def get_second_factor(principal: CurrentPrincipal, session: Session) -> StateOut:
    """Whether the caller has a second factor, and how many recovery codes are left."""
    factor = await second_factor.find(session, principal.user_id)
    return StateOut(
        enabled=factor is not None,
        since=factor.confirmed_at if factor else None,
        recovery_codes_left=await second_factor.recovery_codes_left(session, principal.user_id),
    )


@router.post("/second-factor", status_code=201)
async def begin_second_factor(
    body: PasswordProof, response: Response, principal: CurrentPrincipal, use: CurrentTools
) -> EnrolmentOut:
    """A secret for the authenticator application; of no effect until it is confirmed."""
    await sign_in.check_password(use, principal, body.password)
    async with use.database.transaction(principal=principal) as session:
        user = await session.get_one(User, principal.user_id, with_for_update=True)
        made = await second_factor.enrol(session, use.vault, user, now=clock.now())
    response.headers["Cache-Control"] = "no-store"
    return EnrolmentOut(secret=made.secret, uri=made.uri)


@router.post("/second-factor/confirmation")
async def confirm_second_factor(
    body: CodeProof,
    response: Response,
    principal: CurrentPrincipal,
    session: Session,
    use: CurrentTools,
) -> RecoveryCodesOut:
    """From now on signing in asks for a code."""
    codes = await second_factor.confirm(
        session, use.vault, principal.user_id, body.code, now=clock.now()
    )
    response.headers["Cache-Control"] = "no-store"
    return RecoveryCodesOut(recovery_codes=codes)


@router.post("/second-factor/recovery-codes", status_code=201)
async def renew_recovery_codes(
    body: CodeProof, response: Response, principal: CurrentPrincipal, use: CurrentTools
) -> RecoveryCodesOut:
    """Ten new recovery codes; all earlier ones end."""
    await sign_in.check_code(use, principal, body.code)
    async with use.database.transaction(principal=principal) as session:
        codes = await second_factor.renew_recovery_codes(session, use.vault, principal.user_id)
    response.headers["Cache-Control"] = "no-store"
    return RecoveryCodesOut(recovery_codes=codes)


@router.post("/second-factor/removal", status_code=204)
async def remove_second_factor(
    body: CodeProof, principal: CurrentPrincipal, use: CurrentTools
) -> None:
    """Sign in with the password alone again; asks for a code first."""
    await sign_in.check_code(use, principal, body.code)
    async with use.database.transaction(principal=principal) as session:
        await second_factor.remove(session, principal.user_id)


@router.delete(
    "/users/{user_id}/second-factor", status_code=204, dependencies=[require(ADMINISTER)]
)
async def remove_second_factor_of_user(user_id: UUID, session: Session) -> None:
    """For a user of the tenant who has lost both telephone and recovery codes."""
    await users.get(session, user_id)
    await second_factor.remove(session, user_id)
