"""The time that the whole system takes to start: from nothing, and on the state of the previous start."""

from bench.report import beside, table
from bench.served import served, throwaway_folder


def run() -> None:
    """Start it three times on one state folder."""
    rows: list[list[str]] = []
    with throwaway_folder() as folder:
        for name, target in (("first start", 60.0), ("second start", 8.0), ("third start", 8.0)):
            with served(folder / "state", shop=True) as running:
                rows.append([name, f"{running.answered:.1f} s", *beside(running.ready, target, unit=" s")])
    table(
        "Start of the whole system",
        ["", "ready answers 200", "shop is there", "target", ""],
        rows,
        "The first makes the database, migrates it and imports the demo catalogue; installing packages is not counted.",
    )
