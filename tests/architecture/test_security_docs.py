"""The pages on security: what they name exists, no point is missing, and what they say of all the code is so."""

import ast
import re
from collections import Counter
from itertools import pairwise

import pytest

from tests.gateway import ROOT

WALK = (ROOT / "docs" / "security" / "asvs.md").read_text()
# How many points of levels 1 and 2 each chapter of ASVS 5.0.0 has.
POINTS = {
    "V1": 27, "V2": 11, "V3": 19, "V4": 10, "V5": 9, "V6": 35, "V7": 18, "V8": 7, "V9": 7, "V10": 29, "V11": 14,
    "V12": 9, "V13": 13, "V14": 9, "V15": 13, "V16": 16, "V17": 7,
}  # fmt: skip
ANSWERS = ("Met", "Operator", "Storefront", "Does not apply", "**Not met**")
ROW = re.compile(r"^\| (\d+)\.(\d+)\.(\d+) \| [^|]+ \| ([^|]+) \| ([^|]*) ?\|$", re.MULTILINE)
SUMMARY = re.compile(r"^\| (V\d+|all) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def rows() -> list[tuple[tuple[int, int, int], str, list[str]]]:
    """Each point: its number, its answer, and what shows it."""
    return [
        (
            (int(chapter), int(section), int(point)),
            next((answer for answer in ANSWERS if said.startswith(answer)), ""),
            re.findall(r"`([^`]+)`", shown),
        )
        for chapter, section, point, said, shown in ROW.findall(WALK)
    ]


def test_each_point_of_each_chapter_is_there_once_and_in_its_order() -> None:
    points = [point for point, _, _ in rows()]

    assert Counter(f"V{chapter}" for chapter, _, _ in points) == POINTS
    assert len(set(points)) == len(points) == 253
    # Within a section the points of levels 1 and 2 come first, so they are counted from one without a gap.
    for before, after in pairwise(points):
        assert after[2] == (before[2] + 1 if after[:2] == before[:2] else 1), after
        assert after > before


def test_each_point_is_answered_and_what_is_met_or_not_is_shown() -> None:
    for point, answer, shown in rows():
        assert answer, point
        assert shown or answer not in ("Met", "**Not met**"), point


def test_each_test_and_file_that_shows_a_point_exists() -> None:
    written = "\n".join(path.read_text() for path in sorted((ROOT / "tests").rglob("test_*.py")))
    tests = set(re.findall(r"^(?:async )?def (test_\w+)\(", written, re.MULTILINE))

    named = {name for _, _, shown in rows() for name in shown}

    assert {name for name in named if name.startswith("test_")} - tests == set()
    assert [name for name in named if not name.startswith("test_") and not (ROOT / name).is_file()] == []


def test_the_sums_at_the_top_are_those_of_the_tables() -> None:
    counted = Counter((f"V{point[0]}", answer) for point, answer, _ in rows())
    counted.update(("all", answer) for _, answer, _ in rows())

    summary = {chapter: list(map(int, numbers)) for chapter, *numbers in SUMMARY.findall(WALK)}

    assert list(summary) == [*POINTS, "all"]
    for chapter, (points, *sums) in summary.items():
        assert sums == [counted[chapter, answer] for answer in ANSWERS]
        assert sum(sums) == points


DANGEROUS = {
    "subprocess", "pty", "pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "ctypes", "telnetlib",
    "multiprocessing",
}  # fmt: skip
EVALUATING = {"eval", "exec", "compile", "__import__"}


@pytest.mark.parametrize("folder", ["functions", "shared", "migrations"])
def test_what_runs_on_aws_starts_no_process_and_reads_nothing_as_code(folder: str) -> None:
    found: list[str] = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names=names):
                    modules = {name.name.partition(".")[0] for name in names}
                case ast.ImportFrom(module=str(module)):
                    modules = {module.partition(".")[0]}
                case ast.Call(func=ast.Name(id=called)) if called in EVALUATING:
                    modules = {"eval"}
                case ast.Attribute(value=ast.Name(id="os"), attr=attribute) if attribute.startswith(
                    ("system", "popen", "exec", "spawn", "fork")
                ):
                    modules = {"os.system"}
                case _:
                    continue
            found += [f"{path}: {module}" for module in modules & (DANGEROUS | {"eval", "os.system"})]

    assert found == []
