"""The bundled model, loaded once."""

from __future__ import annotations

import pytest

from harken.domain.tone import ToneModel
from services.sentiment.tone import load_model


@pytest.fixture(scope="session")
def bundled() -> ToneModel:
    return load_model(threads=1)
