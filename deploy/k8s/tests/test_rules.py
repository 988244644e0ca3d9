"""Alerts ask for metrics that exist, before it is too late, and say what to do."""

from __future__ import annotations

import re

import promql_parser

from cli.serve import Name
from deploy.k8s.tests.rendered import K8S, Object, of
from harken.events.topics import TOPICS
from harken.telemetry import metrics

SUFFIXES = re.compile(r"_(bucket|sum|count)$")
TARGETS = {"namespace", "app_kubernetes_io_component"}
"""Labels that Prometheus gives whatever it scrapes here."""


def alerts() -> dict[str, Object]:
    (rule,) = of("overlays/production", "PrometheusRule")
    return {one["alert"]: one for group in rule["spec"]["groups"] for one in group["rules"]}


def test_every_expression_is_one() -> None:
    for rule in alerts().values():
        promql_parser.parse(rule["expr"])


def test_metrics_exist_with_these_labels() -> None:
    known = {metrics._shown(one): set(one._labelnames) for one in metrics._declared}
    for alert, rule in alerts().items():
        named = re.findall(r"\b(harken_\w+)(?:{([^}]*)})?", rule["expr"])
        assert named or alert == "HarkenAway"
        for name, matchers in named:
            labels = known[SUFFIXES.sub("", name)]
            assert set(re.findall(r"(\w+)\s*=~?\s*\"", matchers)) <= labels | TARGETS, alert


def test_it_is_told_long_before_anything_ages_out_unread() -> None:
    """At half of the shortest retention at the latest; the bound is one that the metric knows."""
    behind = alerts()["HarkenBehind"]
    bound = int(behind["expr"].rsplit(">", 1)[1])
    assert bound in metrics._LONG
    assert bound * 1_000_000 <= min(topic.retention for topic in TOPICS.values()) / 2


def test_the_absence_of_each_service_is_told() -> None:
    away = alerts()["HarkenAway"]["expr"]
    assert set(re.findall(r'component="(\w+)"', away)) == {str(one) for one in Name}


def test_each_alert_has_its_part_in_the_runbook() -> None:
    runbook = K8S.parents[1] / "docs" / "runbooks" / "alerts.md"
    headings = re.findall(r"^## (\w+)$", runbook.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(alerts())
    for rule in alerts().values():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"]
