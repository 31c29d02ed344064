"""Ravo: the whole backend of an online activewear brand."""

import os

from ravo.platform import garbage

# Lambda's word for an environment of a function, and the local cloud's.
if "AWS_EXECUTION_ENV" in os.environ:
    garbage.look_later()

# Its import is a part of the start.
from pydantic import BaseModel

# A model's validator is made when something is first validated. A function imports many models and uses few of them:
# FastAPI's own of OpenAPI alone are a twelfth of a start. This is so for what is imported from here on, wherefore functions
# import ours before theirs.
BaseModel.model_config["defer_build"] = True
