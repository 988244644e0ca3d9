"""Which of aiokafka's errors pass by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from harken.log.port import LogUnavailable


@contextmanager
def as_log_unavailable() -> Iterator[None]:
    """A record that is too large is its own fault, and raised as it is."""
    try:
        yield
    except MessageSizeTooLargeError:
        raise
    except (KafkaError, OSError) as error:
        raise LogUnavailable(f"Kafka: {type(error).__name__}: {error}") from error
    except TimeoutError:
        raise LogUnavailable("Kafka did not answer in time") from None
