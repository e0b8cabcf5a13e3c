"""Prometheus' rules and Grafana's dashboard: what they say, and that they speak of metrics that are there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from deployment.commands import DEPLOY, output
from documents.links import headings
from testbed.checks import Checks, require
from testbed.server import ROOT

PROMETHEUS = DEPLOY / "prometheus"
RULES = PROMETHEUS / "fieldseal.rules.yml"
TESTS = PROMETHEUS / "fieldseal.rules.test.yml"
DASHBOARD = DEPLOY / "grafana/dashboards/fieldseal.json"
# What Prometheus itself adds.
SCRAPE_METRICS = {"up": set[str]()}
SCRAPE_LABELS = {"job", "instance"}
# The parts that a histogram is scraped in.
HISTOGRAM_PARTS = ("_bucket", "_sum", "_count")
# Grafana's own variables, with something in their place that the language of queries accepts.
GRAFANA_VARIABLES = {"$__rate_interval": "5m", "$__interval": "1m", "$pair": "a", "$instance": "a"}


def run(checks: Checks, folder: Path) -> None:
    checks.run("promtool accepts the alert rules", lambda: output(["promtool", "check", "rules", RULES]))
    checks.run("promtool test: each fires where it should", lambda: output(["promtool", "test", "rules", TESTS]))
    checks.run(
        "promtool accepts Prometheus' configuration",
        lambda: output(["promtool", "check", "config", PROMETHEUS / "prometheus.yml"]),
    )
    checks.run("every alert is tested, firing and not", _all_tested)
    checks.run("every alert names a section of the runbook", _runbooks)
    checks.run("the alerts speak of metrics and labels that there are", lambda: _known(_alert_expressions()))
    checks.run("the dashboard is whole: panels, places, data source, where it is mounted", _dashboard)
    checks.run("promtool accepts every query of the dashboard", lambda: _queries(folder))
    checks.run("the dashboard speaks of metrics and labels that there are", lambda: _known(_dashboard_expressions()))
    checks.run("every metric is on the dashboard", _all_shown)


def metrics() -> dict[str, set[str]]:
    """The metrics of docs/metrics.md with their labels, as they are scraped."""
    text = (ROOT / "docs/metrics.md").read_text()
    table = text.split("<!-- metrics: begin")[1].split("<!-- metrics: end -->")[0]
    found: dict[str, set[str]] = {}
    for name, kind, labels in re.findall(r"(?m)^\| `(\w+)` \| (\w+) \| ([\w, ]*?) ?\|", table):
        set_of_labels = {label.strip() for label in labels.split(",") if label.strip()}
        if kind == "histogram":
            found.update(
                {name + part: set_of_labels | ({"le"} if part == "_bucket" else set()) for part in HISTOGRAM_PARTS}
            )
        else:
            found[name] = set_of_labels
    require(len(found) > 30, "the table of metrics was not found")
    return found


def _alerts() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def _alert_expressions() -> list[str]:
    return [rule["expr"] for rule in _alerts()]


def _all_tested() -> None:
    tests = yaml.safe_load(TESTS.read_text())["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    for alert in (rule["alert"] for rule in _alerts()):
        outcomes = {bool(case.get("exp_alerts")) for case in cases if case["alertname"] == alert}
        require(outcomes == {True, False}, f"{alert} is not tested both ways")


def _runbooks() -> None:
    for rule in _alerts():
        path, _, anchor = rule["annotations"]["runbook"].partition("#")
        document = ROOT / path
        require(document.exists(), f"{rule['alert']}: there is no {path}")
        require(anchor in headings(document.read_text()), f"{rule['alert']}: {path} has no section #{anchor}")
        require(rule["labels"]["severity"] in ("critical", "warning"), f"{rule['alert']} has no severity")


def _known(expressions: list[str]) -> None:
    known = {**metrics(), **SCRAPE_METRICS}
    for expression in expressions:
        names = set(re.findall(r"\b(?:fieldseal|process)_\w+", expression))
        require(names or "up" in expression, f"no metric in {expression}")
        for name in names:
            require(name in known, f"there is no metric {name}")
        allowed = set[str]().union(*(known[name] for name in names)) | SCRAPE_LABELS
        matched = re.findall(r"(\w+) *(?:=~|!~|!=|=) *\"", expression)
        grouped = re.findall(r"\b(?:by|on|without|group_left|group_right) *\(([^)]*)\)", expression)
        for label in [*matched, *(name.strip() for group in grouped for name in group.split(",") if name.strip())]:
            require(label in allowed, f"no metric in {expression} has a label {label}")


def _panels() -> Iterator[dict[str, Any]]:
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        yield panel
        yield from panel.get("panels", [])


def _dashboard_expressions() -> list[str]:
    return [_plain(target["expr"]) for panel in _panels() for target in panel.get("targets", [])]


def _plain(expression: str) -> str:
    for variable, value in GRAFANA_VARIABLES.items():
        expression = expression.replace(variable, value)
    return expression


def _dashboard() -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    panels = list(_panels())
    numbers = [panel["id"] for panel in panels]
    require(len(set(numbers)) == len(numbers), "two panels have one id")
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        require(not cells & taken, f"{panel['title']} lies over another panel")
        require(place["x"] + place["w"] <= 24, f"{panel['title']} is beyond the edge")
        taken |= cells
        if panel["type"] != "row":
            require(panel["targets"], f"{panel['title']} shows nothing")
            for target in panel["targets"]:
                require(
                    target["datasource"]["uid"] == "${datasource}", f"{panel['title']} has a data source of its own"
                )
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    used = set(re.findall(r"\$\{?([a-z]+)", DASHBOARD.read_text())) - {"__all"}
    require(used <= variables, f"variables are missing: {used - variables}")
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            metric, label = re.findall(r"\w+", variable["definition"])[1:]
            require(label in metrics().get(metric, set()) | SCRAPE_LABELS, f"{variable['definition']}: there is none")
    source = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yaml").read_text())["datasources"][0]
    provider = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards/fieldseal.yaml").read_text())["providers"][0]
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    mounted = dict(volume.split(":")[:2][::-1] for volume in services["grafana"]["volumes"])
    require(mounted.get(provider["options"]["path"]) == "./grafana/dashboards", "the dashboards' folder is not mounted")
    require(source["url"] == "http://prometheus:9090" and "prometheus" in services, "the data source is another")


def _queries(folder: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(_dashboard_expressions())]
    written = folder / "dashboard.rules.yml"
    written.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    output(["promtool", "check", "rules", written])


def _all_shown() -> None:
    shown = " ".join(_dashboard_expressions())
    missing = [
        name for name in metrics() if not name.endswith(HISTOGRAM_PARTS[1:]) and not re.search(rf"\b{name}\b", shown)
    ]
    require(not missing, f"not shown: {', '.join(missing)}")
