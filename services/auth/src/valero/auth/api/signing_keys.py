"""The keys that sign access tokens, and their replacement on demand."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from valero.auth import keys
from valero.auth.api.administration import ADMINISTER
from valero.auth.api.signing_in import CurrentTools
from valero.auth.models import SigningKey
from valero.kit import clock
from valero.kit.auth import require
from valero.kit.database import Session

router = APIRouter(
    prefix="/api/auth/signing-keys", tags=["signing keys"], dependencies=[require(ADMINISTER)]
)


class SigningKeyOut(BaseModel):
    """A published key; its private half is never shown."""

    id: str = Field(description="`kid` in tokens and in jwks.json")
    created_at: datetime
    signs_from: datetime
    retires_at: datetime | None = Field(description="when it is published no longer")


@router.get("")
async def list_signing_keys(session: Session) -> list[SigningKeyOut]:
    """The published keys, the one that signs last at the end."""
    return [_out(key) for key in await keys.published(session, now=clock.now())]


@router.post("/rotation", status_code=201)
async def rotate_signing_key(session: Session, use: CurrentTools) -> SigningKeyOut:
    """A new key, published now and signing in 15 minutes; nobody is signed out.

    409 while an earlier new key has not begun to sign.
    """
    return _out(await keys.rotate(session, use.vault, now=clock.now()))


def _out(key: SigningKey) -> SigningKeyOut:
    return SigningKeyOut(
        id=key.id,
        created_at=key.created_at,
        signs_from=key.signs_from,
        retires_at=key.retires_at,
    )
