"""The linear floor that the model must not fall under, per set, on the same split.

TF-IDF of character 2-5-grams and word 1-2-grams and a linear SVM, trained on the set's own
training rows. For a set that may only be measured on: trained on the permitted rows of the set's
language instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from models.recipe.labels import EMOTIONS
from models.recipe.rows import Row


def _pipeline() -> Pipeline:
    evidence = FeatureUnion(
        [
            ("characters", TfidfVectorizer(analyzer="char", ngram_range=(2, 5), **_COUNTS)),
            ("words", TfidfVectorizer(analyzer="word", ngram_range=(1, 2), **_COUNTS)),
        ]
    )
    return make_pipeline(evidence, LinearSVC(C=0.5, random_state=0))


_COUNTS = {"sublinear_tf": True, "min_df": 2, "dtype": np.float32, "lowercase": True}


def polarity_floor(train: Sequence[Row], held: Sequence[Row]) -> float:
    """Macro-F1 over the labels of ``held``."""
    rows = [row for row in train if row.polarity is not None]
    machine = _pipeline().fit([row.text for row in rows], [row.polarity for row in rows])
    guesses = machine.predict([row.text for row in held])
    truth = [str(row.polarity) for row in held]
    return float(f1_score(truth, guesses, average="macro", labels=sorted(set(truth))))


def emotion_floor(train: Sequence[Row], held: Sequence[Row]) -> float:
    """Macro-F1 over the emotions that ``held`` knows, one machine each."""
    known = [name for name in EMOTIONS if any(name in row.flags for row in held)]
    train = [row for row in train if all(name in row.flags for name in known)]
    held = [row for row in held if all(name in row.flags for name in known)]
    evidence = _pipeline()[:-1]
    seen = evidence.fit_transform([row.text for row in train])
    asked = evidence.transform([row.text for row in held])
    scores = []
    for name in known:
        machine = LinearSVC(C=0.5, class_weight="balanced", random_state=0)
        machine.fit(seen, [row.flags[name] for row in train])
        truth = [row.flags[name] for row in held]
        scores.append(f1_score(truth, machine.predict(asked), zero_division=0))
    return float(np.mean(scores))
