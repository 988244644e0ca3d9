from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from harken.domain.time import seconds
from harken.testing.fakes.clock import FakeClock
from harken.testing.mastodon.app import create_app
from harken.testing.mastodon.instance import Draft, Instance, Settings
from harken.testing.mastodon.limits import RateLimits
from harken.testing.serving import serving
from tests.unit.mastodon_server.conftest import Someone


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    settings, clock = Settings(state=tmp_path / "state.jsonl"), FakeClock()
    before = Instance(settings, clock)
    mara, brand = before.register("mara"), before.register("northkettle")
    far = before.register("ola", "far.example", followers=7)
    parent = before.post(mara, Draft("@northkettle leaks"))
    reply = before.post(brand, Draft("@mara sorry", in_reply_to=str(parent.id), key="k"))
    gone = before.post(far, Draft("never mind"))
    before.edit(mara, parent.id, Draft("@northkettle leaks a lot"))
    before.react(mara, str(reply.id), "favourite")
    before.follow(mara, brand)
    before.delete(far, gone.id)
    after = Instance(settings, clock)
    assert after.world.statuses == before.world.statuses
    assert after.world.accounts == before.world.accounts
    assert after.world.notifications == before.world.notifications
    assert after.post(brand, Draft("@mara sorry", key="k")).id == reply.id
    assert after.post(mara, Draft("new")).id > gone.id


def test_a_line_cut_off_by_a_crash_is_dropped(tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    settings, clock = Settings(state=state), FakeClock()
    instance = Instance(settings, clock)
    kept = instance.post(instance.register("mara"), Draft("kept"))
    whole = state.read_bytes()
    instance.post(instance.register("mara"), Draft("lost"))
    lost = state.read_bytes()[len(whole) :]
    for length in (0, 1, len(lost) // 2, len(lost) - 1):
        state.write_bytes(whole + lost[:length])
        again = Instance(settings, clock)
        assert list(again.world.statuses) == [kept.id]
        assert state.read_bytes() == whole


async def test_rate_limits_are_told_and_kept(clock: FakeClock) -> None:
    app = create_app(Settings(rate_limit=3, rate_seconds=60), clock)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:3999"
    ) as http:
        mara, tomek = Someone(http, "mara-token"), Someone(http, "tomek-token")
        path = "/api/v1/accounts/verify_credentials"
        left = [(await mara.call("GET", path)).headers["x-ratelimit-remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        over = await mara.call("POST", "/api/v1/statuses", data={"status": "too much"})
        assert (over.status_code, over.json()) == (429, {"error": "Too many requests"})
        assert over.headers["x-ratelimit-reset"].endswith("Z")
        assert (await tomek.call("GET", path)).status_code == 200
        assert (await http.get("/harken/statuses")).json() == []
        clock.advance(seconds(60))
        assert (await mara.call("GET", path)).status_code == 200


def test_no_limit_says_nothing() -> None:
    spent = RateLimits(0, 300).spend("mara", FakeClock().now())
    assert (spent.allowed, spent.headers) == (True, {})


async def test_accounts_are_seeded_once(http: httpx.AsyncClient, brand: Someone) -> None:
    given = {"username": "ola", "domain": "far.example", "followers_count": 1200}
    first = (await http.post("/harken/accounts", json=given)).json()
    again = (await http.post("/harken/accounts", json=given)).json()
    assert first == again
    assert (first["acct"], first["followers_count"]) == ("ola@far.example", 1200)
    ola = Someone(http, first["access_token"])
    status = await ola.post("@northkettle hello from afar")
    await brand.post("@ola@far.example hello", in_reply_to_id=status["id"])
    (told,) = await ola.read("/api/v1/notifications")
    assert told["status"]["mentions"][0]["acct"] == "ola@far.example"
    found = await http.get("/api/v1/accounts/lookup", params={"acct": "ola@far.example"})
    assert found.json()["id"] == first["id"]
    for name in ("", "no name", "česky", "<b>"):
        assert (await http.post("/harken/accounts", json={"username": name})).status_code == 422


async def test_every_status_can_be_counted(
    http: httpx.AsyncClient, mara: Someone, brand: Someone
) -> None:
    parent = await mara.post("@northkettle leaks", visibility="direct")
    await brand.post("@mara sorry", in_reply_to_id=parent["id"], visibility="direct", key="k-1")
    dump = (await http.get("/harken/statuses")).json()
    assert [
        (each["account"], each["in_reply_to_id"], each["idempotency_key"]) for each in dump
    ] == [
        ("mara", None, None),
        ("northkettle", parent["id"], "k-1"),
    ]


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_the_instance_tells_its_limits(http: httpx.AsyncClient, version: str) -> None:
    body = (await http.get(f"/api/{version}/instance")).json()
    statuses = body["configuration"]["statuses"]
    assert statuses["max_characters"] == 500
    assert statuses["characters_reserved_per_url"] == 23


async def test_people_can_see_public_threads(
    http: httpx.AsyncClient, mara: Someone, brand: Someone
) -> None:
    parent = await mara.post("@northkettle it <leaks> #kettle")
    reply = await brand.post("@mara sorry", in_reply_to_id=parent["id"], spoiler_text="a & b")
    hidden = await mara.post("@northkettle psst", visibility="direct")
    for path in ("/", f"/@mara/{parent['id']}", f"/@northkettle/{reply['id']}"):
        page = (await http.get(path)).raise_for_status().text
        assert "it &lt;leaks&gt;" in page
        assert "sorry" in page
        assert "psst" not in page
    assert "it &lt;leaks&gt;" in (await http.get("/tags/kettle")).text
    assert "it &lt;leaks&gt;" in (await http.get("/@mara")).text
    assert (await http.get("/@nobody")).status_code == 404
    assert (await http.get(f"/@mara/{hidden['id']}")).status_code == 404
    elsewhere = await http.get(f"/@tomek/{parent['id']}")
    assert elsewhere.headers["location"].endswith(f"/@mara/{parent['id']}")
    assert (await http.get("/avatar.svg")).headers["content-type"].startswith("image/svg")
    assert (await http.get("/nowhere")).json() == {"error": "Not Found"}


class TestFaults:
    async def arm(self, http: httpx.AsyncClient, **fault: object) -> None:
        (await http.post("/harken/faults", json=fault)).raise_for_status()

    async def standing(self, http: httpx.AsyncClient) -> int:
        return len((await http.get("/harken/statuses")).json())

    @pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after", 1)])
    async def test_an_error_comes_before_or_after_storing(
        self, http: httpx.AsyncClient, mara: Someone, when: str, stored: int
    ) -> None:
        await self.arm(http, kind="error", when=when, status=503, headers={"Retry-After": "9"})
        answer = await mara.call("POST", "/api/v1/statuses", data={"status": "x"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "9")
        assert await self.standing(http) == stored
        assert (await mara.post("y"))["id"]

    @pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after", 1)])
    async def test_a_dropped_connection_comes_before_or_after_storing(
        self, settings: Settings, when: str, stored: int
    ) -> None:
        async with (
            serving(lambda _: create_app(settings)) as address,
            httpx.AsyncClient(base_url=address, trust_env=False) as http,
        ):
            await self.arm(http, kind="drop", when=when)
            with pytest.raises(httpx.RemoteProtocolError):
                await Someone(http, "mara-token").post("x")
            assert await self.standing(http) == stored

    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_a_delay_only_delays(
        self, http: httpx.AsyncClient, mara: Someone, when: str
    ) -> None:
        await self.arm(http, kind="delay", when=when, seconds=0.01)
        assert (await mara.post("x"))["id"]

    async def test_faults_are_counted_chosen_and_cleared(
        self, http: httpx.AsyncClient, mara: Someone
    ) -> None:
        await self.arm(http, times=2, method="GET", path="/api/v1/notifications")
        await mara.post("not this one")
        codes = [(await mara.call("GET", "/api/v1/notifications")).status_code for _ in range(3)]
        assert codes == [500, 500, 200]
        await self.arm(http)
        assert len((await http.get("/harken/faults")).json()) == 1
        await http.delete("/harken/faults")
        assert (await mara.post("y"))["id"]

    @pytest.mark.parametrize(
        "body", [b"{", b"[]", b'{"kind": "flood"}', b'{"when": "never"}', b'{"times": "x"}']
    )
    async def test_an_unknown_fault_is_refused(self, http: httpx.AsyncClient, body: bytes) -> None:
        answer = await http.post("/harken/faults", content=body)
        assert answer.status_code == 422
        assert json.loads(answer.content)["error"]
