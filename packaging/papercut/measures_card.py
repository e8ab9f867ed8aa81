"""Owns the card's table of measures, the bars that the model was set, and what is said of which are met."""
# ruff: noqa: E501 - tables of Markdown do not wrap

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypedDict

from papercut.distill import GUIDANCE, TEACHER_STEPS
from papercut.grammar import SLOTS
from papercut.questions import COUNTS, Entry

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from papercut.measures import Figure

ONE_STEP = "1 step"
MORE = (2, 4, 25)
"""Steps of the folder's scheduler beside one."""
TEACHER = "25 steps, teacher"
MANY = f"{MORE[-1]} steps"
RENDERS = "renders"
WRONG, SHUFFLED = "control: wrong captions", "control: shuffled weights"

BARS = {"time": 0.97, "season": 0.97, "position": 0.97}
OTHER_BAR, COUNT_BAR = 0.9, 0.85
OF_TEACHER, FD_E_OF_TEACHER = 0.95, 1.3


class Measures(TypedDict):
    """What a column's pictures are like.

    accuracy: share of all named slots that are read rightly. of_teacher: that over the teacher's. fd_e: the Fréchet
    distance in E to renders of the same captions from other noise. fd_e_of_teacher: that over the teacher's. diversity,
    diversity_in_pixels: how far the pictures of one caption are apart in E and in pixels, over that of renders. edges:
    edge energy over that of renders.
    """

    accuracy: Figure
    of_teacher: Figure
    fd_e: Figure
    fd_e_of_teacher: Figure
    diversity: Figure
    diversity_in_pixels: Figure
    edges: Figure


class Measured(TypedDict):
    """The measures of each column over `captions`, where `noises` pictures were made of each of `several` captions."""

    captions: int
    several: int
    noises: int
    columns: dict[str, Measures]


class Verdict(NamedTuple):
    """A bar and whether it is met."""

    bar: str
    found: str
    is_met: bool


_TEXT = """## Steps, beside ceilings and controls

All rows have the same {captions} captions, the first of those above. Brackets are 95 % bootstrap intervals over captions.

| pictures | accuracy | FD_E | diversity | in pixels | edge energy |
|---|---|---|---|---|---|
{rows}

- "1 step", "2 steps", "4 steps" and "25 steps" are the folder's own scheduler without guidance: first timestep 999,
  the student, then the teacher. "Onetake's way" is how the application makes that many steps: the student's picture,
  noised halfway again and refined by the teacher. "{teacher}" is what the distillation methods learn from:
  {teacher_steps} Euler steps from t = 0.98 with guidance {guidance:g}, from noise that no scene was laid out from.
- Accuracy is the share of all named slots that the judge reads rightly.
- FD_E is the Fréchet distance to renders of the same captions from other noise, in E: the judge's trunk, averaged over
  the picture, 128 numbers on which no model was trained. {captions} pictures leave the distance above zero even between
  two sets of renders: "{renders}" is that floor. FD_E sees colours, softness and how often things are drawn. It sees
  neither where a thing is nor for which caption it was drawn: wrong captions make as good a set of pictures, which
  accuracy alone tells from right ones (their interval is wide, since it draws a caption with another's picture).
- Diversity is the mean distance of {noises} pictures of one caption from as many noises ({several} captions), in E and
  in pixels, over that of renders. Below 1, the noise decides less than it does for the renderer. Noise and artefacts
  count as well, as in the pictures of shuffled weights, so it says something only beside a good FD_E.
- Edge energy is the mean length of the brightness's gradient, over that of renders. Below 1, pictures are softer than
  the renderer's; the autoencoder's are the sharpest that this model could draw.

{controls}

### Bars

| bar | found | verdict |
|---|---|---|
{verdicts}

{summary}

"""


def measures_section(table: Mapping[str, Mapping[str, Entry]], measured: Measured) -> str:
    """The section of CARD.md.

    Args:
        table: An entry of each column and slot.
        measured: Of the same columns.
    """
    measures = measured["columns"]
    verdicts = judge_bars(table, measures)
    missed = sum(not verdict.is_met for verdict in verdicts)
    return _TEXT.format(
        rows="\n".join(_line(name, row) for name, row in measures.items()), captions=measured["captions"],
        several=measured["several"], noises=measured["noises"], controls=_controls(measures), teacher=TEACHER,
        renders=RENDERS, teacher_steps=TEACHER_STEPS, guidance=GUIDANCE,
        verdicts="\n".join(f"| {each.bar} | {each.found} | {_word(each)} |" for each in verdicts),
        summary=f"{missed} of {len(verdicts)} bars are missed." if missed else f"All {len(verdicts)} bars are met.",
    )  # fmt: skip


def bar_of(slot: str) -> float:
    """The teacher's accuracy bar of a slot or count."""
    return COUNT_BAR if slot in {*COUNTS, "balloons", "boats"} else BARS.get(slot, OTHER_BAR)


def judge_bars(table: Mapping[str, Mapping[str, Entry]], measures: Mapping[str, Measures]) -> list[Verdict]:
    """Each bar with what was found; one is met by the number itself, and the interval stands beside it."""
    others = [slot for slot in SLOTS if slot not in {*BARS, "balloons", "boats"}]
    bars = {
        f"{', '.join(BARS)} >= {BARS['time']:.0%}": BARS,
        f"every other attribute >= {OTHER_BAR:.0%}": others,
        f"none, one and two balloons and boats >= {COUNT_BAR:.0%}": COUNTS,
    }
    few = measures[ONE_STEP]
    accuracy, distance = few["of_teacher"], few["fd_e_of_teacher"]
    return [
        *(
            _slots(f"{column}: {bar}", slots, table[column], table[RENDERS])
            for column in (TEACHER, MANY)
            for bar, slots in bars.items()
        ),
        Verdict(
            f"one step: accuracy >= {OF_TEACHER:.0%} of the teacher's",
            f"{accuracy['value']:.1%} {_percents(accuracy)}"
            + _short(OF_TEACHER - accuracy["value"], f"{100 * (OF_TEACHER - accuracy['value']):.1f} points"),
            accuracy["value"] >= OF_TEACHER,
        ),
        Verdict(
            f"one step: FD_E <= {FD_E_OF_TEACHER:g} times the teacher's",
            f"{number(distance)}, with the floor taken off both {_above_floor(measures)}"
            + _short(distance["value"] - FD_E_OF_TEACHER, f"{distance['value'] - FD_E_OF_TEACHER:.2f}"),
            distance["value"] <= FD_E_OF_TEACHER,
        ),
    ]  # fmt: skip


def _slots(
    bar: str,
    slots: Collection[str],
    found: Mapping[str, Entry],
    renders: Mapping[str, Entry],
) -> Verdict:
    """The slots below their bar, each with what the judge reads from renders: it errs, too."""
    asked = [slot for slot in (*SLOTS, *COUNTS) if slot in slots and found[slot]["of"]]
    missed = [slot for slot in asked if share_of(found[slot]) < bar_of(slot)]
    said = [
        f"{slot} {share_of(found[slot]):.1%} ({100 * (bar_of(slot) - share_of(found[slot])):.1f} points short; "
        f"n={found[slot]['of']}, up to {found[slot]['interval'][1]:.0%}; renders {share_of(renders[slot]):.1%})"
        for slot in missed
    ]
    unsure = [slot for slot in asked if slot not in missed and found[slot]["interval"][0] < bar_of(slot)]
    rest = [f"interval reaches below it: {', '.join(unsure)}"] if unsure else []
    return Verdict(bar, "; ".join([*said, *rest]) or f"all {len(asked)}", not missed)


def share_of(entry: Entry) -> float:
    """The proportion that is right."""
    return entry["right"] / entry["of"] if entry["of"] else 0.0


def _controls(measures: Mapping[str, Measures]) -> str:
    """Whether the controls fail, where a measure can see what is wrong with them."""
    wrong, shuffled, few, renders = (measures[name] for name in (WRONG, SHUFFLED, ONE_STEP, RENDERS))
    seen = {
        "accuracy of wrong captions": wrong["accuracy"]["interval"][1] < few["accuracy"]["interval"][0],
        "accuracy of shuffled weights": shuffled["accuracy"]["interval"][1] < few["accuracy"]["interval"][0],
        "FD_E of shuffled weights": shuffled["fd_e"]["interval"][0] > 2 * max(few["fd_e"]["interval"][1], renders["fd_e"]["interval"][1]),
        "diversity in E of shuffled weights": _apart(shuffled["diversity"]),
        "edge energy of shuffled weights": _apart(shuffled["edges"]),
    }  # fmt: skip
    caught = [name for name, fails in seen.items() if fails]
    passed = [name for name, fails in seen.items() if not fails]
    text = f"The controls fail where they must, seen by: {', '.join(caught)}." if caught else ""
    return text + (
        f" **Not told from a good model, so that the measure says little: {', '.join(passed)}.**" if passed else ""
    )


def _apart(figure: Figure) -> bool:
    """Whether a ratio to renders is far from 1."""
    low, high = figure["interval"]
    return high < 0.8 or low > 1.25


def _above_floor(measures: Mapping[str, Measures]) -> str:
    """FD_E of one step over the teacher's where that of renders is taken off both."""
    floor = measures[RENDERS]["fd_e"]["value"]
    few, teacher = measures[ONE_STEP]["fd_e"]["value"] - floor, measures[TEACHER]["fd_e"]["value"] - floor
    return f"{few / teacher:.2f}" if few > 0 and teacher > 0 else "nothing is left to compare"


def _line(name: str, row: Measures) -> str:
    accuracy = row["accuracy"]
    cells = [name, f"{accuracy['value']:.1%} {_percents(accuracy)}"]
    cells += [number(row[key]) for key in ("fd_e", "diversity", "diversity_in_pixels", "edges")]
    return "| " + " | ".join(cells) + " |"


def _percents(figure: Figure) -> str:
    low, high = figure["interval"]
    return f"({100 * low:.1f}-{high:.1%})"


def number(figure: Figure) -> str:
    """The number with its interval behind it, as tables have it."""
    low, high = figure["interval"]
    return f"{figure['value']:.2f} ({low:.2f}-{high:.2f})"


def _short(missing: float, text: str) -> str:
    return f", {text} off" if missing > 0 else ""


def _word(verdict: Verdict) -> str:
    return "met" if verdict.is_met else "**missed**"
