"""Owns the card's section on motion: how clips move beside the renderer's, and whether that meets its bars."""
# ruff: noqa: E501 - tables of Markdown do not wrap

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from papercut.measures_card import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papercut.measures import Figure

CONTROL = "control: frames of unrelated noise"
MAGNITUDE = (0.5, 2.0)
FLICKER = 1.5
ACCURACY = -0.05


class MotionScore(TypedDict):
    """How the clips of an edition move beside rendered ones that went through the autoencoder.

    magnitude: mean difference of neighbouring frames over that of rendered clips. flicker: mean difference of
    neighbouring frames where the rendered clip stands still, of 255. rendered_flicker: the same in rendered clips.
    flicker_of_rendered: the one over the other. per_frame, still: share of named slots that the judge reads rightly, in
    the frames and in single pictures of the same captions, sampled alike. over_still: their difference.
    """

    name: str
    steps: int
    clips: int
    magnitude: Figure
    flicker: Figure
    rendered_flicker: Figure
    flicker_of_rendered: Figure
    per_frame: Figure
    still: Figure
    over_still: Figure


_TEXT = """## Motion

Clips of 16 frames, sampled as the engine samples a take in that many steps, beside the renderer's own clips of the same
captions and noise, which went through the autoencoder. "Change" is how much frames change from one to the next, over
that of rendered clips (bar: 0.5 to 2); "flicker" is the change where the rendered clip stands still, of 255, then over
that of rendered clips (bar: at most 1.5); "accuracy" is the share of named slots that the judge reads rightly in
the frames, then how many points that is above single pictures of the same captions in as many steps (bar: at most 5
below). Brackets are 95 % bootstrap intervals over clips.

| clips | n | change | flicker | over rendered | accuracy | over single pictures | verdict |
|---|---|---|---|---|---|---|---|
{rows}

{control}

"""


def motion_section(takes: Sequence[MotionScore]) -> str:
    """The section, from what was measured; empty where nothing was."""
    if not takes:
        return ""
    control = next((take for take in takes if take["name"] == CONTROL), None)
    said = ""
    if control is not None:
        missed = _missed(control)
        said = (
            f"The control, whose frames have nothing to do with each other, fails as it must: {', '.join(missed)}."
            if missed
            else "The control, whose frames have nothing to do with each other, meets every bar: these measures cannot fail."
        )
    return _TEXT.format(rows="\n".join(_line(take) for take in takes), control=said)


def _line(take: MotionScore) -> str:
    cells = [
        take["name"],
        str(take["clips"]),
        number(take["magnitude"]),
        f"{take['flicker']['value']:.3f} (rendered: {take['rendered_flicker']['value']:.3f})",
        number(take["flicker_of_rendered"]),
        f"{take['per_frame']['value']:.1%}",
        _points(take["over_still"]),
        "; ".join(_missed(take)) or "met",
    ]
    return "| " + " | ".join(cells) + " |"


def _missed(take: MotionScore) -> list[str]:
    """The bars that are missed, and by how much."""
    low, high = MAGNITUDE
    magnitude, flicker = take["magnitude"]["value"], take["flicker_of_rendered"]["value"]
    behind = take["over_still"]["value"]
    found: list[str] = []
    if not low <= magnitude <= high:
        found.append(f"change missed: {magnitude:.2f}, bar {low:g} to {high:g}")
    if flicker > FLICKER:
        found.append(f"flicker missed: {flicker:.2f}, bar {FLICKER:g}")
    if behind < ACCURACY:
        found.append(f"accuracy missed: {-100 * behind:.1f} points below, bar {-100 * ACCURACY:g}")
    return found


def _points(figure: Figure) -> str:
    low, high = figure["interval"]
    return f"{100 * figure['value']:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
