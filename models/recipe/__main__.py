"""`python -m models.recipe COMMAND`: make, measure, unpack and time the tone model."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from math import inf
from pathlib import Path

from models.recipe.configuration import FULL, TINY, Configuration

BUNDLED = Path(__file__).resolve().parents[1] / FULL.name
CASES = Path(__file__).resolve().parents[2] / "tests" / "behaviour" / "tone"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 2 where the data folder, or what has to be fetched, isn't there."""
    options = _parser().parse_args(arguments)
    if options.command == "unpack":
        from models.recipe.unpack import unpack

        unpack(options.model, options.target)
        return 0
    if options.command == "speed":
        from models.recipe import speed

        print(speed.measure(options.model, threads=options.threads, count=options.count))
        return 0
    if options.folder is None or not options.folder.is_dir():
        print("Name the folder of labelled data with --folder or HARKEN_DATA.", file=sys.stderr)
        return 2
    return _make(options) if options.command == "train" else _measure(options)


def _make(options: argparse.Namespace) -> int:
    import torch

    from deploy.local.servers import DidNotStart
    from models.recipe import artefact, pipeline, rows

    torch.set_num_threads(options.threads)
    everything = options.data == "all"
    configuration = _configuration(options)
    target = options.model if not everything else options.model.with_name(f"{FULL.name}-all")
    work = options.work / configuration.name / options.data
    corpus = rows.load(options.folder, everything=everything, seed=configuration.seed)
    print(f"{len(corpus.train)} rows train, {len(corpus.tune)} tune", flush=True)
    try:
        trained = pipeline.train(corpus, configuration, work)
    except DidNotStart as missing:
        print(missing, file=sys.stderr)
        return 2
    artefact.write(trained, corpus, configuration, target)
    print(f"written to {target}", flush=True)
    return _measure(options)


def _configuration(options: argparse.Namespace) -> Configuration:
    default = TINY if options.tiny else FULL
    return replace(
        default,
        seconds=options.minutes * 60,
        start=options.start,
        steps=default.steps if options.steps is None else options.steps,
        adaptation_steps=(
            default.adaptation_steps
            if options.adaptation_steps is None
            else options.adaptation_steps
        ),
        ngram_iterations=options.ngram_iterations or default.ngram_iterations,
    )


def _measure(options: argparse.Namespace) -> int:
    from models.recipe import behaviour, card, exact, measure, rows
    from services.sentiment.tone.bundled import BundledTone

    everything = options.data == "all"
    folder = options.model if not everything else options.model.with_name(f"{FULL.name}-all")
    corpus = rows.load(options.folder, everything=everything, seed=FULL.seed)
    work = options.work / (TINY if options.tiny else FULL).name / options.data
    work.mkdir(parents=True, exist_ok=True)
    floors = {} if options.no_floors else measure.floors(corpus, work / "floors.json")
    model = BundledTone.load(folder, threads=options.threads)
    figures = measure.measure(model, corpus, floors)
    network = exact.trained(folder, work / "finetuned.pt")
    if network is not None:
        figures.int8.extend(measure.int8_cost(model, network, corpus))
    outcomes = behaviour.run(model, behaviour.read_cases(CASES))
    figures.save(work / "figures.json")
    text = card.render(figures, outcomes, folder, everything=everything)
    (folder / "README.md").write_text(text, encoding="utf-8")
    print(card.summary(figures, outcomes))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.recipe", description=__doc__)
    parser.add_argument("command", choices=("train", "evaluate", "unpack", "speed"))
    parser.add_argument("--data", choices=("permitted", "all"), default="permitted")
    parser.add_argument("--folder", type=Path, default=os.environ.get("HARKEN_DATA"))
    parser.add_argument("--model", type=Path, default=BUNDLED, help="the model's folder")
    parser.add_argument("--work", type=Path, default=Path("build/tone"), help="checkpoints")
    parser.add_argument("--target", type=Path, default=Path("build/tone/unpacked"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=inf, help="end fine-tuning by the clock")
    parser.add_argument("--steps", type=int, help="of fine-tuning; 0 keeps --from's")
    parser.add_argument("--adaptation-steps", type=int, help="of masked-language adaptation")
    parser.add_argument("--ngram-iterations", type=int, help="at most, per n-gram table")
    parser.add_argument(
        "--from", dest="start", type=Path, help="a shipped model's folder to go on from"
    )
    parser.add_argument("--count", type=int, default=1_000, help="texts whose speed is measured")
    parser.add_argument("--tiny", action="store_true", help="the same recipe in seconds")
    parser.add_argument("--no-floors", action="store_true", help="measure the model alone")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
