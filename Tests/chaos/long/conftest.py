"""The long tests lie in a folder that bin/test does not collect; only bin/chaos sets WORKESTRA_LONG."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
collect_ignore_glob = [] if os.environ.get("WORKESTRA_LONG") else ["*"]
