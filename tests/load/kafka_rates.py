"""What Kafka's own tools and our log reach on one broker, with the same kind of records."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from uuid import uuid4

from deploy.local import place
from deploy.local.packages import need_java
from harken.events.topics import TOPICS
from harken.log.kafka import KafkaLog, KafkaSettings
from harken.log.port import NewRecord
from harken.testing.kafka import own_topics
from tests.engines import need_kafka
from tests.load.bench import report

VALUE = 400
"""Bytes of a record: a short mention."""
PUBLISHED = 256
"""Records that one `publish` makes durable: a stage's batch."""
THEIRS, OURS = "mentions.bulk", "mentions.live"
"""Topics."""
PRODUCER = "org.apache.kafka.tools.ProducerPerformance"
CONSUMER = "org.apache.kafka.tools.ConsumerPerformance"


async def kafka_rates(count: int) -> None:
    """Prints records/s of ``count`` records, written and read: theirs, then ours."""
    own = KafkaSettings(need_kafka(), prefix=f"bench-{uuid4().hex[:10]}-")
    async with own_topics(own, [TOPICS[THEIRS], TOPICS[OURS]]):
        _theirs(own.prefix + THEIRS, count)
        await _ours(KafkaLog(own), count)


async def _ours(log: KafkaLog, count: int) -> None:
    records = [NewRecord(OURS, f"key-{n}".encode(), bytes(VALUE)) for n in range(count)]
    started = time.perf_counter()
    for at in range(0, count, PUBLISHED):
        await log.publish(records[at : at + PUBLISHED])
    report("our log, written", _rate(count, started))
    consumer, read = log.consumer("bench", [OURS]), 0
    started = 0.0
    while read < count:
        polled = await consumer.poll(2 * PUBLISHED, 1.0)
        for at_ in polled.assigned:
            consumer.seek(at_, None)
            # Joining the group is not reading.
            started = time.perf_counter()
        read += len(polled.records)
    report("our log, read", _rate(count, started))
    await log.close()


def _theirs(topic: str, count: int) -> None:
    libraries = place.folder() / "kafka" / "lib"
    if not libraries.exists():
        print("NOT MEASURED: Kafka's own tools, which came with no server of this machine's")
        return
    asked = ["--topic", topic, "--bootstrap-server", place.KAFKA]
    wrote = _tool(
        libraries,
        PRODUCER,
        *["--topic", topic, "--num-records", str(count), "--record-size", str(VALUE)],
        *["--throughput", "-1", "--producer-props", f"bootstrap.servers={place.KAFKA}"],
        *["acks=all", "enable.idempotence=true", "compression.type=lz4"],
    )
    report("Kafka's own producer", f"{_last(r'([0-9.]+) records/sec', wrote):,.0f} records/s")
    read = _tool(libraries, CONSUMER, *asked, "--messages", str(count))
    # The last column: records/s of fetching alone, without joining the group.
    report("Kafka's own consumer", f"{_last(r', ([0-9.]+)$', read):,.0f} records/s")


def _tool(libraries: Path, tool: str, *options: str) -> str:
    java = str(need_java() / "bin" / "java")
    command = [java, "-Xmx256m", "-cp", f"{libraries}/*", tool, *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


def _last(pattern: str, said: str) -> float:
    return float(re.findall(pattern, said, re.MULTILINE)[-1])


def _rate(count: int, started: float) -> str:
    return f"{count / (time.perf_counter() - started):,.0f} records/s"
