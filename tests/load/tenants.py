"""What many quiet tenants cost: `python -m tests.load.tenants`.

One number for 1 and one for 300 tenants with a few mentions each: the processor time that the
whole program takes while nothing happens. Linux only.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from cli.embedded import open_embedded
from harken.http.api_keys import create_tenant
from harken.runtime.settings import Settings
from tests.e2e.calling import Caller, eventually
from tests.e2e.mentions import forum_mention
from tests.e2e.serve_null import start_null

MENTIONS = 3
SETTLE_SECONDS = 5.0
QUIET_SECONDS = 20.0


async def make_tenants(folder: Path, count: int) -> list[str]:
    """Their admin keys."""
    async with open_embedded(Settings(data=folder / "data")) as opened:
        return [await create_tenant(opened.store, f"t{n}", f"Tenant {n}") for n in range(count)]


def processor_seconds(pid: int) -> float:
    """User and system time of the process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle_share(tenants: int) -> float:
    """Processor seconds per second while nothing happens."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keys = asyncio.run(make_tenants(folder, tenants))
        harken = start_null(folder)
        try:
            for key in keys:
                with Caller(harken.address, key) as admin:
                    posts = [forum_mention(f"p{n}", f"author-{n}") for n in range(MENTIONS)]
                    admin.post("/v1/mentions", posts)
            with Caller(harken.address, keys[-1]) as admin:
                eventually(lambda: admin.get("/v1/search", kind="mention")["total"] == MENTIONS)
            time.sleep(SETTLE_SECONDS)
            before = processor_seconds(harken.process.pid)
            time.sleep(QUIET_SECONDS)
            return (processor_seconds(harken.process.pid) - before) / QUIET_SECONDS
        finally:
            harken.kill()


def main() -> int:
    one, many = idle_share(1), idle_share(300)
    print(f"quiet, 1 tenant: {one:.1%} of a core; 300 tenants: {many:.1%}; ratio {many / one:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
