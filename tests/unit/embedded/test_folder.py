from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harken.embedded.folder import FolderInUse, lock_folder

HOLD = """
import sys, time
from pathlib import Path
from harken.embedded.folder import lock_folder
lock = lock_folder(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_a_folder_serves_one(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    lock = lock_folder(folder)
    with pytest.raises(FolderInUse, match="data"):
        lock_folder(folder)
    lock.release()
    lock_folder(folder).release()


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FolderInUse):
            lock_folder(tmp_path)
        holder.kill()
    lock_folder(tmp_path).release()
