"""One Kafka broker that is its own controller (KRaft)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from deploy.local import servers
from deploy.local.packages import fetch_kafka, need_java
from deploy.local.place import KAFKA_PORT as PORT

_HEAP = "-Xmx512m"
PROPERTIES = f"""\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{PORT + 1}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{PORT},CONTROLLER://127.0.0.1:{PORT + 1}
advertised.listeners=PLAINTEXT://127.0.0.1:{PORT}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={{data}}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
"""
_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = out
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


def start(home: Path) -> None:
    home.mkdir(exist_ok=True)
    if servers.alive(home):
        return
    need_java()
    launch(home, jars(home), PROPERTIES.format(data=home / "data"), PORT)


def jars(home: Path) -> Path:
    """Where they are; fetched once."""
    fetch_kafka(home / "lib")
    return home / "lib"


def launch(
    home: Path, lib: Path, properties: str, port: int, *, format_options: Sequence[str] = ()
) -> None:
    """Returns when it listens at the port. Its data go to ``home / "data"``; the options are for
    the tool that makes these."""
    java = str(need_java() / "bin" / "java")
    settings = home / "server.properties"
    settings.write_text(properties)
    (home / "log4j2.properties").write_text(_LOGGING)
    classes = ["-cp", f"{lib}/*"]
    if not (home / "data").exists():
        tool = ["kafka.tools.StorageTool", "format", "-t", str(uuid4()), "-c", str(settings)]
        servers.run([java, *classes, *tool, "--ignore-formatted", *format_options])
    logging = f"-Dlog4j2.configurationFile={home}/log4j2.properties"
    servers.spawn(home, [java, _HEAP, logging, *classes, "kafka.Kafka", str(settings)])
    servers.until_ready(home, lambda: servers.answers(port))
