"""The long tests lie in a folder that bin/test does not collect; only bin/chaos sets WORKESTRA_LONG."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
collect_ignore_glob = [] if os.environ.get("WORKESTRA_LONG") else ["*"]


@pytest.fixture(autouse=True)
def no_crowd_stays():
    """A crowd whose test failed would go on asking a server that is no more."""
    yield
    from crowd import Crowd
    for crowd in list(Crowd.living):
        crowd.stop()
