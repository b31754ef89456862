"""Matching bank lines to open items: what counts as evidence, and how it is explained."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from valero.fibu import matching
from valero.fibu.matching import Claim, Payment


def payment(amount="-119.00", purpose="", name="Muster GmbH", **fields) -> Payment:
    return Payment(Decimal(amount), "EUR", date(2026, 3, 31), name, purpose, **fields)


def claim(number="RE-4711", amount="-119.00", name="Muster GmbH", key=1) -> Claim:
    return Claim(UUID(int=key), Decimal(amount), "EUR", number, name, date(2026, 3, 30))


@pytest.mark.parametrize(
    ("purpose", "number", "found"),
    [
        ("Rechnung RE-4711 vom 1.3.", "RE-4711", True),
        ("re4711", "RE-4711", True),
        ("RE 4711, Kd 12", "RE-4711", True),
        ("RE-47110", "RE-4711", False),
        ("KARE-4711", "RE-4711", False),
        ("Rechnung 14711", "4711", False),
        ("2026 03 0815", "2026/03-0815", True),
        ("Nr. 12", "12", False),
    ],
)
def test_a_number_counts_only_as_a_whole(purpose, number, found) -> None:
    (match,) = matching.find(payment(purpose=purpose), [claim(number)])
    assert any("Verwendungszweck" in reason for reason in match.reasons) is found


def test_everything_together_is_a_hundred() -> None:
    (match,) = matching.find(payment(purpose="RE-4711"), [claim()])
    assert (match.score, match.difference) == (100, 0)


def test_the_better_evidence_comes_first() -> None:
    claims = [claim("RE-1", key=1), claim("RE-4711", key=2), claim("RE-4711", "-120.00", key=3)]
    found = matching.find(payment(purpose="RE-4711"), claims)
    assert [match.claims[0].int for match in found] == [2, 3, 1]
    assert "weicht um 1,00 EUR ab" in found[1].reasons[1]


def test_one_payment_for_several_invoices_is_proposed_as_such() -> None:
    claims = [claim("RE-4711", "-100.00", key=1), claim("RE-4712", "-19.00", key=2)]
    best = matching.find(payment(purpose="RE-4711 RE-4712"), claims)[0]
    assert [one.int for one in best.claims] == [1, 2]
    assert best.reasons[0].startswith("Sammelzahlung")


def test_money_in_does_not_pay_what_we_owe() -> None:
    assert matching.find(payment("119.00", purpose="RE-4711"), [claim()]) == []


def test_without_evidence_nothing_is_proposed() -> None:
    assert matching.find(payment("-5.00", name="Fremd AG"), [claim()]) == []


def test_a_return_says_that_the_item_opens_again() -> None:
    returned = payment("119.00", purpose="RE-4711", returned=True)
    (match,) = matching.find(returned, [claim(amount="119.00")])
    assert match.reasons[0].startswith("Rückgabe")


def test_umlauts_and_legal_forms_do_not_matter() -> None:
    (match,) = matching.find(payment(name="MUELLER & SOEHNE GMBH"), [claim(name="Müller Söhne KG")])
    assert any("Name" in reason for reason in match.reasons)
