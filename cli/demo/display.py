"""The live display: pure drawing of one state."""

from __future__ import annotations

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.demo.network import Status
from cli.demo.shown import CLOSED, SEVERITIES, AgentLine, Shown

_TONES = {"negative": "red", "neutral": "yellow", "positive": "green"}
_SEVERITIES = {"critical": "bold red", "high": "magenta", "normal": "yellow", "low": "green"}
_BAR = 24


def render(shown: Shown) -> RenderableType:
    return Group(
        _counts(shown),
        Panel(_latest(shown), title="On the network", title_align="left"),
        Columns(
            [
                Panel(_severities(shown), title="Cases by severity", title_align="left"),
                Panel(_agents(shown), title="Agents", title_align="left"),
            ]
        ),
        _where(shown),
    )


def plain(shown: Shown) -> str:
    """The same in one line, for what is no terminal."""
    critical = sum(case.severity == "critical" for case in shown.cases.values())
    return (
        f"{shown.elapsed:5.0f} s  posted {shown.posted}, heard {shown.heard}, "
        f"tagged {shown.tagged}, answered {shown.answered}, delivered {shown.delivered}, "
        f"resolved {shown.resolved}, critical cases {critical}, "
        f"median first reply {_seconds(shown.median_first_reply)}"
    )


def _counts(shown: Shown) -> RenderableType:
    text = Text.assemble(("Brivanta ", "bold"), f"{shown.elapsed:3.0f} s   ")
    for name, count in (
        ("posted", shown.posted),
        ("heard", shown.heard),
        ("tagged", shown.tagged),
        ("answered", shown.answered),
        ("delivered", shown.delivered),
        ("resolved", shown.resolved),
    ):
        text.append(f"{name} ").append(f"{count}   ", "bold")
    text.append("median first reply ").append(_seconds(shown.median_first_reply), "bold")
    return text


def _latest(shown: Shown) -> RenderableType:
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=3)
    table.add_column(width=15, no_wrap=True)
    table.add_column(width=9)
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    for status in shown.latest:
        table.add_row(*_post(shown, status))
    return table


def _post(shown: Shown, status: Status) -> tuple[Text, Text, Text, Text]:
    private = status.visibility == "direct"
    if status.ours:
        said = Text(f"{'(private) ' if private else ''}{status.text}", "cyan")
        return Text(), Text("  ↳ brivanta", "bold cyan"), Text("answers", "cyan"), said
    tone, language = shown.tones.get(status.id, ("…", ""))
    text = "(private)" if private else status.text
    return Text(language), Text(status.account), Text(tone, _TONES.get(tone, "dim")), Text(text)


def _severities(shown: Shown) -> RenderableType:
    counted = shown.counted()
    table = Table.grid(padding=(0, 1))
    table.add_row("", "waits", "at work", "answered", "closed", style="dim")
    for severity in SEVERITIES:
        states = {state: n for (found, state), n in counted.items() if found == severity}
        waits = states.get("queued", 0) + states.get("offered", 0)
        bar = "█" * min(waits + states.get("assigned", 0), _BAR)
        table.add_row(
            Text(severity, _SEVERITIES[severity]),
            str(waits),
            str(states.get("assigned", 0)),
            str(states.get("waiting", 0) + states.get("snoozed", 0)),
            str(sum(states.get(state, 0) for state in CLOSED)),
            Text(bar, _SEVERITIES[severity]),
        )
    return table


def _agents(shown: Shown) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for agent in shown.agents.values():
        table.add_row(*_agent(agent))
    return table


def _agent(agent: AgentLine) -> tuple[Text, str, str, Text]:
    name = Text(agent.name, "bold red" if agent.crisis else "bold")
    doing = Text(agent.doing or "free", "" if agent.doing else "dim")
    return name, agent.language, f"{agent.held:2} held {agent.answered:3} answered", doing


def _where(shown: Shown) -> RenderableType:
    return Text(
        f"The API meanwhile: {shown.harken}   the network: {shown.network}\n"
        f"  curl -H 'Authorization: Bearer {shown.key}' {shown.harken}/v1/cases",
        "dim",
    )


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} s"
