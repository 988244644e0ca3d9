"""Risk topics: what is dangerous to overlook, found by words in five languages."""

from harken.domain.risk.match import RiskFound, find_risks
from harken.domain.risk.topics import RiskTopic

__all__ = ["RiskFound", "RiskTopic", "find_risks"]
