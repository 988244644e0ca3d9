"""`python -m deploy.local up|down|status [kafka] [postgres] [elasticsearch]`: the engines.

`… settings` prints how Harken reaches them, for a shell; `… serve` runs Harken on them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from deploy.local import edition, engines, packages
from deploy.local.servers import DidNotStart


def up(names: Sequence[str]) -> int:
    if missing := sorted(set(names) - engines.running()):
        by = "Docker Compose" if engines.by_docker() else "servers of its own"
        print(
            f"starting {', '.join(missing)} by {by}; what is missing is fetched first", flush=True
        )
    engines.start(names)
    return status(names)


def down(names: Sequence[str]) -> int:
    engines.stop(names)
    for name in names:
        print(f"{name}: stopped")
    return 0


def status(names: Sequence[str]) -> int:
    running = engines.running()
    for name in names:
        state = "running" if name in running else "stopped"
        print(f"{name:<14} {state}   {engines.ADDRESSES[name]}")
    return 0 if running >= set(names) else 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("what", choices=("up", "down", "status", "settings", "serve"))
    parser.add_argument("servers", nargs="*", help="all of them where none is named")
    parser.add_argument(
        "--for-tests", action="store_true", help="install nothing unless the tests require it"
    )
    given = parser.parse_intermixed_args()
    if unknown := set(given.servers) - set(engines.ADDRESSES):
        parser.error(f"no server is called {', '.join(sorted(unknown))}")
    if given.for_tests and os.environ.get("HARKEN_REQUIRE_ENGINES") != "1":
        os.environ[packages.NO_INSTALL] = "1"
    try:
        if given.what in ("settings", "serve"):
            return edition.print_settings() if given.what == "settings" else edition.serve()
        do = {"up": up, "down": down, "status": status}[given.what]
        return do(given.servers or list(engines.ADDRESSES))
    except DidNotStart as error:
        print(f"COULD NOT START THE ENGINES: {error}", file=sys.stderr)
        if given.for_tests:
            print("What needs them is LEFT OUT of the tests.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
