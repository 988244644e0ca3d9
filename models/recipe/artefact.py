"""Writing the model's folder: graph, tokenizer, n-gram tables, readout, config."""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from models.recipe import calibrate, vocabulary
from models.recipe.calibrate import Scored
from models.recipe.configuration import Configuration
from models.recipe.export import export
from models.recipe.labels import OUTPUTS
from models.recipe.pipeline import Trained
from models.recipe.rows import Corpus, Row
from services.sentiment.tone.bundled import BundledTone
from services.sentiment.tone.readout import FlagMix, PolarityMix

VERSION = 5
NETWORK_FILES = ("model.onnx", "tokenizer.json", "tokenizer_config.json", "config.json")


def write(trained: Trained, corpus: Corpus, configuration: Configuration, folder: Path) -> None:
    """Export, then fit the readout on what the exported graph says of the tuning rows."""
    folder.mkdir(parents=True, exist_ok=True)
    if configuration.start is not None and configuration.keeps_network:
        _copy_network(configuration.start, folder)
    else:
        export(trained.network, folder / "model.onnx", max_tokens=configuration.max_tokens)
        _write_tokenizer(trained, configuration, folder)
    trained.ngrams.save(folder / "ngrams.npz")
    _write_readout(folder, configuration, {}, {})
    scored = score(BundledTone.load(folder, threads=2), corpus.tune)
    _write_readout(
        folder, configuration, calibrate.polarity_mixes(scored), calibrate.flag_mixes(scored)
    )


def _copy_network(start: Path, folder: Path) -> None:
    """A graph that is read back to floats and exported again would differ in its last digits."""
    if folder.resolve() != start.resolve():
        for name in NETWORK_FILES:
            shutil.copyfile(start / name, folder / name)


def score(model: BundledTone, rows: Sequence[Row]) -> Scored:
    """Both halves' logits of ``rows``, as the shipped files give them."""
    network, ngrams = model.logits([row.text for row in rows], [row.language for row in rows])
    return Scored(rows, network.astype(np.float64), ngrams.astype(np.float64))


def largest_difference(trained: Trained, folder: Path, texts: Sequence[str]) -> float:
    """The mean absolute difference of the exported logits from the trained network's."""
    model = BundledTone.load(folder, threads=2)
    shipped, _ = model.logits(texts, [""] * len(texts))
    differences = []
    with torch.inference_mode():
        for text, logits in zip(texts, shipped, strict=True):
            ids = torch.tensor([model.tokenizer.encode(text).ids])
            exact = trained.network(ids, torch.ones_like(ids))[0].numpy()
            differences.append(float(np.abs(exact - logits).mean()))
    return float(np.mean(differences))


def _write_tokenizer(trained: Trained, configuration: Configuration, folder: Path) -> None:
    tokenizer = vocabulary.build(trained.pieces)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": configuration.max_tokens,
            "model_input_names": ["input_ids", "attention_mask"],
            "unk_token": "[UNK]",
            "pad_token": "[PAD]",
            "cls_token": "[CLS]",
            "sep_token": "[SEP]",
            "mask_token": "[MASK]",
        },
    )
    shape = trained.network.bert.config.to_dict()
    shape["architectures"] = ["BertModel"]
    shape["max_position_embeddings"] = configuration.max_tokens
    shape["id2label"] = {str(index): name for index, name in enumerate(OUTPUTS)}
    shape["label2id"] = {name: index for index, name in enumerate(OUTPUTS)}
    for passing in ("transformers_version", "dtype", "_name_or_path"):
        shape.pop(passing, None)
    _write_json(folder / "config.json", shape)


def _write_readout(
    folder: Path,
    configuration: Configuration,
    polarity: dict[str, PolarityMix],
    flags: dict[str, dict[str, FlagMix]],
) -> None:
    document = calibrate.document(
        configuration.name, VERSION, configuration.max_tokens, polarity, flags
    )
    _write_json(folder / "tone.json", document)


def _write_json(path: Path, document: object) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
