"""Which of aiokafka's errors pass by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLCertVerificationError

from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaError,
    MessageSizeTooLargeError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from harken.log.port import LogUnavailable

_LOGIN_REFUSED = (SaslAuthenticationFailed, UnsupportedSaslMechanismError, IllegalSaslStateError)


class NotTrusted(LogUnavailable):
    """The cluster refuses who we say we are, or we who it says it is: somebody must change that.

    To a running process it may be in the middle of a rotation, and nothing is given up for it.
    """


@contextmanager
def as_log_unavailable() -> Iterator[None]:
    """A record that is too large is its own fault, and raised as it is."""
    try:
        yield
    except MessageSizeTooLargeError:
        raise
    except _LOGIN_REFUSED as error:
        raise NotTrusted(
            f"Kafka refuses the login: {error}: look at user, password and mechanism"
        ) from error
    except SSLCertVerificationError as error:
        raise NotTrusted(
            f"Kafka's certificate is refused: {error.verify_message}: look at the authorities to"
            " trust, and whether it is made out to the name that the broker is reached by"
        ) from error
    except TimeoutError:
        raise LogUnavailable("Kafka did not answer in time") from None
    except KafkaError as error:  # it says its own name
        raise LogUnavailable(f"Kafka: {error}") from error
    except OSError as error:
        raise LogUnavailable(f"Kafka: {type(error).__name__}: {error}") from error
