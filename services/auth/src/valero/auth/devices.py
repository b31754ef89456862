"""Known devices: a cookie that proves an earlier sign-in, and nothing else."""

import hmac
import secrets
from uuid import UUID

from valero.auth.vault import Vault

ID_BYTES = 16


def issue(vault: Vault, user_id: UUID) -> str:
    """A proof that `user_id` has signed in on this device."""
    device = secrets.token_hex(ID_BYTES)
    return f"{device}.{_mark(vault, device, user_id)}"


def find(vault: Vault, proof: str | None, user_id: UUID) -> str | None:
    """The id of the device if `proof` was issued to `user_id`, else None."""
    device, _, mark = (proof or "").partition(".")
    expected = _mark(vault, device, user_id)
    return device if hmac.compare_digest(mark.encode(), expected.encode()) else None


def _mark(vault: Vault, device: str, user_id: UUID) -> str:
    return vault.mark(f"{device} {user_id}", "device").hex()
