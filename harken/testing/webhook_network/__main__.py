"""``python -m harken.testing.webhook_network``: a webhook network on this machine."""

from __future__ import annotations

import argparse

import uvicorn

from harken.clock import SystemClock
from harken.testing.webhook_network.app import create_app
from harken.testing.webhook_network.network import DEFAULT_SECRET, WebhookNetwork

_HOST = "127.0.0.1"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m harken.testing.webhook_network", description=__doc__
    )
    parser.add_argument("--port", type=int, default=3998)
    parser.add_argument("--secret", default=DEFAULT_SECRET, help="whsec_…")
    parser.add_argument("--deliver-to", default="", help="Harken's address for this connection")
    parser.add_argument("--max-length", type=int, default=0, help="of a reply; 0 for no limit")
    given = parser.parse_args()
    network = WebhookNetwork(SystemClock(), given.secret, given.max_length)
    app = create_app(network, given.deliver_to)
    print(f"A webhook network for trying things: http://{_HOST}:{given.port}")  # noqa: T201
    print(f"  reply_url and replies_url  http://{_HOST}:{given.port}/replies")  # noqa: T201
    print(f"  secret                     {given.secret}")  # noqa: T201
    uvicorn.run(app, host=_HOST, port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
