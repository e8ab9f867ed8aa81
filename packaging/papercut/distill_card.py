"""Owns the words of the methods' table in CARD.md, and the file it is kept in."""
# ruff: noqa: E501 - tables of Markdown do not wrap

from __future__ import annotations

import json
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from papercut.distill import GUIDANCE, TEACHER_STEPS


class DistilledRow(TypedDict):
    """One line: a network, sampled in so many steps, as it was judged."""

    name: str
    steps: int
    fd_e: float
    right: int
    """Slots named in captions that the judge read rightly, of `of`."""
    of: int
    interval: tuple[float, float]
    trained: int
    """Parameters; 0 for networks that were not trained here."""
    minutes: float
    """Of processor time, the teacher's pairs included."""
    updates: int


class DistilledTable(TypedDict):
    """The comparison, as distill.json keeps it."""

    seed: int
    captions: int
    parameters: int
    """Of the whole denoiser."""
    floor_fd_e: float
    """Of renders of the same captions from other noise, through the autoencoder."""
    rows: list[DistilledRow]
    edition: NotRequired[str]
    """Of the denoiser that they began from, where the folder holds a later one."""


FILE = "distill.json"
_TEXT = """## One and few steps: the methods side by side

Every method of `engine/distill` began from {start} in its role below t = 0.98, where it is a
flow-matching teacher, and learnt from that teacher at {teacher_steps} Euler steps with guidance {guidance:g} and independent noise. Each was
given the same processor time, in which it also made whatever it learns from. {captions} held-out captions, drawn with seed {seed}; accuracy
is the share of named slots that the judge reads rightly, with its 95 % Wilson interval. FD_E is the Fréchet distance
to renders of the same captions in the mean features of the judge's trunk, which no method was trained on;
renders from other noise, through the autoencoder, have {floor:.2f}. All rows have the same number of pictures, so that its
bias is the same in all. The shipped student is regression on the renderer, over hours: it is no entry of this
comparison and learnt other pairs of noise and picture.

{rows}

Nothing is left out because it lost. Minutes on a CPU are some hundred updates; the papers' are tens of thousands, so the
table says which method is quick to begin, not where each ends. The weights do not ship; one command makes them and this table:

    python packaging/papercut/train.py distill all --work W --minutes {minutes:g}

"""


def read_table(folder: Path) -> DistilledTable | None:
    """The table of a model's folder, if the comparison was run."""
    file = folder / FILE
    return cast("DistilledTable", json.loads(file.read_text())) if file.exists() else None


def write_table(folder: Path, table: DistilledTable) -> None:
    """Keep the table beside the model."""
    (folder / FILE).write_text(json.dumps(table, indent=1) + "\n")


def distilled_section(folder: Path) -> str:
    """The section of CARD.md, empty where the comparison was never run."""
    table = read_table(folder)
    if table is None:
        return ""
    lines = [
        "| network | steps | FD_E | accuracy | trained parameters | processor minutes | updates |",
        "|" + "---|" * 7,
    ]
    lines += [_line(row, table["parameters"]) for row in table["rows"]]
    minutes = max(row["minutes"] for row in table["rows"])
    edition = table.get("edition")
    start = f"the denoiser of the {edition} edition" if edition else "the denoiser of this folder"
    return _TEXT.format(
        teacher_steps=TEACHER_STEPS, guidance=GUIDANCE, captions=table["captions"], seed=table["seed"], floor=table["floor_fd_e"],
        rows="\n".join(lines), minutes=round(minutes), start=start,
    )  # fmt: skip


def _line(row: DistilledRow, parameters: int) -> str:
    low, high = row["interval"]
    share = f"{row['right'] / row['of']:.1%} ({low:.0%}-{high:.0%})"
    cells = [row["name"], str(row["steps"]), f"{row['fd_e']:.2f}", share]
    if row["trained"]:
        cells += [
            f"{row['trained']:,} ({row['trained'] / parameters:.2%})",
            f"{row['minutes']:.1f}",
            f"{row['updates']:,}",
        ]
    else:
        cells += ["-", "-", "-"]
    return "| " + " | ".join(cells) + " |"
