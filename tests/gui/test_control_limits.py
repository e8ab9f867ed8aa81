"""What a model's controls cannot be told is greyed in the control panel, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from app.control_edit import ControlEdit
from tests.fakes import FakeEngine
from tests.requests import FREE_TEXT

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths

FAMILIES = ("stable_diffusion", "pixart", "z_image")


@pytest.fixture
def engine(paths: Paths) -> FakeEngine:
    """A model of each kind, all with an adapter for edges."""
    models = tuple(
        replace(FREE_TEXT, name=family, title=family, family=family, controls=("canny",)) for family in FAMILIES
    )
    return FakeEngine(paths.outputs, models=models)


def test_modes_and_steps_are_greyed_where_a_model_knows_none(qtbot: QtBot, onetake: Application) -> None:
    """A U-Net's layer has both, a transformer's no modes, one of a lone control neither; the tool tips say why."""
    project = onetake.project
    qtbot.waitUntil(lambda: len(project.models) == len(FAMILIES))
    layer = ControlEdit(kind="canny", picture="/art/walk.png", mode="prompt", end=0.5)
    project.change_controls("add", (layer,))
    seen: dict[str, tuple[bool, bool, bool]] = {}
    said: dict[str, tuple[object, int]] = {}
    for family in FAMILIES:
        project.choose_model(family)
        details = onetake.control.layers.rows[0].details
        seen[family] = (details.mode.isEnabled(), details.start.isEnabled(), details.region.isEnabled())
        said[family] = (details.mode.currentData(), details.end.value())
        assert ("balanced mode alone" in details.mode.toolTip()) == (family != "stable_diffusion")
        assert ("one control, in all steps" in details.end.toolTip()) == (family == "z_image")
        assert details.end.toolTip(), "the field says what it is for, or why it is fixed"
    assert seen == {
        "stable_diffusion": (True, True, True),
        "pixart": (False, True, True),
        "z_image": (False, False, True),
    }
    assert said == {"stable_diffusion": ("prompt", 50), "pixart": ("balanced", 50), "z_image": ("balanced", 100)}
    assert project.edit.controls == (layer,), "another model may know them again"
