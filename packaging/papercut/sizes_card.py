"""Owns the card's section on sizes: whether pictures of other sizes hold together as those of 256x256 do."""
# ruff: noqa: E501 - tables of Markdown do not wrap

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

from papercut.measures_card import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papercut.measures import Figure

CONTROL = "control: four pictures of 256x256 in one"
AS_IT_IS = "without enlarging"
OF_TRAINED = 0.95
"""Of what part of the ceiling is reached at 256x256."""


class SizeScore(TypedDict):
    """What one step's pictures of a size are like, the shorter side brought to 256 pixels before they are judged.

    drawn: the size at which the model draws them, before they are enlarged; absent where it was not told. accuracy: share of all named slots that are read rightly. rendered: the same of renders of the size. of_trained: the
    one over the other, over that at 256x256. fd_e: the Fréchet distance in E to renders of the size from other noise.
    edges: edge energy at the size's own pixels over that of renders.
    """

    name: str
    drawn: NotRequired[str]
    captions: int
    accuracy: Figure
    of_trained: Figure
    rendered: Figure
    fd_e: Figure
    edges: Figure


_TEXT = """## Other sizes

One step at other sizes, all of the same {captions} captions. What has a shorter side above 256 pixels the application draws
smaller and enlarges, for the model itself does not hold there: see the row "{as_it_is}". The judge knows 256x256: a
picture's shorter side is brought to 256 pixels before it is read, and what it reads of renders of that size is its ceiling
(it was trained on squares). "Of 256x256" is what part of that ceiling is reached, over what part is reached at 256x256
(bar: at least {bar:.0%}); FD_E and edge energy are beside renders of the size. Brackets are 95 % bootstrap intervals over
captions. `sizes.jpg` shows the first captions at each size.

| size | drawn at | accuracy | renders | of 256x256 | FD_E | edge energy | verdict |
|---|---|---|---|---|---|---|---|
{rows}

{control}

"""


def sizes_section(scores: Sequence[SizeScore]) -> str:
    """The section, from what was measured; empty where nothing was."""
    if not scores:
        return ""
    control = next(score for score in scores if score["name"] == CONTROL)
    said = (
        "The control, in which everything comes four times, fails as it must."
        if not _is_met(control)
        else "The control, in which everything comes four times, meets the bar: this measure cannot fail."
    )
    rows = "\n".join(_line(score) for score in scores)
    return _TEXT.format(captions=control["captions"], as_it_is=AS_IT_IS, bar=OF_TRAINED, rows=rows, control=said)


def _is_met(score: SizeScore) -> bool:
    return score["of_trained"]["value"] >= OF_TRAINED


def _line(score: SizeScore) -> str:
    cells = [
        score["name"],
        score.get("drawn", ""),
        f"{score['accuracy']['value']:.1%}",
        f"{score['rendered']['value']:.1%}",
        number(score["of_trained"]),
        number(score["fd_e"]),
        number(score["edges"]),
        "met" if _is_met(score) else f"missed: {score['of_trained']['value']:.1%}, bar {OF_TRAINED:.0%}",
    ]
    return "| " + " | ".join(cells) + " |"
