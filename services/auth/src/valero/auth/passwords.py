"""Passwords: Argon2id (RFC 9106, low-memory profile) and what NIST SP 800-63B asks of a new one.

Length counts, composition does not: no demand for digits or signs, no expiry by date.
"""

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from valero.kit.errors import FieldError, Invalid

T = TypeVar("T")

SHORTEST = 12
LONGEST = 256
# Every worker takes 64 MiB and four threads for about 0.1 s: more at once would only be slower.
WORKERS = 2
# No letters or digits that look alike; five groups of four make 98 bits.
ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ONE_TIME_GROUPS = 5
# Shorter ones are telephone numbers and dates.
SHORTEST_NUMBER = 20
LOOK_ALIKES = str.maketrans("013457@$!", "oleastasi")


class PasswordRefused(Invalid):
    """The new password does not protect the account."""

    title_de = "Kennwort nicht geeignet"
    title_en = "Password not suitable"


@dataclass(frozen=True)
class Cost:
    """Parameters of Argon2id; the defaults are the low-memory profile of RFC 9106, section 4."""

    memory_kib: int = 65536
    rounds: int = 3
    lanes: int = 4


class Hashing:
    """Hashes and compares in threads of its own, so that neither requests nor memory suffer."""

    def __init__(self, cost: Cost) -> None:
        self._argon2 = PasswordHasher(
            memory_cost=cost.memory_kib, time_cost=cost.rounds, parallelism=cost.lanes
        )
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="argon2")
        self._nobody = self._argon2.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """The hash to store for `password`."""
        return await self._run(self._argon2.hash, normalised(password))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether `password` belongs to the hash `stored`.

        Without a stored hash the answer is no, after the same work: the time tells nobody whether
        an account exists.
        """
        same = await self._run(self._compare, stored or self._nobody, normalised(password))
        return same and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether `stored` was made with other parameters than those of today."""
        return self._argon2.check_needs_rehash(stored)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False)

    def _compare(self, stored: str, password: str) -> bool:
        try:
            return self._argon2.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def normalised(password: str) -> str:
    """One spelling for what looks the same on every keyboard (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_new(new: str, *, current: str, about: Iterable[str] = ()) -> None:
    """Raises PasswordRefused unless `new` is long enough, different and hard to guess.

    `about` are names that are known of the user, such as the e-mail address and the company.
    """
    password = normalised(new)
    if len(password) < SHORTEST:
        raise _refused(
            "too_short",
            de=f"Ein Kennwort braucht mindestens {SHORTEST} Zeichen.",
            en=f"A password needs at least {SHORTEST} characters.",
        )
    if len(password) > LONGEST:
        raise _refused(
            "too_long",
            de=f"Ein Kennwort darf höchstens {LONGEST} Zeichen haben.",
            en=f"A password may have at most {LONGEST} characters.",
        )
    if password == normalised(current):
        raise _refused(
            "unchanged",
            de="Das neue Kennwort muss sich vom bisherigen unterscheiden.",
            en="The new password must differ from the present one.",
        )
    if is_guessable(password, about):
        raise _refused(
            "too_common",
            de="Dieses Kennwort ist leicht zu erraten. Gut sind mehrere Wörter, "
            "die nichts miteinander zu tun haben.",
            en="This password is easily guessed. Several words that have nothing to do "
            "with each other are good.",
        )


def is_guessable(password: str, about: Iterable[str] = ()) -> bool:
    """Whether `password` is a run, a repetition, or made of nothing but common words and names."""
    text = password.casefold()
    letters = _letters(text)
    if _repeats(text) or _runs(text) or (not letters and len(text) < SHORTEST_NUMBER):
        return True
    known = _common_words() | {part for name in about for part in _words(name)}
    # p@ssw0rt1234: digits around a word, and digits and signs that stand for letters in it
    core = text.strip("0123456789 .,:;-_!?#+*/")
    spellings = (letters, _letters(core.translate(LOOK_ALIKES)))
    return any(spelling and _made_of(spelling, known) for spelling in spellings)


def one_time() -> str:
    """A password for the first sign-in: easy to type, impossible to guess."""
    groups = (
        "".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(4)) for _ in range(ONE_TIME_GROUPS)
    )
    return "-".join(groups)


def _refused(code: str, *, de: str, en: str) -> PasswordRefused:
    return PasswordRefused(de=de, en=en, errors=[FieldError("/new", code, de, en)])


def _repeats(text: str) -> bool:
    """`aaaaaaaaaaaa`, `abcabcabcabc`, `121212121212`."""
    return re.fullmatch(r"(.{1,4}?)\1*.{0,3}", text) is not None and len(set(text)) <= 4


def _runs(text: str) -> bool:
    """`123456789012`, `abcdefghijkl`, and the same backwards."""
    rows = ("0123456789" * 3, "abcdefghijklmnopqrstuvwxyz" * 2, "qwertzuiopasdfghjklyxcvbnm")
    return any(text in row or text[::-1] in row for row in (*rows, "1234567890" * 3))


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"[^\w]+|_", name.casefold()) if len(word) > 2}


def _made_of(text: str, words: frozenset[str]) -> bool:
    """Whether `text` can be cut into `words` without a rest."""
    reachable = {0}
    for end in range(1, len(text) + 1):
        if any(start in reachable and text[start:end] in words for start in range(end)):
            reachable.add(end)
    return len(text) in reachable


@cache
def _common_words() -> frozenset[str]:
    text = (files("valero.auth") / "data" / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))
