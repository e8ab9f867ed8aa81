"""What detectors and their settings are called in the window's language. The engine has them in English, as data.

A test fails when the engine has a word that is not here.
"""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

TITLES = (
    QT_TRANSLATE_NOOP("detectors", "Canny edges"),
    QT_TRANSLATE_NOOP("detectors", "Content shuffle"),
    QT_TRANSLATE_NOOP("detectors", "Line art, standard"),
    QT_TRANSLATE_NOOP("detectors", "Soft edges (HED)"),
    QT_TRANSLATE_NOOP("detectors", "Soft edges (PidiNet)"),
    QT_TRANSLATE_NOOP("detectors", "Straight lines (M-LSD)"),
    QT_TRANSLATE_NOOP("detectors", "Line art, realistic"),
    QT_TRANSLATE_NOOP("detectors", "Line art, anime"),
    QT_TRANSLATE_NOOP("detectors", "Edges (TEED)"),
    QT_TRANSLATE_NOOP("detectors", "Line art (Anyline)"),
    QT_TRANSLATE_NOOP("detectors", "Normals (BAE)"),
    QT_TRANSLATE_NOOP("detectors", "Depth (MiDaS)"),
    QT_TRANSLATE_NOOP("detectors", "Depth (LeReS)"),
    QT_TRANSLATE_NOOP("detectors", "Depth (ZoeDepth)"),
    QT_TRANSLATE_NOOP("detectors", "Depth (Depth Anything V2)"),
    QT_TRANSLATE_NOOP("detectors", "Depth (Papercut, built in)"),
    QT_TRANSLATE_NOOP("detectors", "Pose (OpenPose)"),
    QT_TRANSLATE_NOOP("detectors", "Segments (Papercut, built in)"),
    QT_TRANSLATE_NOOP("detectors", "Segments (SegFormer, ADE20K)"),
    QT_TRANSLATE_NOOP("detectors", "Segments (Segment Anything)"),
    QT_TRANSLATE_NOOP("detectors", "Segments (MobileSAM)"),
)
SETTINGS = (
    QT_TRANSLATE_NOOP("detectors", "Low"),
    QT_TRANSLATE_NOOP("detectors", "High"),
    QT_TRANSLATE_NOOP("detectors", "Grain"),
    QT_TRANSLATE_NOOP("detectors", "Sigma"),
    QT_TRANSLATE_NOOP("detectors", "Threshold"),
    QT_TRANSLATE_NOOP("detectors", "Safe"),
    QT_TRANSLATE_NOOP("detectors", "Scribble"),
    QT_TRANSLATE_NOOP("detectors", "Score"),
    QT_TRANSLATE_NOOP("detectors", "Distance"),
    QT_TRANSLATE_NOOP("detectors", "Coarse"),
    QT_TRANSLATE_NOOP("detectors", "Levels"),
    QT_TRANSLATE_NOOP("detectors", "Near"),
    QT_TRANSLATE_NOOP("detectors", "Far"),
    QT_TRANSLATE_NOOP("detectors", "Gamma"),
    QT_TRANSLATE_NOOP("detectors", "Body"),
    QT_TRANSLATE_NOOP("detectors", "Hands"),
    QT_TRANSLATE_NOOP("detectors", "Face"),
)
SUMMARIES = (
    QT_TRANSLATE_NOOP("detectors", "Gradient that carries an edge on"),
    QT_TRANSLATE_NOOP("detectors", "Gradient that starts an edge"),
    QT_TRANSLATE_NOOP("detectors", "Size of what is moved, in pixels"),
    QT_TRANSLATE_NOOP("detectors", "How far around a pixel its paper is looked for, in pixels"),
    QT_TRANSLATE_NOOP("detectors", "Darkness from which a pixel is a line"),
    QT_TRANSLATE_NOOP("detectors", "Three levels of grey instead of soft edges"),
    QT_TRANSLATE_NOOP("detectors", "Thick strokes, as drawn by hand"),
    QT_TRANSLATE_NOOP("detectors", "How sure a line must be"),
    QT_TRANSLATE_NOOP("detectors", "Shortest line, in pixels of its map"),
    QT_TRANSLATE_NOOP("detectors", "Fewer and rougher lines"),
    QT_TRANSLATE_NOOP("detectors", "Levels of grey; 0 for all"),
    QT_TRANSLATE_NOOP("detectors", "Cut off what is nearer, in percent"),
    QT_TRANSLATE_NOOP("detectors", "Cut off what is farther, in percent"),
    QT_TRANSLATE_NOOP("detectors", "Darken the distance"),
    QT_TRANSLATE_NOOP("detectors", "Draw the body"),
    QT_TRANSLATE_NOOP("detectors", "Find hands, too"),
    QT_TRANSLATE_NOOP("detectors", "Find faces, too"),
)


def detector_word(word: str) -> str:
    """A title, or what a setting is called or said to do, beginning as a sentence does; another word stays as it is."""
    return QCoreApplication.translate("detectors", word)
