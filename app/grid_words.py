"""What the window says of X/Y grids: the names of what can be varied, and why a grid cannot be made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication

from app.grid_axes import GridError, Value
from app.words import sentence

if TYPE_CHECKING:
    from engine.errors import EngineError


def parameter_title(name: str) -> str:
    """What a parameter is called, by its name in `grid_axes`; with the number of its control where it has one."""
    found = re.fullmatch(r"([a-z]+)(\d*)", name)
    parameter, number = found.groups() if found else (name, "")
    translate = QCoreApplication.translate
    titles = {
        "prompt": translate("GridControls", "Words of the prompt"),
        "seed": translate("GridControls", "Seed"),
        "steps": translate("GridControls", "Steps"),
        "guidance": translate("GridControls", "Guidance"),
        "negative": translate("GridControls", "Negative prompt"),
        "size": translate("GridControls", "Size"),
        "model": translate("GridControls", "Model"),
        "strength": translate("GridControls", "Strength of the edit"),
        "weight": translate("GridControls", "Control weight"),
        "start": translate("GridControls", "Control start"),
        "end": translate("GridControls", "Control end"),
    }
    title = titles.get(parameter, parameter)
    return f"{title} ({number})" if number else title


def grid_error(error: EngineError) -> str:
    """A sentence with a remedy. What the engine says of a cell it says in its own words."""
    if not isinstance(error, GridError):
        return sentence(error.message)
    translate, facts = QCoreApplication.translate, dict(error.facts)
    if error.what == "cell":
        places = cast("tuple[tuple[str, Value], ...]", facts["where"])
        where = ", ".join(f"{parameter_title(title)} {value}" for title, value in places)
        why = grid_error(cast("EngineError", facts["why"]))
        return translate("Grid", "At {where}: {why}").format(where=where, why=why)
    sentences = {
        "many_values": translate("Grid", "{parameter} has more than {most} values; ask for fewer."),
        "no_values": translate("Grid", "{parameter} has no values; write some, like {example}."),
        "one_word": translate("Grid", "Write the words to replace and others for them, like {example}."),
        "no_size": translate("Grid", "“{written}” is no size; write it like 256x256."),
        "wrong_count": translate("Grid", "{parameter}: “{written}” does not stand for 1 to {most} values."),
        "wrong_step": translate("Grid", "{parameter}: “{written}” never gets to its end; turn the step round."),
        "no_whole": translate("Grid", "{parameter}: “{written}” is no whole number; write values like {example}."),
        "no_number": translate("Grid", "{parameter}: “{written}” is no number; write values like {example}."),
        "same_axes": translate("Grid", "Both directions vary {parameter}; choose two different settings."),
        "many_cells": translate("Grid", "That would be {count} pictures; a grid has at most {most}."),
        "no_edit": translate("Grid", "The strength is of edits; edit a picture, or vary something else."),
        "no_words": translate("Grid", "The prompt does not say “{written}”; the first value is what is replaced."),
        "no_controls": translate("Grid", "There is no control; add one, or vary something else."),
        "no_control": translate("Grid", "There is no control {number}; there are {count}."),
        "no_model": translate("Grid", "There is no model “{written}”; use one of these: {known}."),
    }
    if "parameter" in facts:
        facts["parameter"] = parameter_title(str(facts["parameter"]))
    return sentences[error.what].format(**facts)
