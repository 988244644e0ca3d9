"""Every metric is in the list, the list is in the document, and all are in one registry."""

from __future__ import annotations

from harken.telemetry import metrics


def test_what_is_counted_is_shown_under_its_listed_name() -> None:
    metrics.RECORDS.labels("g", "work", "handled").inc()
    shown = metrics.exposition().decode()
    assert 'harken_records_total{group="g",outcome="handled",topic="work"}' in shown
    assert "harken_records_total" in metrics.names()


def test_every_metric_is_ours_by_name_and_explained() -> None:
    assert all(name.startswith("harken_") for name in metrics.names())
    rows = [line for line in metrics.table().splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == sorted(metrics.names())
    assert all(row.split("|")[4].strip() for row in rows)


def test_no_label_is_without_bound() -> None:
    unbounded = {"tenant", "mention", "case", "reply", "author", "agent", "offset"}
    for line in metrics.table().splitlines():
        if line.startswith("| `"):
            assert unbounded.isdisjoint(
                line.split("|")[3].replace("`", "").replace(" ", "").split(",")
            )
