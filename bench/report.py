"""Figures and tables, as they are printed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """The summary of repeated measurements of one thing, in milliseconds."""

    p50: float
    p95: float
    count: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        """Sum up measurements in seconds."""
        ordered = sorted(seconds)
        return cls(percentile(ordered, 0.5) * 1000, percentile(ordered, 0.95) * 1000, len(ordered))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest measurement that at least this share of them does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def beside(figure: float, target: float | None, *, unit: str = "", more_is_better: bool = False) -> list[str]:
    """Return a figure, its target, and whether it is missed, as three cells."""
    if target is None:
        return [number(figure) + unit, "", ""]
    missed = figure < target if more_is_better else figure > target
    sign = ">=" if more_is_better else "<="
    return [number(figure) + unit, f"{sign} {number(target)}{unit}", "missed" if missed else ""]


def number(value: float) -> str:
    """Format a number with its significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *notes: str) -> None:
    """Print a table; its first column is text, the others are figures."""
    every = [list(columns), *[list(row) for row in rows]]
    widths = [max(len(row[place]) for row in every) for place in range(len(columns))]
    print(f"\n{title}\n")
    for place, row in enumerate(every):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  " + "   ".join(cells).rstrip())
        if place == 0:
            print("  " + "   ".join("-" * width for width in widths))
    for note in notes:
        print(f"  {note}")
