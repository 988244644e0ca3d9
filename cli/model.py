"""`harken model`: measures tone models on labelled texts of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harken.domain.tone import ToneModel
from services.sentiment.tone import ModelFolderError, load_model
from services.sentiment.tone.evaluate import compare as compare_models
from services.sentiment.tone.evaluate import evaluate as evaluate_model
from services.sentiment.tone.evaluate import render, render_comparison
from services.sentiment.tone.labelled import Labelled, LabelledDataError, read_labelled

app = typer.Typer(help="Tone models.", no_args_is_help=True)

Data = Annotated[Path, typer.Argument(help="JSON Lines with text, label and lang; may be gzipped.")]
BUNDLED = "bundled"


@app.command()
def evaluate(
    data: Data,
    model: Annotated[str, typer.Option(help="A model's folder, or `bundled`.")] = BUNDLED,
) -> None:
    """Accuracy, macro-F1, calibration and confusion, by language."""
    typer.echo(render(evaluate_model(_load(model), _rows(data))))


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="A model's folder, or `bundled`.")],
    second: Annotated[str, typer.Argument(help="A model's folder, or `bundled`.")],
    data: Data,
) -> None:
    """Two models on the same texts, and whether they differ by more than chance."""
    rows = _rows(data)
    typer.echo(render_comparison(compare_models(_load(first), _load(second), rows)))


def _load(name: str) -> ToneModel:
    try:
        return load_model(None if name == BUNDLED else Path(name))
    except ModelFolderError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _rows(data: Path) -> list[Labelled]:
    try:
        rows = read_labelled(data)
    except (LabelledDataError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    if not rows:
        typer.echo(f"{data} holds no labelled texts", err=True)
        raise typer.Exit(2)
    return rows
