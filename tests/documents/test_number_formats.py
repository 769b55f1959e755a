"""What a number in a cell means by its format."""

from __future__ import annotations

import pytest

from documents.office.number_formats import format_plain, interpret_code


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("General", 1200.5, "1200.5"),
        ("0.00%", 0.07, "7%"),
        ("yyyy-mm-dd", 46096, "2026-03-15"),
        ("dd/mm/yyyy hh:mm", 46096.5, "2026-03-15 12:00"),
        ("hh:mm", 0.4375, "10:30"),
        ("[h]:mm", 1.5, "36:00:00"),
        ("mmm", 46096, "2026-03-15"),
        ("#,##0.00 [$€-407]", 5, "5 €"),
        ('"$"#,##0', 5, "5 $"),
        ('#,##0 "CHF"', 5, "5 CHF"),
        ('0.0 "kg"', 5, "5 kg"),
        ('0.00 "days late"', -5, "-5 days late"),
        ("0.00E+00", 0.00012, "0.00012"),
        ("0_);[Red](0)", 5, "5"),
        ("yyyy-mm-dd", -1, "-1"),
        ("yyyy-mm-dd", 1e9, "1000000000"),
    ],
)
def test_a_number_by_its_format(code: str, value: float, text: str) -> None:
    assert interpret_code(code).format_number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-25, f"0.{'0' * 24}1"),
        (2.5e-7, "0.00000025"),
        (-0.0, "0"),
        (1e16, "1" + "0" * 16),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_a_number_has_no_exponent(value: float, text: str) -> None:
    assert format_plain(value) == text


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_what_is_no_number_does_not_fail(value: float) -> None:
    assert format_plain(value) == str(value)
