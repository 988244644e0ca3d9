"""From the shipped int8 graph back to a standard Hugging Face folder of float weights.

The encoder loads with ``AutoModel``; ``heads.safetensors`` holds the tasks' matrix over its mean
state. For fine-tuning further, and for comparing speeds with the same weights in PyTorch.
"""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from models.recipe.network import ToneNetwork, quick

Floats = npt.NDArray[np.float32]
PARTS = ("query", "key", "value")


def unpack(folder: Path, target: Path) -> None:
    """Write config, tokenizer, ``model.safetensors`` and ``heads.safetensors`` to ``target``."""
    network = restored(folder)
    target.mkdir(parents=True, exist_ok=True)
    network.bert.save_pretrained(target)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(folder / name, target / name)
    heads = {name: value.contiguous() for name, value in network.heads.state_dict().items()}
    save_file(heads, target / "heads.safetensors")


def pieces(folder: Path) -> list[str]:
    """The shipped tokenizer's pieces, in the order of their rows."""
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]
    return sorted(vocabulary["vocab"], key=vocabulary["vocab"].__getitem__)


def restored(folder: Path) -> ToneNetwork:
    """The network with the shipped weights, in float32."""
    graph = onnx.load(folder / "model.onnx").graph
    stored = {
        each.name: np.asarray(numpy_helper.to_array(each), dtype=np.float32)
        for each in graph.initializer
    }
    config = BertConfig.from_pretrained(folder)
    bert = quick(BertModel(config, add_pooling_layer=False))
    network = ToneNetwork(bert, len(stored["heads.bias"]))
    weights = network.state_dict()
    for name in weights:
        found = _weight(name, stored)
        if found is not None:
            target = weights[name]
            rows = torch.from_numpy(np.array(found))
            if name.endswith("position_embeddings.weight"):
                target[: len(rows)] = rows
            else:
                target.copy_(rows)
    weights["bert.embeddings.token_type_embeddings.weight"].zero_()
    network.load_state_dict(weights)
    return network.eval()


def _weight(name: str, stored: dict[str, Floats]) -> Floats | None:
    """The float value of one parameter; None for what the graph doesn't hold."""
    special = {
        "bert.embeddings.word_embeddings.weight": lambda: stored["pieces"] * stored["pieces.scale"],
        "bert.embeddings.position_embeddings.weight": lambda: stored["positions"],
        "bert.embeddings.LayerNorm.weight": lambda: stored["embeddings.norm.weight"],
        "bert.embeddings.LayerNorm.bias": lambda: stored["embeddings.norm.bias"],
    }
    if name in special:
        return special[name]()
    base, _, kind = name.rpartition(".")
    part = base.rpartition(".")[2]
    if part in PARTS:
        joined = base.replace(f"self.{part}", "all")
        return np.split(_linear(joined, kind, stored), 3)[PARTS.index(part)]
    if f"{base}.scale" in stored:
        return _linear(base, kind, stored)
    return stored.get(name)


def _linear(base: str, kind: str, stored: dict[str, Floats]) -> Floats:
    if kind == "bias":
        return stored[f"{base}.bias"]
    return (stored[f"{base}.weight"] * stored[f"{base}.scale"]).T
