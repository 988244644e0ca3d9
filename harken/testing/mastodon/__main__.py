"""``python -m harken.testing.mastodon``: a Mastodon-compatible server on this machine."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from types import FrameType

import uvicorn

from harken.testing.mastodon import software
from harken.testing.mastodon.app import LocalMastodon
from harken.testing.mastodon.instance import Settings
from harken.testing.mastodon.sockets import Sockets

_HOST = "127.0.0.1"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m harken.testing.mastodon", description=__doc__)
    usual = Settings()
    parser.add_argument("--port", type=int, default=3999)
    parser.add_argument("--state", type=Path, help="a file that keeps everything over a restart")
    parser.add_argument("--brand", default=usual.brand, help="the brand's account")
    parser.add_argument(
        "--customer", action="append", help="an account made at the start (repeatable)"
    )
    parser.add_argument("--max-characters", type=int, default=usual.max_characters)
    parser.add_argument(
        "--rate-limit", type=int, default=usual.rate_limit, help="requests per span; 0 for no limit"
    )
    parser.add_argument("--rate-seconds", type=int, default=usual.rate_seconds)
    parser.add_argument(
        "--software",
        choices=software.KINDS,
        default=usual.software,
        help="the server that it passes for; all but Mastodon stream over WebSockets only",
    )
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    settings = Settings(
        address=f"http://{_HOST}:{given.port}",
        brand=given.brand,
        customers=tuple(given.customer or Settings().customers),
        max_characters=given.max_characters,
        rate_limit=given.rate_limit,
        rate_seconds=given.rate_seconds,
        state=given.state,
        software=given.software,
    )
    serve(settings, given.port)


def serve(settings: Settings, port: int) -> None:
    """Until it is interrupted."""
    local = LocalMastodon(settings)
    print(f"A Mastodon-compatible server for trying things: {settings.address}")  # noqa: T201
    for name in (settings.brand, *settings.customers):
        print(f"  @{name:<20} access token {name}-token")  # noqa: T201
    # Its tokens can be guessed, so it is for this machine alone.
    config = uvicorn.Config(
        local, _HOST, port, ws=Sockets, ws_ping_interval=None, log_level="warning", access_log=False
    )
    with suppress(KeyboardInterrupt):
        _Server(config, local).run()


class _Server(uvicorn.Server):
    """Ends its streams when it is told to stop: they would go on for ever."""

    def __init__(self, config: uvicorn.Config, local: LocalMastodon) -> None:
        super().__init__(config)
        self._local = local

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._local.streams.end()
        super().handle_exit(sig, frame)


if __name__ == "__main__":
    main()
