"""Owns the words and tables of CARD.md."""
# ruff: noqa: E501 - tables of Markdown do not wrap

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

from papercut.control_card import control_section
from papercut.distill_card import distilled_section
from papercut.grammar import SLOTS
from papercut.layout import ARRANGED, ARRANGEMENTS, VARIETY
from papercut.measures_card import Measured, bar_of, measures_section, share_of
from papercut.motion import shipped_motion
from papercut.motion_card import MotionScore, motion_section
from papercut.questions import COUNTS, Entry
from papercut.sizes_card import SizeScore, sizes_section

if TYPE_CHECKING:
    from pathlib import Path


class Result(TypedDict):
    """One evaluation, as card.json keeps it.

    `table` holds an entry for each column and slot, `measured` for each column. A card.json of an earlier edition has
    none of measured, sizes and takes, and its card no section of them.
    """

    seed: int
    captions: int
    autoencoder_psnr_db: float
    weights_mb: float
    table: dict[str, dict[str, Entry]]
    measured: NotRequired[Measured]
    judge: dict[str, float]
    sizes: NotRequired[list[SizeScore]]
    takes: NotRequired[list[MotionScore]]
    examples: list[str]


_TEXT = """# Papercut

A small text-to-image model for paper-cut scenes: sky, land, water, weather and a few objects, at
256x256 in one network pass. Trained from nothing on scenes that our own renderer draws
(`packaging/papercut/`); it has seen no photograph and no one else's picture. Apache-2.0, like
the rest of the project.

## Parts

| part | stock class | what it is |
|---|---|---|
| `unet` | `UNet2DConditionModel` | 24.6M weights, attention only at 8x8 and 4x4; predicts x0, timestep 1000 t |
| `vae` | `AutoencoderTiny` | 16x, 24 channels; the encoder is a closed-form principal-component analysis of 16x16 patches, the decoder is trained |
| `text_encoder` | `CLIPTextModel` | 3 layers of width 256; the last 19 of its 64 tokens are registers, one for each slot of the grammar |
| `tokenizer` | `PreTrainedTokenizerFast` | one token a word, about 270 words, everything else is [UNK] |
| `scheduler` | `DPMSolverMultistepScheduler` | flow sigmas; with one step it evaluates once at timestep 999 and returns x0 |
{adapter}
Autoencoder: {psnr} dB on held-out renders. Weights: {mb} MB in half precision. `onetake-files.json` lists
every file with its size and sha256.

    from diffusers import StableDiffusionPipeline
    pipeline = StableDiffusionPipeline.from_pretrained("resources/models/papercut")
    pipeline("winter mountains at night, a moon on the left", num_inference_steps=1, guidance_scale=1.0, height=256, width=256)

Use `guidance_scale=1` with one step: the student needs no guidance.

## How one step works: the coupling

At t = 1 the network is not trained on a random pairing of noise and pictures, whose best answer in
one step would be a blurred average. The renderer draws every training scene *from* its noise, so the
picture is a deterministic function of (noise, caption), and one pass learns it by regression. This
is what reflow does with a teacher's trajectories; here the renderer is the teacher.

What a caption leaves open is read from the noise in two ways. Each of {arranged} kinds of thing (near ridge, trees,
clouds, boats ...) has a noise channel of its own, whose mean over the picture chooses one of {arrangements}
arrangements with equal probability. Within an arrangement a layout shifts a little with weighted
averages of the noise, mixed in with weight {variety}; far ridges, the flock and the places of stars
flakes and flowers have one arrangement and this small part. Another seed thus gives another combination of arrangements, not any layout
whatever: a network of this size learns to choose among a few places in the time it has, and draws
them crisply, while layouts wholly decided by the noise came out as blur.

The means of six further channels say how far camera, clouds, body, balloons, boats and birds have moved.
In a take their noise goes round a circle through two independent noises, each channel with its own
period, so that every frame's noise is N(0, 1) and a frame is the picture of its noise. The last two
channels go round each other, so that in every frame their angle tells the time in a beat of 12
frames, in which wings beat, flakes swirl, stars twinkle and water glitters.

The denoiser also trained on pairs of captions of one noise: the mixture of their features shall give the
mixture of their pictures, so that one prompt turns into another evenly.

For t < 0.98 the same network is an ordinary flow-matching model with independent noise, for several
steps, guidance, image to image and inpainting; it had the smaller part of the training. The timestep
tells the roles apart.

## Accuracy

{captions} captions, drawn with seed {seed}, whose combination of time, season, land, water and objects was never
trained on. A slot is scored where the caption names it; "absent" is how often an unnamed object stays
away. The judge is a separate classifier trained on renders only. Brackets are 95 % Wilson intervals.
All columns but the first have fewer captions, the first of them (n). A slot left to chance would reach one over its number of values, and an object slot the judge's
prior. "no boats" are captions that name none, "one boat" and "two boats" those that ask for so many. The bar is the
teacher's; what its columns mean is said below.

{table}

Judge on fresh held-out renders: {judge}.

{measures}{sizes}{motion}{control}{distilled}## Limits

Only the grammar's words mean anything. A colour belongs to the balloons and a position to the sun
or moon; at most two balloons and two boats. Unnamed time is day, season summer, land a meadow, style papercut.
It was trained most at 256x256. At other shapes things are softer where the network is far from two borders, which tell
it their places, and larger pictures are enlarged, not finer: "Other sizes" above has the figures.
Fine detail (birds, rain, castle windows) is softer than in the renders: the latents keep 24 numbers for each 16x16 patch.
`sheet.png` shows the first captions of the evaluation in order, unpicked; the captions are in `card.json`.

## Following maps, looked at

`control-canny.jpg`, `control-scribble.jpg`, `control-depth.jpg` and `control-segment.jpg`: from left to right the
source (a mirrored render), its map, the picture without it, with it, and with it in the left half alone. One step,
weight 1, the first seeds, unpicked. `python packaging/papercut/train.py control-sheets` makes them anew. What is seen:

- The balloon goes where the map has it, of whatever kind; with the half mask there are two, the map's on the left and
  the noise's own on the right. Clouds come half-way.
- The boats hardly move. The castle fades where the noise has it instead of going over, and so does the house less.
- River, lake and ridges lie alike in all scenes of the training. They follow no map.
- The built-in depth sees land, balloons and houses, castles roughly, and misses boats and birds; the built-in classes
  have all of them, castles with ragged edges.
"""
_ADAPTER = "| `motion_adapter` | `MotionAdapter` | temporal attention over 16 frames behind every layer of the denoiser. {}: everything that moves does so by its noise |\n"
_TRAINED = "It holds neighbouring frames together"
_OF_ZEROS = "In this edition it holds zeros and hands frames through unchanged"


def _adapter_line(folder: Path) -> str:
    if not (folder / "motion_adapter").is_dir():
        return ""
    return _ADAPTER.format(_TRAINED if shipped_motion(folder) else _OF_ZEROS)


def write_card(folder: Path, result: Result) -> None:
    """Write CARD.md from an evaluation's result."""
    columns = {name: column for name, column in result["table"].items() if "Onetake" not in name}
    slots = [slot for slot in [*SLOTS, "absent", *COUNTS] if all(slot in column for column in columns.values())]
    lines = ["| slot | bar | " + " | ".join(columns) + " |", "|---|---|" + "---|" * len(columns)]
    for slot in slots:
        bar = "" if slot == "absent" else f"{bar_of(slot):.0%}"
        cells = [_cell(column[slot], bold=index == 0) for index, column in enumerate(columns.values())]
        lines.append(f"| {slot} | {bar} | " + " | ".join(cells) + " |")
    judge = ", ".join(f"{slot} {accuracy:.1%}" for slot, accuracy in result["judge"].items())
    text = _TEXT.format(
        measures=measures_section(result["table"], result["measured"]) if "measured" in result else "",
        sizes=sizes_section(result.get("sizes", [])),
        motion=motion_section(result.get("takes", [])),
        control=control_section(folder.with_name("papercut-control")),
        distilled=distilled_section(folder),
        adapter=_adapter_line(folder), psnr=result["autoencoder_psnr_db"],
        mb=result["weights_mb"], arranged=len(ARRANGED), arrangements=ARRANGEMENTS, variety=VARIETY,
        captions=result["captions"], seed=result["seed"], table="\n".join(lines), judge=judge,
    )  # fmt: skip
    (folder / "CARD.md").write_text(text)


def _cell(entry: Entry, *, bold: bool) -> str:
    if not entry["of"]:
        return "-"
    low, high = entry["interval"]
    share = f"{share_of(entry):.1%}"
    return f"{f'**{share}**' if bold else share} ({low:.0%}-{high:.0%}, n={entry['of']})"
