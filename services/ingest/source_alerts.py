"""What people are told about a source: once when it begins, once when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harken.channels.port import Source
from harken.domain.time import Duration, Instant, elapsed, rfc3339
from services.ingest.domain.alert import Alert, AlertKind, source_alert
from services.ingest.sources import SourceState, Trouble

_KINDS = {
    Trouble.SILENT: AlertKind.SOURCE_SILENT,
    Trouble.FAILING: AlertKind.SOURCE_FAILING,
    Trouble.REFUSED: AlertKind.SOURCE_REFUSED,
}


def to_tell(
    source: Source, state: SourceState, now: Instant, failing_for: Duration, *, refused: bool
) -> tuple[SourceState, list[Alert]]:
    """The alerts, and the state that remembers them. ``refused``: by the last look."""
    troubles = set(_troubles(state, now, failing_for, refused=refused))
    if state.failures:
        # While it cannot be read, nobody can say that its silence, or a refusal, is over.
        troubles |= set(state.told)
    begun = [each for each in Trouble if each in troubles and each not in state.told]
    over = [each for each in state.told if each not in troubles]
    alerts = [_begun(source, state, each, now) for each in begun]
    alerts += [_over(source, each, now) for each in over]
    return replace(state, told=tuple(each for each in Trouble if each in troubles)), alerts


def _troubles(
    state: SourceState, now: Instant, failing_for: Duration, *, refused: bool
) -> Iterator[Trouble]:
    if state.rhythm.too_silent:
        yield Trouble.SILENT
    if refused:
        yield Trouble.REFUSED
    elif state.failing_since is not None and elapsed(state.failing_since, now) >= failing_for:
        yield Trouble.FAILING


def _begun(source: Source, state: SourceState, trouble: Trouble, now: Instant) -> Alert:
    name = _name(source)
    match trouble:
        case Trouble.SILENT:
            at = state.rhythm.last_at
            title = f"{name} has fallen silent"
            text = (
                f"It last brought something new at {rfc3339(at)}. By its own rhythm so long a"
                " silence at these hours is most unlikely."
            )
        case Trouble.FAILING:
            at = state.failing_since or now
            title, text = f"{name} cannot be read", f"Since {rfc3339(at)}: {state.error}"
        case Trouble.REFUSED:
            at, title, text = now, f"{name} refuses us", f"A person has to act: {state.error}"
    return source_alert(source.tenant, _KINDS[trouble], source.id, at, title, text)


def _over(source: Source, trouble: Trouble, now: Instant) -> Alert:
    title = (
        f"{_name(source)} speaks again"
        if trouble is Trouble.SILENT
        else f"{_name(source)} can be read again"
    )
    return source_alert(source.tenant, AlertKind.SOURCE_RECOVERED, source.id, now, title)


def _name(source: Source) -> str:
    """``The hashtag "kettle"``."""
    what = next(iter(source.settings.values()), "")
    return f'The {source.kind} "{what}"' if what else f"The source of {source.kind}"
