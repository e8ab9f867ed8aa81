"""Writes the examples of resources/examples, with the code that saves any project: python packaging/examples.py

Run it again after a change of the project format; a test compares what is shipped with what this writes.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from msgspec.structs import replace

ROOT = Path(__file__).resolve().parent.parent
# Run by its path, the clone is not on the path of modules.
sys.path.insert(0, str(ROOT))

from app.examples import Example  # noqa: E402
from app.image_edit import ImageEdit  # noqa: E402
from app.project_file import write_project  # noqa: E402
from app.video_edit import SegmentEdit, VideoEdit  # noqa: E402

PICTURE = ImageEdit(prompt="winter mountains at night, a moon on the left", seed=7)

RIVER = VideoEdit(
    is_active=True,
    segments=(
        SegmentEdit(prompt="hills and a river at dawn, the sun on the left, trees", frames=32),
        SegmentEdit(prompt="hills and a river at sunset, a red balloon, clouds, trees", frames=24, transition=16),
        SegmentEdit(prompt="hills and a river at night, the moon on the right, stars, trees", frames=24, transition=16),
    ),
    selected=(0,),
    fps=8.0,
    steps=1,
)
# The seed is locked, so that the first take is the one that was looked at.
TAKE = replace(PICTURE, prompt="", seed_locked=True, video=RIVER)

EXAMPLES = {Example.PICTURE: PICTURE, Example.TAKE: TAKE}


def write_examples(folder: Path) -> None:
    """Write every example into `folder`, in place of what is there of it."""
    folder.mkdir(parents=True, exist_ok=True)
    for example, edit in EXAMPLES.items():
        shutil.rmtree(folder / example.value, ignore_errors=True)
        write_project(folder / example.value, edit, (), None)


if __name__ == "__main__":
    write_examples(ROOT / "resources" / "examples")
