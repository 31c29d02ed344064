"""`python -m local.writing` writes the files that follow from code and lists; with `--check` it only compares."""

import sys
from pathlib import Path

from local.writing.files import written

ROOT = Path(__file__).parent.parent.parent


def main() -> None:
    """Write every file that is out of date; with `--check` write nothing, but fail and name them."""
    changed = {path: text for path, text in written(ROOT).items() if not path.exists() or path.read_text() != text}
    if "--check" in sys.argv[1:] and changed:
        names = ", ".join(str(path.relative_to(ROOT)) for path in sorted(changed))
        sys.exit(f"Not what the code and the lists say: {names}. Run `make templates`.")
    for path, text in changed.items():
        path.write_text(text)


if __name__ == "__main__":
    main()
