"""One start: imports the function on the command line, passes it the event on standard input, and prints the times.

Nothing is imported here that a function would not find imported already.
"""

import time

BEGAN = time.perf_counter()

import importlib.util  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
import types  # noqa: E402
import typing  # noqa: E402


def main() -> None:
    """Print the milliseconds until imported and until answered."""
    event = json.load(sys.stdin)
    module = sys.argv[1]
    spec = importlib.util.spec_from_file_location(module.replace("/", "."), f"functions/{module}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded: typing.Any = importlib.util.module_from_spec(spec)
    # FastAPI looks up annotations in the module that a function names as its own.
    sys.modules[spec.name] = loaded
    spec.loader.exec_module(loaded)
    imported = time.perf_counter()
    answer = loaded.handler(event, _context(module))
    answered = time.perf_counter()
    status = answer.get("statusCode") if isinstance(answer, dict) else None
    if isinstance(answer, dict) and answer.get("batchItemFailures"):
        status = "failed"
    print()
    print(json.dumps({"imported": imported - BEGAN, "answered": answered - BEGAN, "status": status}))


def _context(module: str) -> typing.Any:
    return types.SimpleNamespace(
        function_name=module,
        memory_limit_in_mb=1024,
        invoked_function_arn=f"arn:aws:lambda:eu-central-1:000000000000:function:{module}",
        aws_request_id="start",
        get_remaining_time_in_millis=lambda: 10_000,
    )


if __name__ == "__main__":
    main()
