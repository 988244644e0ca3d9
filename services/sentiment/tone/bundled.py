"""The bundled model: an int8 BERT encoder in ONNX beside hashed n-gram evidence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from harken.domain.tone import Tone, ToneText
from services.sentiment.tone import ModelFolderError
from services.sentiment.tone.batching import micro_batches
from services.sentiment.tone.languages import read_as, readable_script
from services.sentiment.tone.ngrams import NgramModel
from services.sentiment.tone.normalise import normalise
from services.sentiment.tone.readout import Readout, nothing_read
from services.sentiment.tone.session import open_session
from services.sentiment.tone.urgency import urgency

FILES = ("tone.json", "tokenizer.json", "model.onnx", "ngrams.npz")
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BundledTone:
    """Implements ``ToneModel``. Safe to call from several threads.

    Each micro-batch runs on one thread of ``cores``: a core that other work slows down takes
    fewer of them, where threads that share each operation would all wait for the slowest.
    """

    readout: Readout
    tokenizer: Tokenizer
    session: Any
    ngrams: NgramModel
    cores: ThreadPoolExecutor

    @classmethod
    def load(cls, folder: Path, *, threads: int) -> BundledTone:
        """Read the four files of ``FILES``; ModelFolderError names what is missing."""
        missing = [name for name in FILES if not (folder / name).exists()]
        if missing:
            raise ModelFolderError(
                f"{folder} lacks {', '.join(missing)}: make the model with "
                "`make model-train DATA=<folder>`, or set HARKEN_TONE_MODEL to another folder"
            )
        document = json.loads((folder / "tone.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(document["max_tokens"])
        return cls(
            Readout.of(document),
            tokenizer,
            open_session(folder / "model.onnx", threads=1),
            NgramModel.load(folder / "ngrams.npz"),
            ThreadPoolExecutor(threads, thread_name_prefix="tone-core"),
        )

    @property
    def name(self) -> str:
        return self.readout.name

    def tag(self, texts: Sequence[ToneText]) -> list[Tone]:
        """One tone per text, in order; see ``harken.domain.tone.ToneModel``."""
        spelled = [normalise(each.text) for each in texts]
        worth = [index for index, text in enumerate(spelled) if text]
        languages = [read_as(spelled[index], texts[index].language) for index in worth]
        network, ngrams = self.logits([spelled[index] for index in worth], languages)
        tones = [nothing_read(self.name) for _ in texts]
        for place, (index, language) in enumerate(zip(worth, languages, strict=True)):
            tones[index] = self.readout.tone(
                network[place].tolist(),
                ngrams[place].tolist(),
                language,
                known=self._knows(language, spelled[index]),
                urgency=urgency(spelled[index], language),
            )
        return tones

    def logits(self, texts: Sequence[str], languages: Sequence[str]) -> tuple[Floats, Floats]:
        """Logits ``[texts, outputs]`` of both halves, of normalised texts that are not empty.

        The n-grams of a text whose language nothing tells are read as English.
        """
        encodings = self.tokenizer.encode_batch(list(texts))
        lengths = [len(encoding.ids) for encoding in encodings]
        network = np.empty((len(texts), len(self.readout.outputs)), dtype=np.float32)

        def read(batch: list[int]) -> None:
            ids = np.zeros((len(batch), lengths[batch[-1]]), dtype=np.int64)
            for row, index in enumerate(batch):
                ids[row, : lengths[index]] = encodings[index].ids
            feed = {"input_ids": ids, "attention_mask": (ids != 0).astype(np.int64)}
            network[batch] = self.session.run(["logits"], feed)[0]

        # The longest first: what ends last is then short.
        running = [self.cores.submit(read, batch) for batch in reversed([*micro_batches(lengths)])]
        ngrams = self.ngrams.score(texts, [language or "en" for language in languages])
        for one in running:
            one.result()
        return network, ngrams

    def _knows(self, language: str, text: str) -> bool:
        if language and language not in self.readout.languages:
            return False
        return readable_script(text)
