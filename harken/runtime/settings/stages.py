"""What becomes of it: how records flow, how they are tagged, how long they are kept."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field


class ToneTagging(BaseModel):
    """How it tags"""

    tone_model: Path | None = Field(
        None,
        description="Folder of a Hugging Face sequence-classification checkpoint, or of an "
        "exported tone model; empty takes the bundled one",
    )
    tone_batch: int = Field(64, ge=1, le=1_024, description="The most texts in one model run")
    tone_threads: int = Field(
        0, ge=0, description="Threads of the model; 0 takes one per processor core"
    )


class Stages(BaseModel):
    """How records flow"""

    stage_batch: int = Field(
        256, ge=1, le=10_000, description="The most records that one poll brings"
    )
    poll_timeout: float = Field(1.0, gt=0, description="Seconds that an empty poll waits")
    retry_first: float = Field(
        0.1, gt=0, description="Upper bound in seconds of the first pause before a retry"
    )
    retry_longest: float = Field(
        30.0, gt=0, description="Upper bound in seconds of any pause before a retry"
    )
    stalled_limit: float = Field(
        600.0,
        gt=0,
        description="Seconds that a consumer may be without its log, or without the records that "
        "wait there, before the process ends: its next start connects anew",
    )
    dead_letter_limit: int = Field(
        100,
        ge=1,
        description="Dead letters of one consumer group within the window; with so many it "
        "pauses, alive and not ready",
    )
    dead_letter_window: float = Field(300.0, gt=0, description="Seconds of that window")


class Keeping(BaseModel):
    """How long things are kept"""

    retention_interval: float = Field(
        600.0, gt=0, description="Seconds between two rounds that remove what has aged out"
    )
    events_kept: float = Field(
        3.0, ge=1, description="Days for which event streams can be resumed from where they ended"
    )
    commands_kept: float = Field(
        400.0,
        ge=2,
        description="Days that applied routing commands are kept: the recorded history. A replay "
        "from the beginning needs all of it; what is left explains itself",
    )
    rates_kept: float = Field(
        60.0, ge=1, description="Days that the counts of each minute are kept, for crisis detection"
    )
    decisions_kept: float = Field(
        400.0, ge=1, description="Days that it can be asked why a case went where it went"
    )
    seen_kept: float = Field(
        30.0, ge=1, description="Days after which a mention that comes again is looked at anew"
    )
    dead_letters_kept: float = Field(
        30.0, ge=1, description="Days that dead letters wait for a person"
    )
