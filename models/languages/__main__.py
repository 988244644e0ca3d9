"""`python -m models.languages train|evaluate`: make and measure the language table."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from models.languages.measure import measure, table
from models.languages.rows import held_out, training
from models.languages.train import train
from services.ingest.language.detector import Detector
from services.ingest.language.ngrams import FILE, NgramTable


def main(arguments: list[str] | None = None) -> int:
    """2 where the data folder isn't there."""
    parser = argparse.ArgumentParser(prog="python -m models.languages", description=__doc__)
    parser.add_argument("command", choices=("train", "evaluate"))
    parser.add_argument("--folder", type=Path, default=os.environ.get("HARKEN_DATA"))
    parser.add_argument("--table", type=Path, default=FILE)
    options = parser.parse_args(arguments)
    if options.folder is None or not options.folder.is_dir():
        print("Name the folder of labelled data with --folder or HARKEN_DATA.", file=sys.stderr)
        return 2
    if options.command == "train":
        train(training(options.folder)).save(options.table)
    scores, seconds = measure(Detector(NgramTable.load(options.table)), held_out(options.folder))
    print(table(scores), f"\n{seconds * 1e6:.0f} microseconds of CPU per text", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
