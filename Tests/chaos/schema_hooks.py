"""Hooks of the schema test: real ids and slugs in half of the requests, and a count of all of them."""
import json
import os
import pathlib
import random

import schemathesis

known = json.loads(pathlib.Path(os.environ["SCHEMA_KNOWN"]).read_text())
chance = random.Random(1)
count = 0


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts known values where a made-up one would only be unknown."""
    path = case.operation.path
    if case.path_parameters and chance.random() < 0.6:
        for name in case.path_parameters:
            kind = path.split("/")[3] if name == "id" else name
            if known.get(kind):
                case.path_parameters[name] = chance.choice(known[kind])


@schemathesis.hook
def after_call(context, case, response):
    global count
    count += 1
    pathlib.Path(os.environ["SCHEMA_COUNT"]).write_text(str(count))
