from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harken.embedded.key_file import NAME, find_key, make_key


def test_a_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    assert find_key(tmp_path) is None
    key = make_key(tmp_path, 32)
    assert len(base64.b64decode(key)) == 32
    assert make_key(tmp_path, 32) == find_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_those_who_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: make_key(tmp_path, 32), range(32)))
    assert len(keys) == 1


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    assert len({make_key(folder, 32) for folder in folders}) == 2
