"""Cash discount (Skonto): less is paid, so base and VAT of the supply are corrected. Pure.

§ 17 Abs. 1 UStG: in the period of payment, rate by rate, on both sides of the invoice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from valero.fibu.drafts import ZERO
from valero.kit import money


@dataclass(frozen=True)
class Part:
    """One rate (per cent) of an invoice, or of its discount; `gross` is `base` plus `tax`."""

    rate: Decimal
    base: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """What is paid for this part."""
        return self.base + self.tax


def split(discount: Decimal, parts: Sequence[Part]) -> list[Part]:
    """The gross `discount` on an invoice of `parts`, by their shares of the gross amount.

    Cents that rounding leaves go to the largest part, so the discounts add up to `discount`.
    Raises ValueError if the invoice is over nothing, or the discount over more than the invoice.
    """
    whole = sum((part.gross for part in parts), ZERO)
    if not whole or not 0 <= discount / whole <= 1:
        raise ValueError(f"a discount of {discount} on {whole}")
    shares = [money.cents(discount * part.gross / whole) for part in parts]
    largest = max(range(len(parts)), key=lambda index: abs(parts[index].gross))
    shares[largest] += discount - sum(shares, ZERO)
    return [_part(share, part.rate) for share, part in zip(shares, parts, strict=True)]


def _part(gross: Decimal, rate: Decimal) -> Part:
    tax = money.cents(gross * rate / (100 + rate))
    return Part(rate, gross - tax, tax)
