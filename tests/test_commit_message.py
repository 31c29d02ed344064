"""The commit-msg hook lets good messages pass and says what is wrong with others."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

HOOK = Path(__file__).parent.parent / ".ci" / "commit_message.py"
NO_TYPE = "The first line is not `type(scope): what it does`"


def problems(message: str) -> list[str]:
    spec = importlib.util.spec_from_file_location("commit_message", HOOK)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.problems(message)


def run_hook(folder: Path, message: str) -> subprocess.CompletedProcess[str]:
    file = folder / "COMMIT_EDITMSG"
    file.write_text(message, encoding="utf-8")
    return subprocess.run([sys.executable, HOOK, file], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "message",
    [
        "feat(catalog): import and export the catalogue in resumable steps",
        "feat: declare every function, queue and schedule in SAM templates",
        "fix(identity)!: refuse tokens without a session",
        "docs: say what the laptop cloud can't do\n\nIt keeps nothing, and enforces no IAM.",
        "\n# written by an editor\nchore: lay out the project\n# Please enter the commit message",
    ],
)
def test_a_conventional_message_passes(message):
    assert problems(message) == []


@pytest.mark.parametrize(
    "message",
    [
        "Merge branch 'main' into docs",
        'Revert "feat: add a queue"',
        "fixup! feat(catalog): import the catalogue",
    ],
)
def test_what_git_writes_by_itself_passes(message):
    assert problems(message) == []


@pytest.mark.parametrize(
    "subject",
    [
        "import the catalogue",
        "feature: import the catalogue",
        "Feat: import the catalogue",
        "feat:import the catalogue",
        "feat(Catalog): import the catalogue",
        "feat(): import the catalogue",
        "feat: ",
    ],
)
def test_a_first_line_without_a_known_type_is_refused(subject):
    found = problems(subject)
    assert len(found) == 1
    assert found[0].startswith(NO_TYPE)


def test_a_first_line_of_a_hundred_characters_passes_and_a_longer_one_is_refused():
    assert problems("feat: " + "a" * 94) == []
    assert problems("feat: " + "a" * 95) == ["The first line has 101 characters; 100 is the most."]


def test_a_full_stop_after_the_title_is_refused():
    assert problems("feat: import the catalogue.") == ["The first line is a title: it ends without a full stop."]


def test_a_body_without_an_empty_line_before_it_is_refused():
    assert problems("feat: import the catalogue\nin steps") == ["The second line must be empty."]


def test_a_message_of_comments_alone_is_refused():
    assert problems("# Please enter the commit message\n\n") == ["The message is empty."]


def test_the_change_below_the_scissors_is_no_part_of_the_message():
    shown = "# ------------------------ >8 ------------------------\ndiff --git a/x b/x"
    assert problems(f"feat: import the catalogue\n{shown}") == []


def test_the_hook_ends_with_0_for_a_good_message(tmp_path):
    done = run_hook(tmp_path, "feat: import the catalogue\n")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_hook_ends_with_1_and_tells_why_for_a_bad_one(tmp_path):
    done = run_hook(tmp_path, "stuff\n")
    assert done.returncode == 1
    assert done.stderr.startswith(NO_TYPE)
