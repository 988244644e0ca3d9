"""`make bench-tone`: the shipped model against `transformers.pipeline` with the same weights.

Both tag the demo's posts on the same number of threads in one run, turn and turn about, so the
ratios can be compared where the texts per second can't. The pipeline reads with its own tokenizer
and runs the network alone, in PyTorch and float32; the shipped model also masks, reads n-grams,
urgency and language.
"""

# mypy: disable-error-code="misc, no-any-return, untyped-decorator, no-untyped-call"

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoTokenizer, BertForSequenceClassification, Pipeline, pipeline
from transformers.modeling_outputs import SequenceClassifierOutput

from cli.demo.script import load
from harken.domain.tone import ToneText
from models.recipe import unpack
from services.sentiment.tone import load_model

ROUNDS = 3
BATCH = 256
"""Texts per call of the shipped model, as in the stage."""
PIPELINE_BATCH = 32
GOAL_ALONE, GOAL_BATCHED = 8.0, 2.0


def measure(folder: Path, *, threads: int, count: int) -> str:
    """Texts per second of all three and the ratios, as lines of text."""
    torch.set_num_threads(threads)
    said = [post for all_ in load().values() for one in all_ for post in one.posts]
    texts = list(itertools.islice(itertools.cycle(said), count))
    model = load_model(folder, threads=threads)
    foreign = _pipeline(folder)

    def shipped(some: Sequence[str]) -> None:
        for start in range(0, len(some), BATCH):
            model.tag([ToneText(text) for text in some[start : start + BATCH]])

    def one_at_a_time(some: Sequence[str]) -> None:
        for text in some:
            foreign(text)

    def batched(some: Sequence[str]) -> None:
        foreign(list(some), batch_size=PIPELINE_BATCH)

    ways: dict[str, Callable[[Sequence[str]], None]] = {
        "shipped": shipped,
        "one at a time": one_at_a_time,
        "batched": batched,
    }
    rates = dict.fromkeys(ways, 0.0)
    for way in ways.values():
        way(texts[:64])
    for _, (name, way) in itertools.product(range(ROUNDS), ways.items()):
        started = time.perf_counter()
        way(texts)
        rates[name] = max(rates[name], len(texts) / (time.perf_counter() - started))
    return _lines(rates, threads, len(texts))


def _pipeline(folder: Path) -> Pipeline:
    """The pipeline over a class that it knows, answering with our network and its mean pooling."""
    network = unpack.restored(folder)
    network.bert.set_attn_implementation("sdpa")
    known = BertForSequenceClassification(network.bert.config)

    def forward(input_ids: Tensor, attention_mask: Tensor, **_: Any) -> Any:
        return SequenceClassifierOutput(logits=network(input_ids, attention_mask))

    known.forward = forward
    return pipeline(
        "text-classification",
        model=known.eval(),
        tokenizer=AutoTokenizer.from_pretrained(folder),
        device="cpu",
        top_k=None,
        truncation=True,
    )


def _lines(rates: dict[str, float], threads: int, count: int) -> str:
    alone = rates["shipped"] / rates["one at a time"]
    batched = rates["shipped"] / rates["batched"]
    figures = (
        ("the shipped model", f"{rates['shipped']:,.0f} texts/s"),
        ("transformers.pipeline, one text at a time", f"{rates['one at a time']:,.0f} texts/s"),
        (f"transformers.pipeline, batches of {PIPELINE_BATCH}", f"{rates['batched']:,.0f} texts/s"),
        (f"times faster than one at a time (goal {GOAL_ALONE:.0f})", f"{alone:.1f}"),
        (f"times faster than batched (goal {GOAL_BATCHED:.0f})", f"{batched:.1f}"),
    )
    head = f"{count} of the demo's posts, {threads} threads, the best of {ROUNDS} rounds.\n"
    return "\n".join((head, *(f"{what:<48}{figure:>20}" for what, figure in figures)))
