"""Any Hugging Face sequence-classification checkpoint in a folder, as a tone model.

Tokenizer and config are read by ``transformers``. The network is an ONNX file in the folder
(``model.onnx`` or ``onnx/model.onnx``), else the checkpoint's own weights by PyTorch, which the
extra ``torch`` brings. Labels become polarities and emotions by their names in the config.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from harken.domain.tone import Emotion, Polarity, Tone, ToneText
from services.sentiment.tone import ModelFolderError
from services.sentiment.tone.batching import micro_batches
from services.sentiment.tone.labels import LabelMap, UnknownLabelsError, label_map
from services.sentiment.tone.languages import read_as
from services.sentiment.tone.normalise import masked, normalise
from services.sentiment.tone.readout import nothing_read, sigmoid, softmax
from services.sentiment.tone.urgency import urgency

Floats = npt.NDArray[np.float32]
Network = Callable[[Mapping[str, npt.NDArray[np.int64]]], Floats]
ONNX_PLACES = ("model.onnx", "onnx/model.onnx")
LONGEST = 256
OFFSET = 2
"""Places that some architectures (RoBERTa) keep to themselves."""
EMOTION_SHOWN = 0.5


def load_checkpoint(folder: Path, *, threads: int) -> CheckpointTone:
    """The checkpoint in ``folder``. ModelFolderError says what is missing or not understood."""
    if not (folder / "config.json").exists():
        raise ModelFolderError(f"{folder} has no config.json: not a Hugging Face checkpoint")
    from transformers import AutoConfig, AutoTokenizer

    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    names = [str(config.id2label[index]) for index in range(config.num_labels)]
    independent = config.problem_type == "multi_label_classification"
    try:
        labels = label_map(names, independent=independent)
    except UnknownLabelsError as problem:
        raise ModelFolderError(f"{folder}: {problem}") from problem
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    onnx = next((folder / place for place in ONNX_PLACES if (folder / place).exists()), None)
    network = _torch(folder, threads) if onnx is None else _onnx(onnx, threads)
    places = int(getattr(config, "max_position_embeddings", LONGEST)) - OFFSET
    longest = min(LONGEST, places, int(tokenizer.model_max_length))
    return CheckpointTone(folder.resolve().name, labels, tokenizer, network, longest)


@dataclass(frozen=True, slots=True)
class CheckpointTone:
    """Implements ``ToneModel`` over a foreign network."""

    name: str
    labels: LabelMap
    tokenizer: Any
    network: Network
    longest: int

    def tag(self, texts: Sequence[ToneText]) -> list[Tone]:
        """One tone per text, in order; see ``harken.domain.tone.ToneModel``."""
        readable = [masked(each.text) for each in texts]
        worth = [index for index, text in enumerate(readable) if text]
        tones = [nothing_read(self.name) for _ in texts]
        for index, logits in zip(
            worth, self._logits([readable[index] for index in worth]), strict=True
        ):
            tones[index] = self._tone(texts[index], logits.tolist())
        return tones

    def _logits(self, texts: Sequence[str]) -> list[Floats]:
        encoded = [self.tokenizer(text, truncation=True, max_length=self.longest) for text in texts]
        lengths = [len(each["input_ids"]) for each in encoded]
        answers: list[Floats] = [np.empty(0, dtype=np.float32)] * len(texts)
        for batch in micro_batches(lengths):
            padded = self.tokenizer.pad([encoded[index] for index in batch], return_tensors="np")
            answer = self.network({name: np.asarray(value) for name, value in padded.items()})
            for index, logits in zip(batch, answer, strict=True):
                answers[index] = logits
        return answers

    def _tone(self, text: ToneText, logits: Sequence[float]) -> Tone:
        shares = (
            [sigmoid(value) for value in logits] if self.labels.independent else softmax(logits)
        )
        polarities = self.labels.polarities(shares)
        best = max(Polarity, key=polarities.__getitem__)
        emotions = self.labels.emotions(shares)
        spelled = normalise(text.text)
        return Tone(
            polarity=best,
            polarities=MappingProxyType(polarities),
            certainty=polarities[best],
            emotions=MappingProxyType(emotions),
            shown=tuple(e for e in Emotion if emotions.get(e, 0.0) >= EMOTION_SHOWN),
            urgency=urgency(spelled, read_as(spelled, text.language)),
            model=self.name,
        )


def _onnx(path: Path, threads: int) -> Network:
    from services.sentiment.tone.session import open_session

    session = open_session(path, threads=threads)
    wanted = {each.name for each in session.get_inputs()}

    def run(inputs: Mapping[str, npt.NDArray[np.int64]]) -> Floats:
        feed = {name: value for name, value in inputs.items() if name in wanted}
        return np.asarray(session.run(None, feed)[0], dtype=np.float32)

    return run


def _torch(folder: Path, threads: int) -> Network:
    try:
        import torch
        from transformers import AutoModelForSequenceClassification
    except ImportError as problem:
        raise ModelFolderError(
            f"{folder} has no model.onnx and PyTorch is not installed: "
            "install harken[torch], or export the checkpoint to ONNX"
        ) from problem
    torch.set_num_threads(threads)
    network = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True)
    network.eval()

    def run(inputs: Mapping[str, npt.NDArray[np.int64]]) -> Floats:
        with torch.inference_mode():
            answer = network(**{name: torch.from_numpy(value) for name, value in inputs.items()})
        return np.asarray(answer.logits.float().numpy(), dtype=np.float32)

    return run
