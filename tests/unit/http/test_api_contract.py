from __future__ import annotations

from pathlib import Path

from harken.testing.api import Api
from harken.testing.contract import probe
from harken.testing.serving import serving

NOT_FOR_IT = ("/v1/events", "/v1/failing/{how}", "/v1/waiting")


async def test_the_edges_keep_what_the_document_promises(api: Api, tmp_path: Path) -> None:
    async with serving(lambda _: api.app) as address:
        found = await probe(address, api.admin, tmp_path, examples=5, without=NOT_FOR_IT)
    assert found == ""
