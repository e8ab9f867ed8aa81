"""engine.sampling.schedule: schedules start at noise, end at nothing, and are data."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.errors import BadModelError
from engine.models.noise_levels import NoiseLevels, TokenShift
from engine.sampling.schedule import make_schedule, start_at

FLOW = NoiseLevels("flow", "flow")
KINDS = [
    FLOW,
    NoiseLevels("flow", "flow", flow_shift=3.0),
    NoiseLevels("flow", "flow", flow_shift=5.0, flow_spacing="unipc"),
    NoiseLevels("flow", "flow", flow_shift=3.0, flow_spacing="euler"),
    NoiseLevels("flow", "flow", flow_shift=2.6, flow_spacing="fractions", shift_terminal=0.1),
    NoiseLevels("flow", "flow", flow_spacing="euler", token_shift=TokenShift()).for_latents(128, 96),
    NoiseLevels("variance", "epsilon", "trailing"),
    NoiseLevels("variance", "epsilon", "leading"),
    NoiseLevels("variance", "epsilon", "linspace"),
]


@given(st.sampled_from(KINDS), st.integers(1, 150), st.sampled_from(["", "student_then_teacher"]))
@example(NoiseLevels("variance", "epsilon", "trailing"), 61, "")
def test_every_schedule_falls_from_noise_to_nothing(levels: NoiseLevels, steps: int, name: str) -> None:
    """Levels fall strictly, join from step to step, end at 0, and steps are numbered."""
    if name and levels.parametrisation != "flow":
        return
    schedule = make_schedule(levels, steps, name)
    assert [step.index for step in schedule] == list(range(steps))
    assert {step.count for step in schedule} == {steps}
    assert schedule[-1].next_sigma == 0.0
    assert all(step.sigma > step.next_sigma for step in schedule if levels.spacing != "linspace" or steps > 1)
    assert all(a.next_sigma == b.sigma for a, b in itertools.pairwise(schedule))
    assert all(0 <= step.timestep <= levels.train_steps for step in schedule)


def test_one_step_asks_the_student_alone() -> None:
    """A single step is the same whether or not a teacher would follow."""
    assert make_schedule(FLOW, 1, "student_then_teacher") == make_schedule(FLOW, 1)
    (step,) = make_schedule(FLOW, 1)
    assert (step.sigma, step.timestep, step.next_sigma) == (pytest.approx(0.999), 999.0, 0.0)


def test_the_teacher_refines_from_half_noise() -> None:
    """More steps: the student's picture is noised halfway afresh and refined in even steps."""
    schedule = make_schedule(FLOW, 5, "student_then_teacher")
    assert [step.renoise for step in schedule] == [True, False, False, False, False]
    assert [step.sigma for step in schedule] == pytest.approx([0.999, 0.5, 0.375, 0.25, 0.125])
    assert [step.timestep for step in schedule] == pytest.approx([999, 500, 375, 250, 125])


@pytest.mark.parametrize("levels", KINDS)
@given(steps=st.integers(1, 60), strength=st.floats(0.01, 1.0))
def test_an_edit_takes_the_last_steps_of_the_schedule(levels: NoiseLevels, steps: int, strength: float) -> None:
    """At the levels of the whole schedule and numbered from 0: one at least, and as many as the strength says.

    Rounded down, but up with the schedulers of diffusers' transformer pipelines, which count what they leave out.
    """
    part, whole = start_at(levels, steps, "", strength), make_schedule(levels, steps)
    rounds_up = levels.flow_spacing in ("euler", "fractions")
    assert len(part) == max(1, steps - int(steps - steps * strength) if rounds_up else int(steps * strength))
    assert [step.sigma for step in part] == [step.sigma for step in whole[-len(part) :]]
    assert [(step.index, step.count) for step in part] == [(index, len(part)) for index in range(len(part))]
    assert part[-1].next_sigma == 0.0


def test_a_student_makes_no_edits() -> None:
    """Its teacher starts at the strength itself, never above what it is trained at, and never draws fresh noise."""
    for strength, first in ((0.3, 0.3), (0.75, 0.75), (1.0, 0.98)):
        part = start_at(FLOW, 8, "student_then_teacher", strength)
        assert (part[0].sigma, part[0].timestep) == (pytest.approx(first), pytest.approx(1000 * first))
        assert len(part) == int(8 * strength)
        assert not any(step.renoise for step in part)
    assert len(start_at(FLOW, 1, "student_then_teacher", 0.2)) == 1


def test_a_wrong_schedule_is_named() -> None:
    """Unknown names, and names that do not suit the model, say what to write instead."""
    with pytest.raises(BadModelError, match="'fast' is not known"):
        make_schedule(FLOW, 1, "fast")
    with pytest.raises(BadModelError, match="needs a flow model"):
        make_schedule(KINDS[-1], 2, "student_then_teacher")
    with pytest.raises(BadModelError, match="1001 steps exceed"):
        make_schedule(NoiseLevels("variance", "epsilon", "trailing"), 1001)
