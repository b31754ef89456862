"""What the service's secret protects."""

import pytest

from valero.auth.vault import SealBroken, SecretUnusable, Vault

from .conftest import SECRET


def test_what_was_sealed_can_be_opened_for_its_purpose_only():
    vault = Vault(SECRET)
    sealed = vault.seal(b"private", "key 1")
    assert b"private" not in sealed
    assert vault.open(sealed, "key 1") == b"private"
    with pytest.raises(SealBroken):
        vault.open(sealed, "key 2")


def test_another_secret_opens_nothing():
    sealed = Vault(SECRET).seal(b"private", "key 1")
    with pytest.raises(SealBroken):
        Vault("aa" * 32).open(sealed, "key 1")


def test_what_was_altered_does_not_open():
    vault = Vault(SECRET)
    sealed = bytearray(vault.seal(b"private", "key 1"))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        vault.open(bytes(sealed), "key 1")


def test_the_same_content_is_sealed_differently_each_time():
    vault = Vault(SECRET)
    assert vault.seal(b"private", "key 1") != vault.seal(b"private", "key 1")


def test_marks_depend_on_content_purpose_and_secret():
    vault = Vault(SECRET)
    marks = {
        vault.mark("a", "one"),
        vault.mark("b", "one"),
        vault.mark("a", "two"),
        Vault("aa" * 32).mark("a", "one"),
    }
    assert len(marks) == 4
    assert vault.mark("a", "one") == vault.mark(b"a", "one")


@pytest.mark.parametrize("secret", ["", "short", "0f" * 31, "zz" * 32])
def test_a_secret_must_have_32_bytes(secret):
    with pytest.raises(SecretUnusable):
        Vault(secret)
