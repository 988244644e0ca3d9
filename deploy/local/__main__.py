"""`python -m deploy.local up|down|status [kafka] [postgres] [elasticsearch]`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.local import elasticsearch, kafka, packages, place, postgres, servers

_SERVERS: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "kafka": (kafka.start, place.KAFKA),
    "postgres": (postgres.start, place.POSTGRES),
    "elasticsearch": (elasticsearch.start, place.ELASTICSEARCH),
}


def up(names: Sequence[str]) -> int:
    home = place.made()
    for name in names:
        if not servers.alive(home / name):
            print(f"{name}: starting; what is missing is fetched first", flush=True)
        _SERVERS[name][0](home / name)
    return status(names)


def down(names: Sequence[str]) -> int:
    for name in names:
        # PostgreSQL would wait for its clients on TERM; INT closes them.
        how = signal.SIGINT if name == "postgres" else signal.SIGTERM
        servers.stop(place.folder() / name, how)
        print(f"{name}: stopped")
    return 0


def status(names: Sequence[str]) -> int:
    states = {name: servers.alive(place.folder() / name) for name in names}
    for name, running in states.items():
        print(f"{name:<14} {'running' if running else 'stopped'}   {_SERVERS[name][1]}")
    return 0 if all(states.values()) else 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("what", choices=("up", "down", "status"))
    parser.add_argument("servers", nargs="*", help="all of them where none is named")
    parser.add_argument(
        "--for-tests", action="store_true", help="install nothing unless the tests require it"
    )
    given = parser.parse_intermixed_args()
    if unknown := set(given.servers) - set(_SERVERS):
        parser.error(f"no server is called {', '.join(sorted(unknown))}")
    if given.for_tests and os.environ.get("HARKEN_REQUIRE_ENGINES") != "1":
        os.environ[packages.NO_INSTALL] = "1"
    try:
        do = {"up": up, "down": down, "status": status}[given.what]
        return do(given.servers or list(_SERVERS))
    except servers.DidNotStart as error:
        print(f"COULD NOT START THE ENGINES: {error}", file=sys.stderr)
        if given.for_tests:
            print("What needs them is LEFT OUT of the tests.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
