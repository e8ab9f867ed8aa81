"""What the control panel says: names of kinds and settings, and why the chosen model cannot follow a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.detector_words import detector_word
from app.words import sentence
from engine.messages.detectors import DETECTORS

if TYPE_CHECKING:
    from app.control_edit import ControlEdit
    from engine.messages import ModelSpec


def kind_title(kind: str) -> str:
    """What people call a kind of control; a word that only adapters know stands for itself."""
    title = next((spec.title for spec in DETECTORS if spec.kind == kind), "")
    return detector_word(title) if title else sentence(kind.replace("_", " "))


def mode_titles() -> dict[str, str]:
    """The control modes, by their names in requests."""
    translate = QCoreApplication.translate
    return {
        "balanced": translate("controls", "Balanced"),
        "prompt": translate("controls", "My prompt is more important"),
        "control": translate("controls", "Control is more important"),
    }


def resize_titles() -> dict[str, str]:
    """How a picture meets the result's shape, by the names in requests."""
    translate = QCoreApplication.translate
    return {
        "stretch": translate("controls", "Just resize"),
        "crop": translate("controls", "Crop and resize"),
        "fit": translate("controls", "Resize and fill"),
    }


def why_no_controls(spec: ModelSpec | None, *, for_video: bool) -> str:
    """Why a model follows no layer of its own accord, and what remains; empty if it follows some kinds."""
    if spec is None:
        return ""
    translate = QCoreApplication.translate
    reason = spec.no_video_controls if for_video else spec.no_controls
    if reason:
        words = translate("controls", "{reason}. Maps can still be made.")
        return words.format(reason=sentence(reason))
    if spec.controls:
        return ""
    words = translate("controls", "{model} has no control adapters yet; maps can still be made.")
    return words.format(model=spec.title)


def fixed_settings(spec: ModelSpec | None, *, for_video: bool) -> tuple[str, str]:
    """Why a model's controls have their modes fixed, and why their steps; empty where they can be chosen."""
    if spec is None or for_video:
        return "", ""
    return sentence(spec.no_control_modes), sentence(spec.lone_control)


def why_idle(control: ControlEdit, spec: ModelSpec | None, *, for_video: bool) -> str:
    """Why a layer that is on does nothing with this model; empty if it acts."""
    if spec is None or control.is_able(spec, for_video=for_video):
        return ""
    translate = QCoreApplication.translate
    if spec.no_video_controls if for_video else spec.no_controls:
        return translate("controls", "Not used: {model} takes no controls here").format(model=spec.title)
    if control.is_moving and not for_video:
        return translate("controls", "Not used: a movie or a folder controls takes, not pictures")
    if not spec.controls:
        return translate("controls", "Not used: {model} has no adapter for it").format(model=spec.title)
    words = translate("controls", "Not used: {model} has no adapter for it; it has {known}")
    return words.format(model=spec.title, known=", ".join(kind_title(kind) for kind in spec.controls))
