"""The `EventLog` port on Kafka 4, by aiokafka."""

from harken.log.kafka.errors import NotTrusted
from harken.log.kafka.log import KafkaLog
from harken.log.kafka.settings import KafkaSettings
from harken.log.kafka.topics import KafkaTopics

__all__ = ["KafkaLog", "KafkaSettings", "KafkaTopics", "NotTrusted"]
