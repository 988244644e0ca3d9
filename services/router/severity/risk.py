from harken.domain.risk import RiskFound
from harken.domain.risk import find_risks as _find


def find_risks(text: str, language: str) -> tuple[RiskFound, ...]:
    return _find(text)
