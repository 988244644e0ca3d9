"""The tone models: the bundled one, and any Hugging Face checkpoint of a user's own.

>>> model = load_model()                         # the bundled model
>>> [tone] = model.tag([ToneText("Three weeks and still no parcel!", "en")])
>>> tone.polarity, tone.certainty, tone.shown
"""

from __future__ import annotations

from pathlib import Path

from harken.domain.tone import ToneModel

__all__ = ["BUNDLED", "ModelFolderError", "load_model"]

BUNDLED = Path(__file__).resolve().parents[3] / "models" / "harken-tone-small"
"""The bundled model's folder, beside the installed packages or in the repository."""


class ModelFolderError(RuntimeError):
    """A folder that no tone model can be loaded from; the message says what to do."""


def load_model(path: Path | None = None, *, threads: int = 2) -> ToneModel:
    """The tone model in ``path``: the bundled model where it is None.

    A folder with a ``tone.json`` is one of ours; any other is read as a Hugging Face
    sequence-classification checkpoint (ONNX in the folder, or the ``torch`` extra), its labels
    mapped by its config. ``threads`` is the number of cores that one ``tag`` call may use.
    The result may be shared between threads. CPU-bound: load and tag off the event loop.

    Raises ModelFolderError where the folder is missing, incomplete or has unknown labels.
    """
    folder = BUNDLED if path is None else path
    if path is None or (folder / "tone.json").exists():
        from services.sentiment.tone.bundled import BundledTone

        return BundledTone.load(folder, threads=threads)
    from services.sentiment.tone.checkpoint import load_checkpoint

    return load_checkpoint(folder, threads=threads)
