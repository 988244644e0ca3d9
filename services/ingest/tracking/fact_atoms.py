"""Atoms of the facts that filters ask for: language, network, author, links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from harken.domain.mention import Mention
from harken.search.analysis.stems import primary
from services.ingest.domain.tracking.expression import Field, Filter
from services.ingest.domain.tracking.heard import host_of
from services.ingest.domain.tracking.terms import SHORTEST_ADDRESS
from services.ingest.tracking.facts import names_of, site_of
from services.ingest.tracking.links import address, links


class FactAtoms:
    def __init__(self) -> None:
        self._atoms: dict[Field, dict[str, int]] = {field: {} for field in Field}
        self._parts_of_addresses: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)

    def add(self, filter_: Filter, atom: int) -> None:
        self._atoms[filter_.field][filter_.value] = atom
        if filter_.field is Field.URL:
            begin = filter_.value[:SHORTEST_ADDRESS]
            self._parts_of_addresses[begin].append((filter_.value, atom))

    def of(self, mention: Mention) -> Iterator[int]:
        """Without its text. Facts that no query asks for are not looked for."""
        if asked := self._atoms[Field.LANGUAGE]:
            yield from _known(asked, [primary(mention.language)])
        if asked := self._atoms[Field.NETWORK]:
            yield from _known(asked, [mention.network.lower()])
        if asked := self._atoms[Field.AUTHOR]:
            yield from _known(asked, names_of(mention))
        if asked := self._atoms[Field.SITE]:
            yield from _known(asked, _domains(site_of(mention)))
        if own := address(mention.url):
            yield from self.of_address(own)

    def of_links(self, text: str) -> Iterator[int]:
        if self._atoms[Field.DOMAIN] or self._parts_of_addresses:
            for link in links(text):
                yield from self.of_address(link)

    def of_address(self, of: str) -> Iterator[int]:
        yield from _known(self._atoms[Field.DOMAIN], _domains(host_of(of)))
        if not self._parts_of_addresses:
            return
        for start in range(len(of)):
            begin = of[start : start + SHORTEST_ADDRESS]
            for part, atom in self._parts_of_addresses.get(begin, ()):
                if of.startswith(part, start):
                    yield atom


def _known(atoms: dict[str, int], values: Iterable[str]) -> Iterator[int]:
    return (atoms[value] for value in values if value in atoms)


def _domains(host: str) -> Iterator[str]:
    """The host and every domain that it is in."""
    while host:
        yield host
        host = host.partition(".")[2]
