"""Every test, in two processes side by side: those on the real engines mostly wait for them, and
some of them stop one. Those that kill the program go with them, so that both take about as long."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile

from harken.testing.engines import ELSEWHERE

PYTEST = (sys.executable, "-m", "pytest", "-m")
# Each keeps a cache of its own: both write theirs at their end.
BESIDE = (*PYTEST, "engines or chaos", "-o", "cache_dir=.pytest_cache/engines")


def main() -> int:
    with tempfile.TemporaryFile() as said:
        beside = subprocess.Popen(BESIDE, stdout=said, stderr=subprocess.STDOUT)
        others = subprocess.run(
            (*PYTEST, "not engines and not chaos"), env={**os.environ, ELSEWHERE: "1"}, check=False
        )
        status = beside.wait()
        said.seek(0)
        shutil.copyfileobj(said, sys.stdout.buffer)
    return others.returncode or status


if __name__ == "__main__":
    sys.exit(main())
