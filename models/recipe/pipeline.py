"""The recipe from data to a trained model, stage by stage; each stage leaves a file to resume from.

pieces.json → embeddings.npy → adapted.pt → finetuned.pt, and ngrams.npz beside it. A finished stage
is skipped, an interrupted one goes on from its last checkpoint.
"""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import BertModel

from models.recipe import embeddings, linear, multilingual, network, unpack, vocabulary
from models.recipe.adapt import adapt
from models.recipe.configuration import Configuration
from models.recipe.finetune import finetune
from models.recipe.labels import OUTPUTS
from models.recipe.rows import Corpus
from services.sentiment.tone.ngrams import NgramModel

VOCABULARY_REPEATS = {"en": 0, "ru": 2, "lv": 2, "cs": 3}
"""How often a language's texts count when pieces are learnt; English has the old pieces."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Both halves of the model and the pieces that the network reads."""

    pieces: list[str]
    network: network.ToneNetwork
    ngrams: NgramModel


def train(corpus: Corpus, configuration: Configuration, work: Path) -> Trained:
    """Run what is left of the recipe in ``work``."""
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(configuration.seed)
    pieces = _pieces(corpus, configuration, work)
    tone = _begun(pieces, corpus, configuration, work)
    _adapted(tone.bert, pieces, corpus, configuration, work)
    _finetuned(tone, pieces, corpus, configuration, work)
    return Trained(pieces, tone, _ngrams(corpus, configuration, work))


def _begun(
    pieces: list[str], corpus: Corpus, configuration: Configuration, work: Path
) -> network.ToneNetwork:
    if configuration.start is not None:
        return unpack.restored(configuration.start)
    bert = network.encoder(pieces, configuration)
    if configuration.multilingual_layers > 0:
        path = work / "embeddings.npy"
        if not path.exists():
            np.save(path, _embeddings(bert, pieces, corpus, configuration, work))
        bert.embeddings.word_embeddings.weight.data.copy_(torch.from_numpy(np.load(path)))
    return network.ToneNetwork(bert, len(OUTPUTS))


def _embeddings(
    bert: BertModel, pieces: list[str], corpus: Corpus, configuration: Configuration, work: Path
) -> embeddings.Floats:
    folder = multilingual.fetched(work.parent)
    seen = embeddings.vectors(
        corpus.unlabelled,
        vocabulary.build(pieces),
        multilingual.encoder(folder, configuration.multilingual_layers),
        multilingual.tokenizer(folder, embeddings.MAX_TOKENS),
    )
    print(f"{(seen.met > 0).sum()} pieces met", flush=True)
    spelled = bert.embeddings.word_embeddings.weight.detach().numpy()
    return embeddings.initial(pieces, network.warm_start_pieces(), spelled, seen)


def _pieces(corpus: Corpus, configuration: Configuration, work: Path) -> list[str]:
    path = work / "pieces.json"
    if path.exists():
        return list(json.loads(path.read_text(encoding="utf-8")))
    if configuration.start is not None:
        return unpack.pieces(configuration.start)
    texts = [
        text
        for text, language in corpus.unlabelled
        for _ in range(VOCABULARY_REPEATS.get(language, 1))
    ]
    learnt = vocabulary.learn(texts, configuration.learnt_pieces)
    old: list[str] = []
    if configuration.warm_start:
        old = network.warm_start_pieces()
    pieces = vocabulary.extend(old, learnt, [text for text, _ in corpus.unlabelled])
    path.write_text(json.dumps(pieces, ensure_ascii=False), encoding="utf-8")
    print(f"{len(pieces)} pieces", flush=True)
    return pieces


def _adapted(
    bert: BertModel,
    pieces: list[str],
    corpus: Corpus,
    configuration: Configuration,
    work: Path,
) -> None:
    path = work / "adapted.pt"
    if not path.exists() and configuration.adaptation_steps > 0:
        tokenizer = vocabulary.build(pieces, configuration.training_tokens)
        texts = [text for text, _ in corpus.unlabelled]
        rows = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
        adapt(bert, rows, [language for _, language in corpus.unlabelled], configuration, work)
        torch.save(bert.state_dict(), path)
    if path.exists():
        bert.load_state_dict(torch.load(path, weights_only=True))


def _finetuned(
    tone: network.ToneNetwork,
    pieces: list[str],
    corpus: Corpus,
    configuration: Configuration,
    work: Path,
) -> None:
    if configuration.keeps_network:
        return
    path = work / "finetuned.pt"
    if not path.exists():
        finetune(tone, vocabulary.build(pieces), corpus.train, configuration, work)
        _draw_to_start(tone, configuration)
        torch.save(tone.state_dict(), path)
    tone.load_state_dict(torch.load(path, weights_only=True))
    tone.eval()


@torch.no_grad()
def _draw_to_start(tone: network.ToneNetwork, configuration: Configuration) -> None:
    """Average the weights with those that were gone on from, against overfitting small sets.

    Wortsman et al., "Robust fine-tuning of zero-shot models" (CVPR 2022).
    """
    if configuration.start is None:
        return
    start = unpack.restored(configuration.start).state_dict()
    for name, value in tone.state_dict().items():
        if value.is_floating_point():
            value.lerp_(start[name], configuration.start_share)


def _ngrams(corpus: Corpus, configuration: Configuration, work: Path) -> NgramModel:
    path = work / "ngrams.npz"
    if not path.exists():
        linear.train(corpus.train, configuration).save(path)
        print("n-gram half trained", flush=True)
    return NgramModel.load(path)
