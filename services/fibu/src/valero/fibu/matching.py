"""Which open items a bank line pays: a score from 0 to 100 and in German why. Pure.

The document number in the purpose weighs most, then the amount, then the name. One line may pay
several items at once if their numbers all stand in the purpose and they add up to it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from valero.fibu.wording import amount_de, date_de

NUMBER, AMOUNT, NAME, TIMELY = 45, 30, 20, 5
SHORTEST_NUMBER = 3
LEGAL_FORMS = frozenset({"gmbh", "ag", "kg", "co", "ug", "ohg", "se", "ev", "mbh", "und", "the"})


@dataclass(frozen=True)
class Payment:
    """A bank line; `amount` positive for money in. `returned` marks a payment that came back."""

    amount: Decimal
    currency: str
    booked_on: date
    name: str | None
    purpose: str
    returned: bool = False


@dataclass(frozen=True)
class Claim:
    """An item to pay: what settling it fully would move on the bank account, money in positive.

    `number` of the document, `name` of the partner, `due_on` the due date.
    """

    id: UUID
    amount: Decimal
    currency: str
    number: str
    name: str | None
    due_on: date


@dataclass(frozen=True)
class Match:
    """The items that a payment may settle, each in full, with the reasons."""

    claims: tuple[UUID, ...]
    score: int
    reasons: tuple[str, ...]
    difference: Decimal


def find(payment: Payment, claims: Sequence[Claim], *, most: int = 5) -> list[Match]:
    """The best matches of `payment`, best first; those without any evidence are left out."""
    same = [
        claim
        for claim in claims
        if claim.currency == payment.currency and claim.amount * payment.amount > 0
    ]
    matches = [match for claim in same if (match := _single(payment, claim)).score > TIMELY]
    collective = _collective(payment, same)
    if collective is not None:
        matches.append(collective)
    return sorted(matches, key=lambda match: (-match.score, abs(match.difference)))[:most]


def _single(payment: Payment, claim: Claim) -> Match:
    score, reasons = 0, []
    if _names_number(payment.purpose, claim.number):
        score += NUMBER
        reasons.append(f"Die Belegnummer {claim.number} steht im Verwendungszweck.")
    difference = payment.amount - claim.amount
    if not difference:
        score += AMOUNT
        reasons.append("Der Betrag stimmt auf den Cent.")
    else:
        off = amount_de(abs(difference), claim.currency)
        reasons.append(f"Der Betrag weicht um {off} ab.")
    likeness = _likeness(payment.name, claim.name)
    if likeness:
        score += int(NAME * likeness)
        reasons.append(f"Der Name „{payment.name}“ passt zu „{claim.name}“.")
    if score and not payment.returned and abs((payment.booked_on - claim.due_on).days) <= 14:
        score += TIMELY
        reasons.append(f"Die Zahlung liegt nahe an der Fälligkeit {date_de(claim.due_on)}.")
    if payment.returned:
        reasons.insert(0, "Rückgabe: Die Zahlung kam zurück, der Posten wird wieder offen.")
    return Match((claim.id,), score, tuple(reasons), difference)


def _collective(payment: Payment, claims: Sequence[Claim]) -> Match | None:
    """All items whose numbers stand in the purpose, if they add up to the payment."""
    named = [claim for claim in claims if _names_number(payment.purpose, claim.number)]
    if len(named) < 2 or sum(claim.amount for claim in named) != payment.amount:
        return None
    numbers = ", ".join(claim.number for claim in named)
    likeness = min(_likeness(payment.name, claim.name) for claim in named)
    reasons = [
        f"Sammelzahlung: Die Belegnummern {numbers} stehen im Verwendungszweck.",
        "Ihre Summe stimmt auf den Cent.",
    ]
    if likeness:
        reasons.append(f"Der Name „{payment.name}“ passt.")
    score = NUMBER + AMOUNT + int(NAME * likeness) + TIMELY
    return Match(tuple(claim.id for claim in named), score, tuple(reasons), Decimal(0))


def _names_number(purpose: str, number: str) -> bool:
    """Whether the number stands in the purpose, not as a part of a longer one."""
    parts = re.findall(r"[a-z]+|\d+", number.lower())
    if len("".join(parts)) < SHORTEST_NUMBER:
        return False
    pattern = r"[\W_]*".join(re.escape(part) for part in parts)
    begins, ends = ("(?<!\\d)" if parts[0].isdigit() else "(?<![a-z])"), "(?!\\d)"
    return re.search(begins + pattern + ends, purpose.lower()) is not None


def _likeness(one: str | None, other: str | None) -> Decimal:
    """The share of words that two names have in common, legal forms aside."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return Decimal(0)
    return Decimal(len(first & second)) / min(len(first), len(second))


def _words(name: str | None) -> set[str]:
    plain = (name or "").lower()
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(umlaut, letters)
    ascii_ = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return set(re.findall(r"[a-z0-9]+", ascii_)) - LEGAL_FORMS
