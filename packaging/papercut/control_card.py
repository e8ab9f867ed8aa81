"""Owns the card's section on control: how the trial's networks follow maps, as control_score measured it."""
# ruff: noqa: E501 - tables of Markdown do not wrap

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

from papercut.control_maps import KINDS

if TYPE_CHECKING:
    from pathlib import Path

METRICS = {
    "canny": "canny, F1 of edges",
    "scribble": "scribble, F1 of outlines",
    "depth": "depth, RMSE of 255 (lower is better)",
    "segment": "segment, mIoU",
    "lineart_standard": "line art (unseen), F1 of edges",
    "normal": "normals (unseen), depth RMSE of 255 (lower is better)",
}
LOWER = ("depth", "normal")


class Cell(TypedDict):
    """A mean score, and the 95 % interval of its difference to the unified network's over the same scenes."""

    mean: float
    over_unified: tuple[float, float]


class ControlResult(TypedDict):
    """One scoring of the trial.

    `steps` and `seconds` of processor time are those of each network's training, `shipped_steps` those of the adapter
    that ships; `table` holds a cell for each number of sampling steps, kind and column.
    """

    seed: int
    scenes: int
    few: int
    steps: dict[str, int]
    seconds: dict[str, float]
    shipped_steps: NotRequired[int]
    edition: NotRequired[str]
    """Of the denoiser, where it was an earlier one than that which ships."""
    table: dict[str, dict[str, dict[str, Cell]]]


_TEXT = """## Control

A trial of networks that follow maps, at one budget of {steps} steps of 16 rows: one ControlNet for each kind (a quarter
of the steps each), one for all kinds, and one DivControl for all kinds (arXiv:2507.23620; `engine/control/divcontrol.py`),
the attention and feed-forward weights of whose blocks are mixed for each kind. The network for all kinds took {minutes:.1f}
minutes of one core, DivControl {ratio:.2f} times that. "Shipped" is the adapter in `papercut-control`, a
ControlNet for all kinds{longer}.{edition} Scores are of {scenes} held-out scenes (seed {seed};
{few} for 25 steps, without guidance), whose maps meet noise that lays the scene out otherwise; edges and outlines are
read again with other thresholds, depth and classes by Papercut's detectors against the renderer's truth, and "renders"
is what these readers make of the renderer's own pictures. A * marks a difference to the unified network whose 95 %
interval (bootstrap over scenes) is on one side of nothing.

{tables}

The unseen kinds were given to networks that never met them, DivControl mixed by words that trained kinds share with
them. Then normals were taught by 200 examples in {new_steps} steps: all weights of the unified network, the
tailors alone of DivControl.

{verdict} `papercut-control/sheet.png` shows a scene
for each kind: the render, its map, then in one step none, unified, DivControl, shipped. At this budget unified and
DivControl look alike: what the noise has in another place than the map fades, and what the map has is hardly drawn yet,
so that edges score below those of pictures without control. The shipped adapter, trained longer, draws it.

    python packaging/papercut/train.py divcontrol --work W --count {steps}
    python packaging/papercut/train.py divcontrol-score --work W

"""


def read_control(folder: Path) -> ControlResult | None:
    """What was measured of the control adapter in `folder`, if anything was."""
    file = folder / "card.json"
    return cast("ControlResult", json.loads(file.read_text())) if file.is_file() else None


def note_shipped_steps(folder: Path, steps: int) -> None:
    """Say in what was measured how long the adapter that ships was trained."""
    result = read_control(folder)
    if result is not None:
        result["shipped_steps"] = steps
        (folder / "card.json").write_text(json.dumps(result, indent=1) + "\n")


def control_section(folder: Path) -> str:
    """The section, from what was measured of the control adapter in `folder`; empty where nothing was."""
    result = read_control(folder)
    if result is None:
        return ""
    steps = result["steps"]["unified"]
    seconds, shipped, edition = result["seconds"], result.get("shipped_steps"), result.get("edition")
    return _TEXT.format(
        steps=steps,
        ratio=seconds["divcontrol"] / seconds["unified"],
        longer=f" that trained {shipped / steps:.0f} times as long" if shipped else "",
        edition=f" The denoiser was that of the {edition} edition." if edition else "",
        minutes=seconds["unified"] / 60,
        scenes=result["scenes"],
        few=result["few"],
        seed=result["seed"],
        tables="\n\n".join(_table(count, kinds) for count, kinds in result["table"].items()),
        new_steps=result["steps"].get("divcontrol-new", 0),
        verdict=_verdict(result),
    )


def _table(count: str, kinds: dict[str, dict[str, Cell]]) -> str:
    columns = list(dict.fromkeys(column for cells in kinds.values() for column in cells))
    columns.sort(key=lambda column: column == "renders")
    title = "one step" if count == "1" else f"{count} steps"
    lines = [f"| {title} | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for kind, cells in kinds.items():
        shown = [_cell(kind, cells[column], column) if column in cells else "" for column in columns]
        lines.append(f"| {METRICS[kind]} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def _cell(kind: str, cell: Cell, column: str) -> str:
    low, high = cell["over_unified"]
    mark = "*" if column not in {"unified", "renders"} and (low > 0 or high < 0) else ""
    return (f"{cell['mean']:.1f}" if kind in LOWER else f"{cell['mean']:.3f}") + mark.replace("*", "\\*")


def _verdict(result: ControlResult) -> str:
    """In how many kinds which network is better and worse than the unified one, in one step, beyond chance."""
    kinds = result["table"]["1"]

    def beside_unified(chosen: list[str]) -> str:
        found: dict[str, list[int]] = {}
        for kind in chosen:
            for column, cell in kinds[kind].items():
                if column not in {"unified", "renders"} and not column.endswith("examples"):
                    low, high = cell["over_unified"]
                    above, below = (high < 0, low > 0) if kind in LOWER else (low > 0, high < 0)
                    counts = found.setdefault(column, [0, 0])
                    counts[0] += above
                    counts[1] += below
        return "; ".join(
            f"{'no control' if column == 'none' else column} is better in {better}, worse in {worse}"
            for column, (better, worse) in found.items()
        )

    trained, unseen = ([kind for kind in kinds if (kind in KINDS) == known] for known in (True, False))
    return (
        "Counting only marked differences to the unified network, in one step: of "
        f"{len(trained)} kinds {beside_unified(trained)}. Of {len(unseen)} unseen kinds, untaught, {beside_unified(unseen)}."
    )
