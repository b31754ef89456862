"""Access tokens for tests, signed with a key that exists only in this process."""

import time
from collections.abc import Collection
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from valero.kit import auth, clock

TENANT = UUID("00000000-0000-7000-8000-00000000000a")
OTHER_TENANT = UUID("00000000-0000-7000-8000-00000000000b")
USER = UUID("00000000-0000-7000-8000-000000000001")


class TokenFactory:
    """Signs tokens; `verifier()` accepts exactly these."""

    def __init__(self, kid: str = "test") -> None:
        self.kid = kid
        self.key = Ed25519PrivateKey.generate()

    def __call__(
        self,
        permissions: Collection[str] = (),
        *,
        tenant: UUID = TENANT,
        user: UUID = USER,
        roles: Collection[str] = (),
        expires_in_seconds: int = 600,
        **claims: Any,
    ) -> str:
        """A token; further keyword arguments replace claims, None removes one."""
        issued_at = int(time.time())
        content: dict[str, Any] = {
            "iss": auth.ISSUER,
            "aud": auth.AUDIENCE,
            "sub": str(user),
            "tenant": str(tenant),
            "name": "Erika Mustermann",
            "email": "erika@example.com",
            "roles": list(roles),
            "permissions": list(permissions),
            "sid": str(clock.new_id()),
            "jti": str(clock.new_id()),
            "iat": issued_at,
            "nbf": issued_at,
            "exp": issued_at + expires_in_seconds,
            "pwd": False,
            **claims,
        }
        content = {name: value for name, value in content.items() if value is not None}
        return jwt.encode(content, self.key, algorithm=auth.ALGORITHM, headers={"kid": self.kid})

    def jwks(self) -> dict[str, Any]:
        """The public key as a JWKS document."""
        public = jwt.algorithms.OKPAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": auth.ALGORITHM}]}

    def verifier(self) -> auth.Verifier:
        """A verifier that knows this factory's key."""

        async def fetch() -> dict[str, Any]:
            return self.jwks()

        return auth.Verifier(fetch)
