"""Owns the words and tables of CARD.md."""
# ruff: noqa: E501 - tables of Markdown do not wrap

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from papercut.control_card import control_section
from papercut.distill_card import distilled_section
from papercut.grammar import SLOTS
from papercut.layout import ARRANGED, ARRANGEMENTS, VARIETY
from papercut.motion_score import MotionScore

BARS = {"time": 0.9, "season": 0.9, "position": 0.85}
OTHER_BAR = 0.7


class Entry(TypedDict):
    """How often a slot was read rightly, of how many times it was named, with the proportion's 95 % interval."""

    right: int
    of: int
    interval: tuple[float, float]


class Result(TypedDict):
    """One evaluation, as card.json keeps it. `table` holds an entry for each column and slot."""

    seed: int
    captions: int
    few_captions: int
    autoencoder_psnr_db: float
    weights_mb: float
    table: dict[str, dict[str, Entry]]
    judge: dict[str, float]
    motion: MotionScore | None
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
All columns but the first use the first {few} captions. A slot left to chance would reach one over
its number of values, and an object slot the judge's prior.

{table}

{verdict}

Judge on fresh held-out renders: {judge}.

{motion}{control}{distilled}## Limits

Only the grammar's words mean anything. A colour belongs to the balloons and a position to the sun
or moon; at most two balloons and two boats. Unnamed time is day, season summer, land a meadow, style papercut.
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
_MOTION = """## Motion

{clips} clips of 16 frames in one step, beside the renderer's own clips of the same captions and noise, which went
through the autoencoder: frames change {magnitude} times as much from one to the next; where the rendered clip stands
still the change is {flicker} of 255 (rendered: {rendered_flicker}); the judge reads {per_frame:.1%} of the named slots
rightly in the frames and {still:.1%} in single pictures of the same captions.

"""
_ADAPTER = "| `motion_adapter` | `MotionAdapter` | temporal attention over 16 frames behind every layer of the denoiser. In this edition it holds zeros and hands frames through unchanged: everything that moves does so by its noise |\n"


def write_card(folder: Path, result: Result) -> None:
    """Write CARD.md from an evaluation's result."""
    columns = result["table"]
    lines = ["| slot | bar | " + " | ".join(columns) + " |", "|---|---|" + "---|" * len(columns)]
    for slot in [*SLOTS, "absent"]:
        bar = "" if slot == "absent" else f"{_bar(slot):.0%}"
        cells = [_cell(column[slot], bold=index == 0) for index, column in enumerate(columns.values())]
        lines.append(f"| {slot} | {bar} | " + " | ".join(cells) + " |")
    judge = ", ".join(f"{slot} {accuracy:.1%}" for slot, accuracy in result["judge"].items())
    text = _TEXT.format(
        motion=_MOTION.format(**result["motion"]) if result["motion"] else "",
        control=control_section(folder.with_name("papercut-control")),
        distilled=distilled_section(folder),
        adapter=_ADAPTER if (folder / "motion_adapter").is_dir() else "", psnr=result["autoencoder_psnr_db"],
        mb=result["weights_mb"], arranged=len(ARRANGED), arrangements=ARRANGEMENTS, variety=VARIETY,
        captions=result["captions"], seed=result["seed"], few=result["few_captions"], table="\n".join(lines),
        verdict=_verdict(next(iter(columns.values()))), judge=judge,
    )  # fmt: skip
    (folder / "CARD.md").write_text(text)


def _bar(slot: str) -> float:
    return BARS.get(slot, OTHER_BAR)


def _verdict(one_step: dict[str, Entry]) -> str:
    """Which slots miss the bar, and which reach it without their interval doing so."""
    asked = [slot for slot in SLOTS if one_step[slot]["of"]]
    missed = [slot for slot in asked if _share(one_step[slot]) < _bar(slot)]
    unsure = [slot for slot in asked if slot not in missed and one_step[slot]["interval"][0] < _bar(slot)]
    first = (
        f"Below the bar with one step: {', '.join(missed)}."
        if missed
        else "Every slot that was named reaches the bar with one step."
    )
    second = f" The interval's lower end is below it for: {', '.join(unsure)}." if unsure else ""
    return first + second


def _share(entry: Entry) -> float:
    return entry["right"] / entry["of"] if entry["of"] else 0.0


def _cell(entry: Entry, *, bold: bool) -> str:
    if not entry["of"]:
        return "-"
    low, high = entry["interval"]
    share = f"{_share(entry):.1%}"
    return f"{f'**{share}**' if bold else share} ({low:.0%}-{high:.0%}, n={entry['of']})"
