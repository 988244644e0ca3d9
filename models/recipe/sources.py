"""The labelled sets, what each may be used for, and what its labels say.

A source that forbids commercial use (``permitted=False``) is measured on, never trained on, unless
the variant for whoever may use it is asked for (``--data all``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LANGUAGES = ("en", "pl", "cs", "ru", "lv")
"""The languages that Harken promises. Slovak and the Romance and Germanic rest lend their rows."""


class Reads(StrEnum):
    """What a set's label means."""

    POLARITY = "polarity"
    EMOTION = "emotion"
    OFFENCE = "offence"
    IRONY = "irony"
    COMPLAINT = "complaint"
    INTENT = "intent"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the data folder.

    ``classes`` are the polarities that its guideline can give; a set without neutral says nothing
    against neutral. ``weight`` scales its loss, ``share`` how often its rows are drawn.
    """

    path: str
    reads: Reads
    licence: str
    permitted: bool = True
    classes: tuple[str, ...] = ("negative", "neutral", "positive")
    weight: float = 1.0
    share: float = 1.0
    languages: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.path.replace("/", "_")


def is_subtitles(path: str) -> bool:
    """Whether a set holds lines of films: their emotions follow the scene, not the words alone."""
    return path.endswith("_xed")


BINARY = ("negative", "positive")
TWEETS = "labels and texts for research, under the network's terms"

SOURCES: tuple[Source, ...] = (
    Source("sentiment/en_semeval2017_4a", Reads.POLARITY, TWEETS, share=1.4),
    Source(
        "sentiment/multi_xlmt_umsab",
        Reads.POLARITY,
        "Apache-2.0; texts under the network's terms",
        share=0.5,
        languages=("de", "es", "fr", "it", "pt"),
    ),
    Source("sentiment/en_us_airline", Reads.POLARITY, "CC BY-NC-SA 4.0", permitted=False),
    Source("sentiment/en_brand_product_sxsw", Reads.POLARITY, "CrowdFlower, open data"),
    Source("sentiment/ru_rusentiment", Reads.POLARITY, "CC BY-NC-SA 4.0", permitted=False),
    Source("sentiment/pl_mozetic_tweets", Reads.POLARITY, "labels CC BY-SA 4.0", classes=BINARY),
    Source("sentiment/ru_mozetic_tweets", Reads.POLARITY, "labels CC BY-SA 4.0", classes=BINARY),
    Source(
        "sentiment/sk_mozetic_tweets",
        Reads.POLARITY,
        "labels CC BY-SA 4.0",
        classes=BINARY,
        share=0.5,
    ),
    Source("sentiment/lv_ltec", Reads.POLARITY, "MIT", share=1.5),
    Source("sentiment/lv_nicemanis", Reads.POLARITY, "GPL-3.0 (repository)", share=1.5),
    Source("sentiment/lv_viksna", Reads.POLARITY, "not stated", share=1.5),
    Source("sentiment/lv_fntm", Reads.POLARITY, "MIT", share=1.5),
    Source("sentiment/lv_gatis_weak", Reads.NOTHING, "not stated"),
    Source("sentiment/cs_absa_restaurants", Reads.POLARITY, "MIT", share=1.5),
    Source(
        "sentiment/cs_alza_reviews",
        Reads.POLARITY,
        "LINDAT/CLARIN repository",
        classes=BINARY,
        share=1.5,
    ),
    Source("sentiment/pl_clarinemo", Reads.POLARITY, "PolEval 2024 / CLARIN-PL", share=2.0),
    Source("emotion/pl_clarinemo", Reads.EMOTION, "PolEval 2024 / CLARIN-PL"),
    Source("emotion/en_goemotions", Reads.EMOTION, "Apache-2.0", share=1.8),
    Source("emotion/en_tweeteval_emotion", Reads.EMOTION, TWEETS),
    Source("emotion/ru_brighter", Reads.EMOTION, "CC BY 4.0", share=1.5),
    Source("emotion/en_brighter", Reads.EMOTION, "CC BY 4.0"),
    Source("emotion/pl_xed", Reads.EMOTION, "CC BY 4.0", weight=0.7, share=1.0),
    Source("emotion/cs_xed", Reads.EMOTION, "CC BY 4.0", weight=0.7, share=0.8),
    Source("emotion/ru_xed", Reads.EMOTION, "CC BY 4.0", weight=0.7, share=1.2),
    Source("emotion/sk_xed", Reads.EMOTION, "CC BY 4.0", weight=0.7, share=0.6),
    Source("emotion/en_xed", Reads.EMOTION, "CC BY 4.0", weight=0.7, share=1.3),
    Source("care/en_tweeteval_offensive", Reads.OFFENCE, TWEETS, share=0.5),
    Source("care/en_tweeteval_irony", Reads.IRONY, TWEETS, share=0.5),
    Source("care/en_complaints", Reads.COMPLAINT, "not stated"),
    Source("care/en_banking77", Reads.INTENT, "CC BY 4.0", weight=0.5, share=0.2),
    Source("care/en_clinc150", Reads.INTENT, "CC BY 3.0", weight=0.5, share=0.2),
    Source("care/en_bitext_care", Reads.INTENT, "CDLA-Sharing-1.0", weight=0.5, share=0.15),
    Source("care/pl_poleval2019_harmful", Reads.OFFENCE, "PolEval 2019", share=0.4),
    Source("care/lv_ltec_dialogue", Reads.NOTHING, "MIT"),
)
