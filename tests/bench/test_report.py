"""The figures that the bench prints mean what they say."""

import pytest

from bench.report import Times, beside, number, table


def test_the_median_and_the_95th_are_measurements_that_were_made():
    times = Times.of([0.001 * n for n in range(100, 0, -1)])
    assert (times.p50, times.p95, times.count) == (pytest.approx(50.0), pytest.approx(95.0), 100)


def test_a_single_measurement_is_both():
    times = Times.of([0.004])
    assert (times.p50, times.p95) == (4.0, 4.0)


def test_a_figure_over_its_target_is_missed_and_one_on_it_is_not():
    assert beside(3.01, 3.0, unit=" s") == ["3.01 s", "<= 3.00 s", "missed"]
    assert beside(3.0, 3.0) == ["3.00", "<= 3.00", ""]


def test_of_what_should_be_much_too_little_is_missed():
    assert beside(499, 500, more_is_better=True) == ["499", ">= 500", "missed"]
    assert beside(500, 500, more_is_better=True) == ["500", ">= 500", ""]


def test_a_figure_without_a_target_stands_alone():
    assert beside(12.34, None, unit=" s") == ["12.3 s", "", ""]


def test_numbers_have_as_many_digits_as_mean_something():
    assert [number(value) for value in (0.123, 9.994, 12.34, 1234.5)] == ["0.12", "9.99", "12.3", "1,234"]


def test_a_table_keeps_its_columns_under_each_other(capsys):
    table("Title", ["name", "ms"], [["one", "1.00"], ["eleven", "11.0"]], "a note")
    assert capsys.readouterr().out.splitlines() == [
        "",
        "Title",
        "",
        "  name       ms",
        "  ------   ----",
        "  one      1.00",
        "  eleven   11.0",
        "  a note",
    ]
