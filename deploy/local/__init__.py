"""Kafka, PostgreSQL and Elasticsearch on this machine's loopback, without Docker.

`make stack-up` takes Docker Compose where an engine answers, else this: the servers themselves,
from Maven Central and the system's packages.
"""
