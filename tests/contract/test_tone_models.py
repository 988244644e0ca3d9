"""The tone model that tests take keeps to what every tone model keeps to."""

import pytest

from harken.domain.tone import ToneModel
from harken.testing.conformance.tone_model import ToneModelConformance
from harken.testing.fakes.tone_model import NullTone


class TestNullTone(ToneModelConformance):
    @pytest.fixture
    def model(self) -> ToneModel:
        return NullTone()
