"""The whole recipe in its tiny configuration, on a few sentences of our own."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from harken.domain.tone import ToneText
from harken.testing.conformance.tone_model import assert_close, assert_sound
from services.sentiment.tone import load_model

for needed in ("torch", "onnx", "sklearn", "transformers", "safetensors"):
    pytest.importorskip(needed, reason="training needs the extra `training` (make test-recipe)")

GOOD = ("great", "lovely", "świetny", "skvělý", "отличный", "lielisks")
BAD = ("awful", "broken", "okropny", "hrozný", "ужасный", "briesmīgs")
PLAIN = ("open", "monday", "sobota", "pátek", "среда", "otrdien")
THINGS = ("service", "parcel", "app", "ticket", "coffee", "tram", "phone", "order")


def _write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    path = folder / f"{name}.jsonl.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of some hundred made-up rows in three sets."""
    folder = tmp_path_factory.mktemp("data")
    rng = random.Random(1)
    polarity: list[dict[str, object]] = []
    emotion: list[dict[str, object]] = []
    for number in range(400):
        label, words = rng.choice((("positive", GOOD), ("negative", BAD), ("neutral", PLAIN)))
        text = f"{rng.choice(words)} {rng.choice(THINGS)} {rng.choice(THINGS)} {number}"
        polarity.append({"text": text, "label": label, "lang": "en", "split": "train"})
        shown = {"positive": ["joy"], "negative": ["anger"], "neutral": ["neutral"]}[label]
        emotion.append({"text": f"{text} !", "ekman": shown, "lang": "ru", "split": "train"})
    polarity.append({"text": "kept back", "label": "neutral", "lang": "en", "split": "test"})
    _write(folder, "sentiment/en_semeval2017_4a", polarity)
    _write(folder, "emotion/ru_brighter", emotion)
    forbidden = [{**row, "text": f"forbidden {row['text']}"} for row in polarity[:50]]
    _write(folder, "sentiment/ru_rusentiment", forbidden)
    return folder


def test_no_test_row_and_no_forbidden_row_trains(folder: Path) -> None:
    from models.recipe.rows import load

    permitted = load(folder, everything=False, seed=1)
    trained = {row.text for row in (*permitted.train, *permitted.tune)}
    assert not any(text.startswith("forbidden") for text in trained)
    assert "kept back" not in trained
    held = {row.text for rows in permitted.held.values() for row in rows}
    assert any(text.startswith("forbidden") for text in held)
    assert not held & trained
    assert not held & {text for text, _ in permitted.unlabelled}
    everything = load(folder, everything=True, seed=1)
    assert any(row.text.startswith("forbidden") for row in everything.train)


def test_reading_is_deterministic(folder: Path) -> None:
    from models.recipe.rows import load

    assert load(folder, everything=False, seed=1) == load(folder, everything=False, seed=1)


def test_the_tiny_recipe_makes_a_model_that_serves(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from transformers import AutoModel, AutoTokenizer

    from models.recipe.__main__ import main
    from models.recipe.unpack import unpack

    made, work = tmp_path / "model", tmp_path / "work"
    command = ["train", "--tiny", "--no-floors", "--threads", "1"]
    places = ["--folder", str(folder), "--work", str(work), "--model", str(made)]
    assert main([*command, *places]) == 0
    assert "macro-F1" in capsys.readouterr().out
    assert "| sentiment/ru_rusentiment | polarity | CC BY-NC-SA 4.0 | evaluates only |" in (
        made / "README.md"
    ).read_text(encoding="utf-8")
    model = load_model(made, threads=1)
    texts = [ToneText(f"{word} service") for word in (*GOOD, *BAD)]
    assert model.tag(texts) == model.tag(texts)
    before = (made / "tone.json").read_bytes()
    assert main([*command, *places]) == 0, "a finished recipe is not begun again"
    assert (made / "tone.json").read_bytes() == before
    again = ["--from", str(made), "--adaptation-steps", "0", "--steps", "2"]
    onwards = ["--work", str(tmp_path / "onwards"), "--model", str(tmp_path / "second")]
    assert main([*command, *places, *again, *onwards]) == 0, "a shipped model can be gone on from"
    assert (tmp_path / "second" / "tokenizer.json").read_bytes() == (
        made / "tokenizer.json"
    ).read_bytes()
    kept = ["--from", str(made), "--adaptation-steps", "0", "--steps", "0"]
    aside = ["--work", str(tmp_path / "aside"), "--model", str(tmp_path / "third")]
    assert main([*command, *places, *kept, *aside]) == 0, "the n-grams alone can be made anew"
    for name in ("model.onnx", "ngrams.npz", "tone.json"):
        assert (tmp_path / "third" / name).read_bytes() == (made / name).read_bytes()
    capsys.readouterr()
    assert main(["speed", "--model", str(made), "--count", "8", "--threads", "1"]) == 0
    assert "times faster than batched" in capsys.readouterr().out
    unpack(made, tmp_path / "unpacked")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "unpacked")
    tokens = tokenizer("great service", return_tensors="pt")
    states = AutoModel.from_pretrained(tmp_path / "unpacked")(**tokens).last_hidden_state
    assert states.shape[-1] == 32


def test_a_language_of_few_rows_is_read_as_its_kin_are() -> None:
    import numpy as np

    from models.recipe import calibrate
    from models.recipe.labels import OUTPUTS, POLARITIES
    from models.recipe.rows import Row
    from models.recipe.sources import Reads, Source

    source = Source("sentiment/made_up", Reads.POLARITY, "ours")

    def network_weight(kin: str) -> float:
        """Of German, beside rows of ``kin`` where the network alone is right."""
        languages = ["en"] * 300 + ["de"] * calibrate.LEAST_ROWS + [kin] * 300
        rows = [
            Row(str(place), language, source, "tune", POLARITIES[place % 3], 1.0)
            for place, language in enumerate(languages)
        ]
        right, chance = np.random.default_rng(1).normal(size=(2, len(rows), 3))
        right[np.arange(len(rows)), np.arange(len(rows)) % 3] += 1.0
        of_kin = np.asarray([[language == kin] for language in languages])
        network, ngrams = np.zeros((2, len(rows), len(OUTPUTS)))
        network[:, :3] = np.where(of_kin, right, chance)
        ngrams[:, :3] = np.where(of_kin, chance, right)
        return calibrate.polarity_mixes(calibrate.Scored(rows, network, ngrams))["de"].network

    assert network_weight("fr") > network_weight("pl")


def test_the_exported_graph_says_what_the_network_says(folder: Path, tmp_path: Path) -> None:
    from models.recipe import artefact, pipeline, rows
    from models.recipe.configuration import TINY

    corpus = rows.load(folder, everything=False, seed=1)
    trained = pipeline.train(corpus, TINY, tmp_path / "work")
    artefact.write(trained, corpus, TINY, tmp_path / "model")
    texts = [row.text for row in corpus.train[:20]]
    assert artefact.largest_difference(trained, tmp_path / "model", texts) < 0.05


def test_a_checkpoint_without_onnx_is_read_by_pytorch(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    from models.recipe import vocabulary

    pieces = [*vocabulary.SPECIAL, *"abcdefghijklmnopqrstuvwxyz", *(f"##{c}" for c in "aeiou")]
    PreTrainedTokenizerFast(
        tokenizer_object=vocabulary.build(pieces),
        pad_token="[PAD]",
        unk_token="[UNK]",
        model_max_length=32,
    ).save_pretrained(tmp_path)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        id2label={0: "NEG", 1: "NEU", 2: "POS"},
        label2id={"NEG": 0, "NEU": 1, "POS": 2},
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    model = load_model(tmp_path, threads=1)
    texts = [ToneText("a b c"), ToneText(""), ToneText("d " * 500), ToneText("e")]
    tones = model.tag(texts)
    for tone, text in zip(tones, texts, strict=True):
        assert_sound(model, tone)
        assert_close(tone, model.tag([text])[0])


def test_without_data_the_command_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from models.recipe.__main__ import main

    assert main(["train", "--folder", str(tmp_path / "absent")]) == 2
    assert "HARKEN_DATA" in capsys.readouterr().err
