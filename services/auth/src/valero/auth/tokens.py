"""Access tokens: JSON Web Tokens (RFC 7519) signed with EdDSA (RFC 8037), valid for ten minutes."""

from datetime import datetime
from uuid import UUID

import jwt

from valero.auth.keys import Signer
from valero.auth.users import Identity
from valero.kit import auth, clock

LIFETIME_SECONDS = 600


def access_token(identity: Identity, *, session_id: UUID, signer: Signer, now: datetime) -> str:
    """What `identity` shows to every service. It cannot be taken back, so it does not last."""
    issued_at = int(now.timestamp())
    claims = {
        "iss": auth.ISSUER,
        "aud": auth.AUDIENCE,
        "sub": str(identity.user_id),
        "tenant": str(identity.tenant_id),
        "name": identity.name,
        "email": identity.email,
        "roles": list(identity.roles),
        "permissions": list(identity.permissions),
        "sid": str(session_id),
        "jti": str(clock.new_id()),
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + LIFETIME_SECONDS,
        "pwd": identity.must_change_password,
    }
    headers = {"kid": signer.key_id}
    return jwt.encode(claims, signer.private_key, algorithm=auth.ALGORITHM, headers=headers)
