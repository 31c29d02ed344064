"""`python -m local.writing.new endpoint|job DOMAIN NAME` creates a function's file; all other files follow from it."""

import re
import sys
from pathlib import Path

from local.writing.code import SURFACES

ROOT = Path(__file__).parent.parent.parent
_ENDPOINT = '''"""GET /api/v1/{address}: {words}."""

from ravo.platform.database import reading
from ravo.platform.http import Answer, {names}

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/{address}",
    response_model=Answer[dict[str, str]],
    responses=refusals(),
    dependencies=[{declared}],
)
async def {stem}() -> Response:
    """{sentence}."""
    with reading():
        return answer({{}})


handler = lambda_handler(app)
'''
_JOB = '''"""Queue: {domain} events. {sentence}."""

from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler
from ravo.platform.observability import logger


def {stem}(envelope: Envelope) -> None:
    """{sentence}; the same event twice does it once."""
    logger().info("{stem}", event=str(envelope.id))


handler = job_handler({stem}, hears=("{domain}.*",), tries=3)
'''
_ACCESS = {"store": ("anyone", "anyone"), "account": ("signed_in", "signed_in")}
# A permission that exists; the author replaces it by the right one.
_STAFF = ("allowed", 'allowed("events:read")')


def endpoint(domain: str, name: str) -> tuple[str, str]:
    """Return the path of a new endpoint's file below `functions/`, and its text.

    `name` may begin with a surface: `admin/list_things`.
    """
    surface, _, stem = name.rpartition("/")
    place = surface or "store"
    words = stem.replace("_", " ")
    noun = "-".join(stem.split("_")[1:]) or stem
    address = "/".join((domain, "admin", noun) if place == "admin" else (domain, noun))
    access, declared = _ACCESS.get(place, _STAFF)
    names = ", ".join(sorted(("answer", access, "create_app", "lambda_handler", "refusals")))
    text = _ENDPOINT.format(
        address=address, words=words, names=names, declared=declared, stem=stem, sentence=words.capitalize()
    )
    return f"{domain}/{place}/{stem}.py", text


def job(domain: str, name: str) -> tuple[str, str]:
    """Return the path of a new job's file below `functions/`, and its text."""
    return f"{domain}/jobs/{name}.py", _JOB.format(
        domain=domain, stem=name, sentence=name.replace("_", " ").capitalize()
    )


def main() -> None:
    """Create the file, and print the next steps."""
    kind, domain, name = sys.argv[1:]
    if not (ROOT / "functions" / domain / "functions.yaml").exists() or not re.fullmatch(
        r"([a-z]+/)?[a-z]+(_[a-z0-9]+)*", name
    ):
        sys.exit("Give a DOMAIN that exists, and a NAME like list_things, for staff admin/list_things.")
    place, text = (endpoint if kind == "endpoint" else job)(domain, name)
    path = ROOT / "functions" / place
    if path.exists() or place.split("/")[1] not in SURFACES:
        sys.exit(f"functions/{place} is there already, or is no place for a function.")
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    print(f"functions/{place}: say what it answers or hears. `make templates` writes the rest from it.")


if __name__ == "__main__":
    main()
