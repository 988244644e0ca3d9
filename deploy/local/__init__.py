"""Kafka, PostgreSQL and Elasticsearch on this machine's loopback.

By Docker Compose where an engine answers, else the servers themselves, from Maven Central and the
system's packages.
"""
