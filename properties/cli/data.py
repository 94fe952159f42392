"""``marginproof data``: list the built-in data sets, or describe one (or a file)."""

from __future__ import annotations

from typing import Any

import click

from marginproof.constructions.builtin import BUILTINS, load, read
from marginproof.constructions.dataset import Dataset
from marginproof.properties.cli.options import json_option, reading_options
from marginproof.properties.cli.output import emit, notices, say, table


@click.command("data")
@click.argument("data", required=False, metavar="[DATA]")
@reading_options
@json_option
def command(data: str | None, how: dict[str, Any], json_target: str | None) -> None:
    """List the built-in data sets, or describe DATA: a built-in name or a file.

    Files: delimited text (.csv .tsv .txt .data .dat), .npy, .npz, .mat, .json, .jsonl, .libsvm or .svmlight, .arff, .parquet;
    text also compressed (.csv.gz).

    \b
    Example:
      marginproof data
      marginproof data iris+bias --json
    """
    if data is None:
        _list(json_target)
    else:
        _describe(read(data, **how), json_target)


def _list(json_target: str | None) -> None:
    sets = [(name, load(name), entry.summary) for name, entry in BUILTINS.items()]
    result = {
        "datasets": [
            {
                "name": name,
                "n_samples": dataset.n_samples,
                "n_features": dataset.n_features,
                "summary": summary,
                "source": dataset.provenance,
            }
            for name, dataset, summary in sets
        ]
    }

    def human() -> None:
        rows = [[name, d.n_samples, d.n_features, summary, d.provenance] for name, d, summary in sets]
        table("Built-in data sets", ["name", "N", "d", "what it is", "source"], rows)
        say("Give a name as DATA; +bias after a labelled set's name adds a bias column.")

    emit(result, json_target, human)


def description(dataset: Dataset) -> dict[str, object]:
    """What ``--json`` says of one data set."""
    labels = dataset.labels
    return {
        "name": dataset.name,
        "n_samples": dataset.n_samples,
        "n_features": dataset.n_features,
        "classes": None if labels is None else {"+1": labels.count(1), "-1": labels.count(-1)},
        "exact": dataset.is_exact,
        "columns": dataset.column_names,
        "source": dataset.provenance,
        "notices": dataset.notices,
    }


def _describe(dataset: Dataset, json_target: str | None) -> None:
    result = description(dataset)

    def human() -> None:
        table(
            dataset.name, ["", "value"], [[key, value] for key, value in result.items() if key != "notices"]
        )
        notices(dataset.notices)

    emit(result, json_target, human)
