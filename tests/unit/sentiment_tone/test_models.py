"""Both ways to load a tone model keep the port's promises."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harken.domain.tone import Polarity, ToneModel, ToneText
from harken.testing.conformance.tone_model import ToneModelConformance
from services.sentiment.tone import BUNDLED, ModelFolderError, load_model


@pytest.fixture(scope="session")
def checkpoint_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled network as if it were a user's own checkpoint with an ONNX file."""
    folder = tmp_path_factory.mktemp("checkpoint")
    for name in ("model.onnx", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(BUNDLED / name, folder / name)
    config = json.loads((BUNDLED / "config.json").read_text(encoding="utf-8"))
    config["problem_type"] = "multi_label_classification"
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def checkpoint(checkpoint_folder: Path) -> ToneModel:
    return load_model(checkpoint_folder, threads=1)


class TestBundled(ToneModelConformance):
    @pytest.fixture
    def model(self, bundled: ToneModel) -> ToneModel:
        return bundled

    def test_a_language_it_does_not_know_is_said_and_lowers_certainty(
        self, model: ToneModel
    ) -> None:
        known, unknown, script = model.tag(
            [
                ToneText("great great great", "en"),
                ToneText("great great great", "tl"),
                ToneText("今日はとても良い天気です", ""),
            ]
        )
        assert known.language_known
        assert not unknown.language_known
        assert not script.language_known
        assert unknown.certainty < known.certainty

    def test_it_tells_plain_texts_apart_in_five_languages(self, model: ToneModel) -> None:
        bad = ["terrible service", "okropna obsługa", "hrozná obsluha", "ужасный сервис"]
        good = ["great service", "świetna obsługa", "skvělá obsluha", "отличный сервис"]
        bad.append("briesmīga apkalpošana")
        good.append("lieliska apkalpošana")
        languages = ["en", "pl", "cs", "ru", "lv"]
        tones = model.tag([ToneText(t, g) for t, g in zip(bad, languages, strict=True)])
        assert {tone.polarity for tone in tones} == {Polarity.NEGATIVE}
        tones = model.tag([ToneText(t, g) for t, g in zip(good, languages, strict=True)])
        assert {tone.polarity for tone in tones} == {Polarity.POSITIVE}


class TestCheckpoint(ToneModelConformance):
    @pytest.fixture
    def model(self, checkpoint: ToneModel) -> ToneModel:
        return checkpoint

    def test_labels_are_read_from_the_config(self, model: ToneModel) -> None:
        (tone,) = model.tag([ToneText("I love it, thank you so much!", "en")])
        assert tone.polarity is Polarity.POSITIVE
        assert tone.emotions


def test_the_bundled_model_loads_neither_transformers_nor_torch() -> None:
    code = (
        "import sys; from services.sentiment.tone import load_model; load_model();"
        "print([name for name in ('transformers', 'torch') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_the_bundled_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in BUNDLED.iterdir()) < 40_000_000


def test_a_folder_without_weights_says_how_to_make_them(tmp_path: Path) -> None:
    (tmp_path / "tone.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelFolderError, match="make model-train"):
        load_model(tmp_path)


def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match=r"config\.json"):
        load_model(tmp_path)


def test_a_checkpoint_with_foreign_labels_is_refused(
    checkpoint_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(checkpoint_folder, tmp_path / "spam")
    path = tmp_path / "spam" / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["id2label"] = {"0": "spam", "1": "ham"}
    config["label2id"] = {"spam": 0, "ham": 1}
    path.write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelFolderError, match="spam, ham"):
        load_model(tmp_path / "spam")
