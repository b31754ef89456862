"""Amounts and dates as German and English readers expect them. Pure."""

from datetime import date
from decimal import Decimal


def amount_de(amount: Decimal, currency: str) -> str:
    """For example "-1.234,50 EUR"."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,")) + f" {currency}"


def amount_en(amount: Decimal, currency: str) -> str:
    """For example "EUR -1,234.50"."""
    return f"{currency} {amount:,.2f}"


def date_de(day: date) -> str:
    """For example "31.12.2026"."""
    return f"{day:%d.%m.%Y}"
