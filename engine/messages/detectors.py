"""What detectors there are, as data: their names, their options with ranges, and the files of weights they want.

Owns no code that detects (engine.control): window, command line and service read this without torch.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from engine.errors import BadInputError
from engine.messages.checks import check_float, check_int

OptionValue: TypeAlias = bool | int | float


class WeightFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a repository of the hub; `path` is relative to it. An empty path means the whole repository.

    One that ships comes with the program: `repository` is its folder's name in resources/models.
    """

    repository: str
    path: str = ""
    ships: bool = False

    @property
    def name(self) -> str:
        """What it is called in a local folder: the file's name, or the repository's without its owner."""
        return (self.path or self.repository).rpartition("/")[2]

    @property
    def remedy(self) -> str:
        """What to do where it is damaged."""
        return "install Onetake again" if self.ships else f"get {self.path or 'all files'} of {self.repository} again"


class DetectorOption(msgspec.Struct, frozen=True, kw_only=True):
    """A setting of a detector. The type of `default` is its type; `low` and `high` bound a number."""

    name: str
    default: OptionValue
    summary: str
    low: float = 0.0
    high: float = 1.0

    def check(self, value: object) -> None:
        """Raise BadInputError unless `value` has the option's type and range."""
        if isinstance(self.default, bool):
            if not isinstance(value, bool):
                raise BadInputError(f"option {self.name} is {value!r}; give true or false")
        elif isinstance(self.default, int):
            check_int(f"option {self.name}", value, round(self.low), round(self.high))
        else:
            check_float(f"option {self.name}", value, self.low, self.high)


class DetectorSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Data about a detector.

    Attributes:
        kind: The name in requests.
        title: The name for people.
        weights: Files it cannot do without.
        stand_in: The detector that makes its maps where these are missing: one that ships, and says so.
        extra_weights: Files that only some options need.
        options: Its settings.
        resolution: Shorter side of the picture it looks at, in pixels; 0 for the map's own size.
        background: RGB of the map where there is no picture (resize mode "fit").
        categorical: Colours are labels, which must not be mixed when the map is resized.
    """

    kind: str
    title: str
    weights: tuple[WeightFile, ...] = ()
    stand_in: str = ""
    extra_weights: tuple[WeightFile, ...] = ()
    options: tuple[DetectorOption, ...] = ()
    resolution: int = 0
    background: tuple[int, int, int] = (0, 0, 0)
    categorical: bool = False

    def check_options(self, given: tuple[tuple[str, OptionValue], ...]) -> None:
        """Raise BadInputError unless every option is this detector's, once, and in range."""
        known = {option.name: option for option in self.options}
        seen: set[str] = set()
        for name, value in given:
            if name not in known:
                names = ", ".join(known) or "none"
                raise BadInputError(f"{self.kind} has no option {str(name)[:80]!r}; it has: {names}")
            if name in seen:
                raise BadInputError(f"option {name} is given twice; leave one out")
            seen.add(name)
            known[name].check(value)

    def settings(self, given: tuple[tuple[str, OptionValue], ...]) -> dict[str, OptionValue]:
        """Every option's value: what is given, else the default."""
        return {option.name: option.default for option in self.options} | dict(given)


def find_detector(kind: str) -> DetectorSpec:
    """The detector of this name.

    Raises:
        BadInputError: There is none.
    """
    for spec in DETECTORS:
        if spec.kind == kind:
            return spec
    known = ", ".join(spec.kind for spec in DETECTORS)
    raise BadInputError(f"there is no detector {str(kind)[:80]!r}; use {known}")


def _annotators(*names: str) -> tuple[WeightFile, ...]:
    return tuple(WeightFile(repository="lllyasviel/Annotators", path=name) for name in names)


_SAFE = DetectorOption(name="safe", default=False, summary="three levels of grey instead of soft edges")
_SCRIBBLE = DetectorOption(name="scribble", default=False, summary="thick strokes, as drawn by hand")
_SIGMA = DetectorOption(
    name="sigma", default=6.0, low=0.5, high=50.0, summary="how far around a pixel its paper is looked for, in pixels"
)
_INTENSITY = DetectorOption(name="threshold", default=8, high=255, summary="darkness from which a pixel is a line")

DETECTORS = (
    DetectorSpec(
        kind="canny",
        title="Canny edges",
        options=(
            DetectorOption(name="low", default=100, high=255, summary="gradient that carries an edge on"),
            DetectorOption(name="high", default=200, high=255, summary="gradient that starts an edge"),
        ),
    ),
    DetectorSpec(
        kind="shuffle",
        title="Content shuffle",
        options=(
            DetectorOption(name="grain", default=256, low=16, high=2048, summary="size of what is moved, in pixels"),
        ),
    ),
    DetectorSpec(kind="lineart_standard", title="Line art, standard", options=(_SIGMA, _INTENSITY)),
    DetectorSpec(
        kind="hed",
        title="Soft edges (HED)",
        weights=_annotators("ControlNetHED.pth"),
        options=(_SAFE, _SCRIBBLE),
        resolution=512,
    ),
    DetectorSpec(
        kind="pidinet",
        title="Soft edges (PidiNet)",
        weights=_annotators("table5_pidinet.pth"),
        options=(_SAFE, _SCRIBBLE),
        resolution=512,
    ),
    DetectorSpec(
        kind="mlsd",
        title="Straight lines (M-LSD)",
        weights=_annotators("mlsd_large_512_fp32.pth"),
        options=(
            DetectorOption(name="score", default=0.1, summary="how sure a line must be"),
            DetectorOption(name="distance", default=0.1, high=20.0, summary="shortest line, in pixels of its map"),
        ),
        resolution=512,
    ),
    DetectorSpec(
        kind="lineart",
        title="Line art, realistic",
        weights=_annotators("sk_model.pth", "sk_model2.pth"),
        options=(DetectorOption(name="coarse", default=False, summary="fewer and rougher lines"),),
        resolution=512,
    ),
    DetectorSpec(kind="lineart_anime", title="Line art, anime", weights=_annotators("netG.pth"), resolution=512),
    DetectorSpec(
        kind="teed",
        title="Edges (TEED)",
        weights=(WeightFile(repository="fal-ai/teed", path="5_model.pth"),),
        options=(DetectorOption(name="levels", default=2, high=10, summary="levels of grey; 0 for all"),),
        resolution=512,
    ),
    DetectorSpec(
        kind="anyline",
        title="Line art (Anyline)",
        weights=(WeightFile(repository="TheMistoAI/MistoLine", path="Anyline/MTEED.pth"),),
        options=(msgspec.structs.replace(_SIGMA, default=2.0), msgspec.structs.replace(_INTENSITY, default=3)),
        resolution=1280,
    ),
    DetectorSpec(
        kind="normal",
        title="Normals (BAE)",
        weights=_annotators("scannet.pt"),
        resolution=512,
        background=(128, 128, 255),
    ),
    DetectorSpec(
        kind="midas", title="Depth (MiDaS)", weights=_annotators("dpt_hybrid-midas-501f0c75.pt"), resolution=512
    ),
    DetectorSpec(
        kind="leres",
        title="Depth (LeReS)",
        weights=_annotators("res101.pth"),
        options=(
            DetectorOption(name="near", default=0.0, high=100.0, summary="cut off what is nearer, in percent"),
            DetectorOption(name="far", default=0.0, high=100.0, summary="cut off what is farther, in percent"),
        ),
        resolution=512,
    ),
    DetectorSpec(
        kind="zoe",
        title="Depth (ZoeDepth)",
        weights=_annotators("ZoeD_M12_N.pt"),
        options=(DetectorOption(name="gamma", default=False, summary="darken the distance"),),
        resolution=512,
    ),
    DetectorSpec(
        kind="depth",
        title="Depth (Depth Anything V2)",
        weights=(WeightFile(repository="depth-anything/Depth-Anything-V2-Small-hf"),),
        stand_in="depth_papercut",
        resolution=518,
    ),
    DetectorSpec(
        kind="depth_papercut",
        title="Depth (Papercut, built in)",
        weights=(WeightFile(repository="papercut-depth", ships=True),),
        resolution=256,
    ),
    DetectorSpec(
        kind="openpose",
        title="Pose (OpenPose)",
        weights=_annotators("body_pose_model.pth"),
        extra_weights=_annotators("hand_pose_model.pth", "facenet.pth"),
        options=(
            DetectorOption(name="body", default=True, summary="draw the body"),
            DetectorOption(name="hands", default=False, summary="find hands, too"),
            DetectorOption(name="face", default=False, summary="find faces, too"),
        ),
        resolution=512,
    ),
    DetectorSpec(
        kind="segment",
        title="Segments (Papercut, built in)",
        weights=(WeightFile(repository="papercut-segment", ships=True),),
        resolution=384,
        categorical=True,
    ),
    DetectorSpec(
        kind="segment_ade",
        title="Segments (SegFormer, ADE20K)",
        weights=(WeightFile(repository="nvidia/segformer-b0-finetuned-ade-512-512"),),
        resolution=512,
        categorical=True,
    ),
    DetectorSpec(
        kind="sam",
        title="Segments (Segment Anything)",
        weights=(WeightFile(repository="ybelkada/segment-anything", path="checkpoints/sam_vit_h_4b8939.pth"),),
        resolution=512,
        categorical=True,
    ),
    DetectorSpec(
        kind="sam_mobile",
        title="Segments (MobileSAM)",
        weights=(WeightFile(repository="dhkim2810/MobileSAM", path="mobile_sam.pt"),),
        resolution=512,
        categorical=True,
    ),
)
"""Every detector, in the order of menus."""
