"""``python -m harken.testing.mastodon``: a Mastodon-compatible server on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from harken.testing.mastodon.app import create_app
from harken.testing.mastodon.instance import Settings

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
    )
    serve(settings, given.port)


def serve(settings: Settings, port: int) -> None:
    """Until it is interrupted."""
    app = create_app(settings)
    print(f"A Mastodon-compatible server for trying things: {settings.address}")  # noqa: T201
    for name in (settings.brand, *settings.customers):
        print(f"  @{name:<20} access token {name}-token")  # noqa: T201
    # Its tokens can be guessed, so it is for this machine alone.
    uvicorn.run(app, host=_HOST, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
