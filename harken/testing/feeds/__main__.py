"""``python -m harken.testing.feeds``: a server of feeds on this machine."""

from __future__ import annotations

import argparse

import uvicorn

from harken.testing.feeds.app import ASKED, create_app
from harken.testing.feeds.server import FeedServer

_HOST = "127.0.0.1"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m harken.testing.feeds", description=__doc__)
    parser.add_argument("--port", type=int, default=3997)
    port = parser.parse_args().port
    print(f"PUT feeds to http://{_HOST}:{port}/…; GET http://{_HOST}:{port}{ASKED}")  # noqa: T201
    uvicorn.run(create_app(FeedServer()), host=_HOST, port=port, log_level="warning")


if __name__ == "__main__":
    main()
