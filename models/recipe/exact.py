"""What int8 costs: the network in float32 beside what was exported, through the same readout."""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from models.recipe import batches
from models.recipe.network import ToneNetwork
from models.recipe.unpack import restored
from services.sentiment.tone.batching import micro_batches

Floats = npt.NDArray[np.float64]
POSITIONS = "bert.embeddings.position_embeddings.weight"
"""Training may know more places than are shipped."""


def trained(folder: Path, weights: Path) -> ToneNetwork | None:
    """The network of the shipped ``folder`` with its float ``weights``; None where these are gone.

    The weights are the recipe's ``finetuned.pt``: the shipped graph holds only their integers.
    """
    if not weights.exists():
        return None
    network = restored(folder)
    values = torch.load(weights, weights_only=True)
    places = network.bert.config.max_position_embeddings
    values[POSITIONS] = values[POSITIONS][:places]
    network.load_state_dict(values)
    return network.eval()


@torch.inference_mode()
def logits(network: ToneNetwork, tokenizer: Tokenizer, texts: Sequence[str]) -> Floats:
    """Logits ``[texts, outputs]`` in float32 of normalised texts."""
    rows = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    out = np.empty((len(rows), network.heads.out_features))
    for batch in micro_batches([len(ids) for ids in rows]):
        ids, mask = batches.padded([rows[index] for index in batch])
        out[batch] = network(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    return out
