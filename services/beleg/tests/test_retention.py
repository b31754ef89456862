"""Rule FI-5: how long documents are kept."""

from datetime import date

import pytest

from valero.beleg.retention import Retention, deletable_on, years

NOW = date(2026, 11, 20)


def test_fi5_an_invoice_of_march_2026_may_go_in_2035() -> None:
    day = deletable_on(Retention.VOUCHERS, dated_on=date(2026, 3, 1), on=NOW)
    assert day == date(2035, 1, 1)


@pytest.mark.parametrize(
    ("retention", "dated_on", "expected"),
    [
        (Retention.VOUCHERS, date(2026, 1, 1), date(2035, 1, 1)),
        (Retention.VOUCHERS, date(2026, 12, 31), date(2035, 1, 1)),
        (Retention.VOUCHERS, date(2024, 2, 29), date(2033, 1, 1)),
        (Retention.BOOKS, date(2026, 3, 1), date(2037, 1, 1)),
        (Retention.LETTERS, date(2026, 3, 1), date(2033, 1, 1)),
    ],
)
def test_fi5_periods_start_with_the_end_of_the_year(
    retention: Retention, dated_on: date, expected: date
) -> None:
    assert deletable_on(retention, dated_on=dated_on, on=NOW) == expected


def test_fi5_the_law_of_the_day_decides_not_the_date_of_the_document() -> None:
    assert years(Retention.VOUCHERS, on=date(2024, 12, 31)) == 10
    assert years(Retention.VOUCHERS, on=date(2025, 1, 1)) == 8
    old = date(2019, 5, 5)
    assert deletable_on(Retention.VOUCHERS, dated_on=old, on=NOW) == date(2028, 1, 1)


def test_before_any_law_there_is_no_answer() -> None:
    with pytest.raises(ValueError, match="no retention period"):
        years(Retention.BOOKS, on=date(1900, 1, 1))
