"""The service's secret: encrypts signing keys (AES-256-GCM) and derives further keys (HKDF)."""

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
NONCE_BYTES = 12


class SecretUnusable(ValueError):  # noqa: N818
    """The secret is not 32 bytes in hexadecimal."""


class SealBroken(ValueError):  # noqa: N818
    """What was sealed was sealed with another secret, for another purpose, or was altered."""


class Vault:
    """Every purpose has a key of its own, so that nothing made for one serves for another."""

    def __init__(self, secret: str) -> None:
        try:
            self._secret = bytes.fromhex(secret)
        except ValueError as error:
            raise SecretUnusable("VALERO_SECRET_KEY is not hexadecimal") from error
        if len(self._secret) != SECRET_BYTES:
            raise SecretUnusable(f"VALERO_SECRET_KEY must have {SECRET_BYTES} bytes")

    def seal(self, content: bytes, purpose: str) -> bytes:
        """`content` encrypted and bound to `purpose`."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._key("seal")).encrypt(nonce, content, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The inverse of `seal`. Raises SealBroken."""
        nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self._key("seal")).decrypt(nonce, content, purpose.encode())
        except InvalidTag as error:
            raise SealBroken(purpose) from error

    def mark(self, content: str | bytes, purpose: str) -> bytes:
        """A keyed hash (HMAC-SHA-256): only this service can make it, and nobody can undo it."""
        data = content.encode() if isinstance(content, str) else content
        return hmac.digest(self._key(purpose), data, sha256)

    def _key(self, purpose: str) -> bytes:
        info = f"valero.auth.{purpose}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._secret)
