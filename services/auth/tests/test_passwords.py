"""Which passwords are good enough, and what their hashes give away."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valero.auth import passwords
from valero.auth.passwords import Cost, Hashing, PasswordRefused

GOOD = "Lampe Fjord Zwieback 7"


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "korrekt pferd batterie heftklammer",
        "xK7#pQ2vL9mW",
        "lampefjordzwieback",
        "ein langer satz ohne zahlen",
        "ÄÖÜäöüß€µ²³{[",
    ],
)
def test_length_is_what_counts(password):
    passwords.check_new(password, current="something else")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elf Zeichen", "too_short"),
        ("x" * 257, "too_long"),
        ("aaaaaaaaaaaa", "too_common"),
        ("abcabcabcabc", "too_common"),
        ("121212121212", "too_common"),
        ("123456789012", "too_common"),
        ("987654321098", "too_common"),
        ("abcdefghijkl", "too_common"),
        ("qwertzuiopas", "too_common"),
        ("017612345678", "too_common"),
        ("Passwort1234", "too_common"),
        ("p@ssw0rt12345!", "too_common"),
        ("Sommer2026!!!!", "too_common"),
        ("PasswortPasswort", "too_common"),
        ("meinpasswort2026", "too_common"),
        ("hallowelt!!!!", "too_common"),
        ("Mustermann2026", "too_common"),
    ],
)
def test_what_everybody_tries_first_is_refused(password, code):
    with pytest.raises(PasswordRefused) as caught:
        passwords.check_new(password, current="something else")
    assert caught.value.errors[0].code == code


@pytest.mark.parametrize(
    "password", ["erika.mueller1", "MuellerSchrauben2026", "erika-schrauben-12"]
)
def test_names_of_the_user_and_the_company_do_not_protect(password):
    about = ("erika.mueller@example.com", "Erika Mueller", "Mueller Schrauben GmbH")
    passwords.check_new(password, current="something else")
    with pytest.raises(PasswordRefused):
        passwords.check_new(password, current="something else", about=about)


def test_the_present_password_is_not_a_new_one():
    with pytest.raises(PasswordRefused) as caught:
        passwords.check_new(GOOD, current=GOOD)
    assert caught.value.errors[0].code == "unchanged"


@given(st.text(min_size=1, max_size=300))
def test_whatever_is_accepted_has_a_fitting_length(text):
    with suppress(PasswordRefused):
        passwords.check_new(text, current="something else")
        assert passwords.SHORTEST <= len(passwords.normalised(text)) <= passwords.LONGEST


def test_one_time_passwords_differ_and_pass_the_rules():
    made = {passwords.one_time() for _ in range(100)}
    assert len(made) == 100
    for password in made:
        passwords.check_new(password, current="something else")
        assert not set(password) & set("lo01I")


async def test_only_the_password_matches_its_hash(hashing):
    stored = await hashing.hash(GOOD)
    assert await hashing.matches(stored, GOOD)
    assert not await hashing.matches(stored, GOOD + " ")
    assert not await hashing.matches(None, GOOD)
    assert not await hashing.matches("not a hash", GOOD)


async def test_the_same_password_has_another_hash_each_time(hashing):
    assert await hashing.hash(GOOD) != await hashing.hash(GOOD)


async def test_one_spelling_of_an_umlaut_is_as_good_as_the_other(hashing):
    stored = await hashing.hash("Ma\u0308rz ist ein Monat")
    assert await hashing.matches(stored, "M\u00e4rz ist ein Monat")


async def test_the_cost_is_that_of_the_standard():
    hashing = Hashing(Cost())
    stored = await hashing.hash(GOOD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not hashing.is_outdated(stored)
    hashing.close()


async def test_a_hash_of_former_days_is_outdated(hashing):
    stored = await hashing.hash(GOOD)
    stronger = Hashing(Cost(memory_kib=128, rounds=1, lanes=1))
    assert stronger.is_outdated(stored)
    assert await stronger.matches(stored, GOOD)
    stronger.close()


async def test_an_unknown_user_takes_as_long_as_a_wrong_password():
    hashing = Hashing(Cost(memory_kib=16384, rounds=3, lanes=1))
    stored = await hashing.hash(GOOD)

    async def seconds(of: str | None) -> float:
        began = time.perf_counter()
        assert not await hashing.matches(of, "not the password")
        return time.perf_counter() - began

    known = min([await seconds(stored) for _ in range(5)])
    unknown = min([await seconds(None) for _ in range(5)])
    hashing.close()
    # without anything to compare with, the answer would come in a thousandth of the time
    assert known / 3 < unknown < known * 3
