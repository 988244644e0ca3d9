"""The network as its customers see it, over its own API; and everything that stands on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import httpx
import msgspec

from cli.demo.script import Scene

BRAND = "brivanta"
LOOK_SECONDS = 0.25
"""Between two looks at what is new; the network has no stream."""
TIMEOUT = 30.0


class Status(msgspec.Struct, frozen=True):
    """A post as the network keeps it."""

    id: str
    account: str
    text: str
    visibility: str
    created_at: str
    url: str
    in_reply_to_id: str | None = None

    @property
    def ours(self) -> bool:
        return self.account == BRAND


class Network:
    def __init__(self, address: str) -> None:
        self.address = address
        self._client = httpx.AsyncClient(base_url=address, timeout=TIMEOUT, trust_env=False)
        self._statuses = msgspec.json.Decoder(list[Status])

    async def aclose(self) -> None:
        await self._client.aclose()

    async def join(self, name: str, followers: int) -> None:
        """Makes the account ``name``; its token is known from its name."""
        account = {"username": name, "followers_count": followers}
        await self._post("/harken/accounts", account)

    async def write(self, scene: Scene, text: str, answers: str = "") -> str:
        """The new post's id. Whoever speaks to the brand names it: that is how it hears."""
        conversation = scene.conversation
        addressed = text if f"@{BRAND}" in text else f"@{BRAND} {text}"
        body = {
            "status": addressed,
            "visibility": "direct" if conversation.private else "public",
            "language": scene.language,
            "in_reply_to_id": answers,
        }
        made = await self._post("/api/v1/statuses", body, f"{conversation.author}-token")
        return str(made["id"])

    async def everything(self) -> Sequence[Status]:
        """In the order in which it was posted."""
        answer = await self._client.get("/harken/statuses")
        return self._statuses.decode(answer.raise_for_status().content)

    async def _post(
        self, path: str, body: Mapping[str, object], token: str = ""
    ) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self._client.post(path, json=body, headers=headers)
        made: dict[str, object] = answer.raise_for_status().json()
        return made


class Watch:
    """Looks at the network all the time; tells of each new post, and of answers to who waits."""

    def __init__(self, network: Network, tell: Callable[[Status], None]) -> None:
        self._network = network
        self._tell = tell
        self._seen: set[str] = set()
        self._answers: dict[str, asyncio.Future[Status]] = {}

    def answer_to(self, post: str) -> asyncio.Future[Status]:
        """The first answer of the brand to a post."""
        if post not in self._answers:
            self._answers[post] = asyncio.get_running_loop().create_future()
        return self._answers[post]

    async def run(self) -> None:
        while True:
            for status in await self._network.everything():
                if status.id not in self._seen:
                    self._seen.add(status.id)
                    self._note(status)
            await asyncio.sleep(LOOK_SECONDS)

    def _note(self, status: Status) -> None:
        self._tell(status)
        if status.ours and status.in_reply_to_id:
            waiting = self.answer_to(status.in_reply_to_id)
            if not waiting.done():
                waiting.set_result(status)
