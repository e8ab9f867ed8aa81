"""Owns the scores of the trial of control networks: held-out scenes' maps in, pictures out, the maps read again.

Each map meets noise that lays the scene out otherwise. What is read again is read by other means than those that made
the map: edges and outlines with other thresholds (engine.bench.control_looks), depth and classes by Papercut's own
detectors, held against the renderer's truth. Detectors err; the column "renders" says what they make of perfection.
"""

from __future__ import annotations

import json
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

import numpy as np
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from torch import Tensor, nn

from engine.bench.control_looks import edges, outlines
from engine.bench.control_scores import bootstrap_interval, f1_score, mean_iou, root_mean_square
from engine.control.divcontrol import load_divcontrol
from engine.models.folder import find_network
from papercut.card import write_card
from papercut.checkpoints import load
from papercut.control import SIDE, Truth, make_adapter, predict_controlled, render_truth
from papercut.control_card import Cell, ControlResult, read_control
from papercut.control_maps import KINDS, UNSEEN_KINDS, draw_map
from papercut.control_trial import ARMS, EXAMPLES, NEW_KIND, path_of
from papercut.detectors import find_classes, load_detector, look, prepare
from papercut.divcontrol import write_folder
from papercut.grammar import sample_scene
from papercut.layout import LATENT_CHANNELS
from papercut.sheet import tile
from papercut.shipped import ShippedModel
from papercut.training import as_tensor, in_parts
from papercut.unet import TEACHER_LIMIT, load_unet, predict

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCENES = 40
FEW = 8
"""Scenes for 25 steps."""
SEED = 4242
BATCH = 12
MANY_STEPS = 25
TAUGHT = (f"unified, {EXAMPLES} examples", f"DivControl, {EXAMPLES} examples")
COLUMNS = ("none", "separate", "unified", "DivControl", *TAUGHT, "shipped")
SHOWN = ("none", "unified", "DivControl", "shipped")
"""Columns of the sheet."""
_ARM_OF = {"unified": "unified", "DivControl": "divcontrol", TAUGHT[0]: "unified-new", TAUGHT[1]: "divcontrol-new"}
"""The arm of a column that is not the kind's own."""


class _Stock(Protocol):
    def from_pretrained(self, folder: Path, **options: object) -> nn.Module: ...


class _Questions(NamedTuple):
    """Held-out scenes; features (B, tokens, width) of their captions, and noise (B, C, h, w) that is not theirs."""

    truths: list[Truth]
    features: Tensor
    noise: Tensor

    def first(self, count: int) -> _Questions:
        return _Questions(self.truths[:count], self.features[:count], self.noise[:count])


class _Readers:
    """What reads a picture again, and holds it against the truth."""

    def __init__(self, work: Path) -> None:
        self._detectors = {task: load_detector(work, task) for task in ("depth", "segment")}

    @property
    def kinds(self) -> list[str]:
        """Those that can be scored with what the work folder holds."""
        wants = {"depth": "depth", "normal": "depth", "segment": "segment"}
        return [k for k in (*KINDS, *UNSEEN_KINDS) if k not in wants or self._detectors[wants[k]] is not None]

    def score_all(self, kind: str, truths: list[Truth], found: list[NDArray[np.uint8]]) -> list[float]:
        """The kind's score of each scene's picture."""
        return [self.score(kind, truth, picture) for truth, picture in zip(truths, found, strict=True)]

    @torch.no_grad()
    def score(self, kind: str, truth: Truth, found: NDArray[np.uint8]) -> float:
        """The kind's score of one picture (H, W, 3)."""
        if kind in {"canny", "lineart_standard"}:
            return f1_score(edges(truth.picture), edges(found))
        if kind == "scribble":
            return f1_score(outlines(truth.picture), outlines(found))
        if kind == "segment":
            return mean_iou(truth.segmentation, find_classes(self._network("segment"), found))
        seen = look(self._network("depth"), prepare(found[None]))[0].clamp(0, 1).numpy()
        return root_mean_square(truth.depth, np.rint(255 * seen).astype(np.uint8))

    def _network(self, task: str) -> nn.Module:
        network = self._detectors[task]
        assert network is not None
        return network


def _draw_questions(model: ShippedModel, count: int) -> _Questions:
    rng = np.random.default_rng(SEED)
    truths = [render_truth(sample_scene(rng, held_out=True), rng) for _ in range(count)]
    noise = torch.randn((count, LATENT_CHANNELS, SIDE // 16, SIDE // 16), generator=torch.Generator().manual_seed(SEED))
    return _Questions(truths, model.read([truth.caption for truth in truths]), noise)


class _Part(NamedTuple):
    """Rows of one pass."""

    features: Tensor
    noise: Tensor
    maps: Tensor


def _answer(unet: nn.Module, adapter: nn.Module | None, noisy: Tensor, t: float, rows: _Part) -> Tensor:
    """The denoiser's, x0 at the latents' scale."""
    times = torch.full((len(noisy),), t)
    if adapter is None:
        return predict(unet, noisy, times, rows.features)
    return predict_controlled(unet, adapter, noisy, times, rows.features, rows.maps)


@torch.no_grad()
def _pictures(
    model: ShippedModel, adapter: nn.Module | None, asked: _Questions, kind: str, steps: int
) -> list[NDArray[np.uint8]]:
    """Of every scene, in one step or many (without guidance); the adapter's map is the plain one of `kind`."""
    drawn = [draw_map(kind, truth.picture, truth.depth, truth.segmentation, None) for truth in asked.truths]
    maps = as_tensor(np.stack(drawn)).permute(0, 3, 1, 2).float() / 255
    found: list[NDArray[np.uint8]] = []
    split = (in_parts(rows, BATCH) for rows in (asked.features, asked.noise, maps))
    for part in (_Part(*rows) for rows in zip(*split, strict=True)):
        if steps == 1:
            x = _answer(model.unet, adapter, part.noise, 999.0, part)
        else:
            x = part.noise
            for start, end in pairwise(np.linspace(TEACHER_LIMIT, 0.0, steps + 1)):
                clean = _answer(model.unet, adapter, x, 1000 * float(start), part)
                x = x + float((end - start) / start) * (x - clean)
        shown = ((model.show(x).permute(0, 2, 3, 1) + 1) * 127.5).round().byte().numpy()
        found.extend(shown)
    return found


class _Networks:
    """The trial's networks by column and kind, each read as the engine or the stock class reads it."""

    def __init__(self, work: Path, shipped: Path, folder: Path) -> None:
        self._work, self._unet, self._folder = work, load_unet(work)[0], folder
        self._shipped = cast("_Stock", ControlNetModel).from_pretrained(shipped, dtype=torch.float32).eval()
        config = dict(cast("dict[str, object]", make_adapter(self._unet).config))
        for name in (_ARM_OF["DivControl"], _ARM_OF[TAUGHT[1]]):
            state = load(path_of(work, name))
            if state is not None:
                write_folder(state["average"], config, folder / name, (*KINDS, *UNSEEN_KINDS))

    def has(self, column: str, kind: str) -> bool:
        """Whether the column has a network for this kind."""
        if column in {"none", "shipped"}:
            return True
        return (column not in TAUGHT or kind == NEW_KIND) and path_of(self._work, _ARM_OF.get(column, kind)).exists()

    def of(self, column: str, kind: str) -> nn.Module:
        """The network of a column for a kind."""
        if column == "shipped":
            return self._shipped
        name = _ARM_OF.get(column, kind)
        if column in {"DivControl", TAUGHT[1]}:
            component = find_network(self._folder, name, ("DivControlNetModel",))
            return load_divcontrol(component, kind, torch.float32)
        state = load(path_of(self._work, name))
        assert state is not None, f"{name} is not trained; run the divcontrol command first"
        adapter = make_adapter(self._unet)
        adapter.load_state_dict(state["average"])
        return adapter.eval()


def score_trial(work: Path, folder: Path, scenes: int = SCENES, few: int = FEW) -> None:
    """Score the trial's networks, write table and sheet beside the control adapter, and the model's card anew.

    What is not trained yet is left out, but for the two networks that the others are held against.

    Args:
        work: With the trained arms and the detectors.
        folder: The shipped model's; the control adapter lies beside it.
        scenes: For one step.
        few: For 25 steps.

    Raises:
        ValueError: The network for all kinds or DivControl is not trained.
    """
    for name in ("unified", "divcontrol"):
        if not path_of(work, name).exists():
            raise ValueError(f"{path_of(work, name)} is missing; run the divcontrol command first")
    model, readers = ShippedModel.load(folder), _Readers(work)
    asked = _draw_questions(model, scenes)
    shipped = folder.with_name("papercut-control")
    states = {arm.name: state for arm in ARMS if (state := load(path_of(work, arm.name)))}
    result: ControlResult = {
        "seed": SEED,
        "scenes": scenes,
        "few": few,
        "steps": {name: int(state["step"]) for name, state in states.items()},
        "seconds": {name: round(state["spent"], 2) for name, state in states.items()},
        "table": {},
    }
    before = read_control(shipped)
    if before is not None and "shipped_steps" in before:
        result["shipped_steps"] = before["shipped_steps"]
    del states
    with tempfile.TemporaryDirectory() as name:
        networks = _Networks(work, shipped, Path(name))
        for steps, some in ((1, asked), (MANY_STEPS, asked.first(few))):
            cells, sheet = _score(model, readers, networks, some, steps)
            result["table"][str(steps)] = cells
            if steps == 1:
                tile(sheet, len(sheet) // len(readers.kinds)).reduce(2).save(shipped / "sheet.png", optimize=True)
            (shipped / "card.json").write_text(json.dumps(result, indent=1) + "\n")
            write_card(folder, json.loads((folder / "card.json").read_text()))


def _score(
    model: ShippedModel, readers: _Readers, networks: _Networks, asked: _Questions, steps: int
) -> tuple[dict[str, dict[str, Cell]], list[NDArray[np.uint8]]]:
    """Each kind's cells by column: mean, and the interval of what is gained over the unified network.

    Also a row of pictures for each kind: a scene, its map, and what the columns that all kinds have made of it.
    """
    plain = _pictures(model, None, asked, "canny", steps)
    found: dict[str, dict[str, Cell]] = {}
    sheet: list[NDArray[np.uint8]] = []
    for place, kind in enumerate(readers.kinds):
        columns: dict[str, list[float]] = {}
        shown = asked.truths[place % len(asked.truths)]
        sheet += [shown.picture, draw_map(kind, shown.picture, shown.depth, shown.segmentation, None)]
        for column in (column for column in COLUMNS if networks.has(column, kind)):
            pictures = plain if column == "none" else _pictures(model, networks.of(column, kind), asked, kind, steps)
            columns[column] = readers.score_all(kind, asked.truths, pictures)
            sheet += [pictures[place % len(pictures)]] if column in SHOWN else []
        columns["renders"] = readers.score_all(kind, asked.truths, [truth.picture for truth in asked.truths])
        beside = columns["unified"]
        found[kind] = {
            column: {
                "mean": float(np.mean(values)),
                "over_unified": bootstrap_interval([a - b for a, b in zip(values, beside, strict=True)]),
            }
            for column, values in columns.items()
        }
        print(steps, kind, {column: round(cell["mean"], 3) for column, cell in found[kind].items()}, flush=True)
    return found, sheet
