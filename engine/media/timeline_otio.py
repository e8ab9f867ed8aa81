"""Timelines of editing programs, in the form of OpenTimelineIO: one video track of clips joined by transitions.

Owns what a clip, a transition, a gap and a marker mean to us. Files are engine.media.timeline_file's, which imports
this module only when it is needed. Never imports torch.

A clip's prompt is its metadata `onetake.prompt`, else the comment or name of its first marker, else its own name.
Clips that only touch are a hard cut, as in every editing program, unless our metadata says that they are not. A
transition that begins before the cut moves the border of the segments to its beginning; sound is left aside. Numbers
keep 16 digits, which is what OpenTimelineIO writes.

Written, a clip whose frames are in a movie refers to that file by its URL, with the clip's place in it: DaVinci
Resolve and Kdenlive then show the take, cut where it cuts. Any other clip refers to a generator, which holds the
prompt: those programs show a placeholder of the right length. A transition between two clips of one movie dissolves
frames into themselves, so that the picture stays as it was made.

Each control is a clip on a track of its own below that of the prompts, switched off, so that it is never in the
picture; moved or trimmed there, it acts on other frames.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false
# OpenTimelineIO 0.18 has no type stubs; what leaves this module is typed.

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from engine.errors import BadInputError
from engine.media.timeline_checks import Plan, check_fps, short_prompt
from engine.media.timeline_otio_controls import control_track, is_control_track, read_controls, whole_frames
from engine.messages import Segment, Timeline, frame_rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.media.timeline_file import TakeMovie
    from engine.messages import ControlLayer

_KEY = "onetake"
_NAME_CHARS = 80
_GENERATOR = "onetake"


class _Settings(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Our metadata of a clip."""

    prompt: str = ""
    seed: int | None = None
    strength: float = 1.0
    cut: bool | None = None


class _Draft(msgspec.Struct, kw_only=True):
    """A segment while its neighbours may still change it."""

    prompt: str
    frames: int
    settings: _Settings
    transition: int
    joined: bool
    """Whether a transition leads to it."""


def timeline_from_otio(text: str) -> Plan:
    """The timeline in an OpenTimelineIO document, with its frames a second and its controls.

    Raises:
        BadInputError: It is none, or has gaps, overlaps or anything else that a take cannot have.
    """
    document = _parse(text)
    track = _only_video_track(document)
    clips = [item for item in track if isinstance(item, otio.schema.Clip)]
    rate = float(_length(clips[0]).rate)
    check_fps(rate)
    drafts: list[_Draft] = []
    transition: otio.schema.Transition | None = None
    for item in track:
        at = sum(draft.frames for draft in drafts)
        after = f" after {short_prompt(drafts[-1].prompt)}" if drafts else ""
        if isinstance(item, otio.schema.Clip):
            drafts.append(_join(item, transition, drafts, rate))
            transition = None
        elif isinstance(item, otio.schema.Transition):
            if transition or not drafts:
                raise BadInputError(f"a transition at frame {at}{after} joins nothing; put it between two clips")
            transition = item
        elif isinstance(item, otio.schema.Gap):
            gap = whole_frames(item.trimmed_range().duration, rate, f"the gap at frame {at}{after}")
            if gap:
                raise BadInputError(f"a gap of {gap} frames at frame {at}{after}; close it, or fill it with a clip")
        else:
            raise BadInputError(f"a {type(item).__name__} is nested at frame {at}{after}; flatten it into clips")
    if transition:
        raise BadInputError("the transition at the end leads nowhere; remove it")
    timeline = Timeline(segments=tuple(_segment(draft, number) for number, draft in enumerate(drafts, 1)))
    return Plan(timeline, rate, tuple(read_controls(document, rate, timeline.frames)))


def timeline_to_otio(
    timeline: Timeline, fps: float, movie: TakeMovie | None = None, controls: Sequence[ControlLayer] = ()
) -> str:
    """The timeline as an OpenTimelineIO document, with each prompt where editing programs show it: in a marker.

    Args:
        timeline: The shots.
        fps: Frames a second; a movie's own rate goes before.
        movie: What was made of it, if it has been exported.
        controls: What controls the take.
    """
    if movie is not None:
        fps = float(frame_rate(movie.fps))
    track = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    for segment, span in zip(timeline.segments, timeline.spans(), strict=True):
        if segment.transition:
            track.append(
                otio.schema.Transition(
                    transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
                    in_offset=RationalTime(0, fps),
                    out_offset=RationalTime(segment.transition, fps),
                )
            )
        settings = _Settings(prompt=segment.prompt, seed=segment.seed, strength=segment.strength, cut=segment.cut)
        media, start = _media(segment, span, movie, fps)
        clip = otio.schema.Clip(
            name=segment.prompt[:_NAME_CHARS],
            media_reference=media,
            source_range=TimeRange(RationalTime(start, fps), RationalTime(segment.frames, fps)),
            metadata={_KEY: msgspec.to_builtins(settings)},
        )
        moment = TimeRange(RationalTime(0, fps), RationalTime(1, fps))
        clip.markers.append(otio.schema.Marker(name="prompt", marked_range=moment, comment=segment.prompt))
        track.append(clip)
    document = otio.schema.Timeline(name="Onetake")
    # From the lowest up: whatever an editing program makes of a control, the take lies over it.
    for layer in reversed(controls):
        document.tracks.append(control_track(layer, timeline.frames, fps))
    document.tracks.append(track)
    return str(document.to_json_string())


def _media(
    segment: Segment, span: range, movie: TakeMovie | None, fps: float
) -> tuple[otio.schema.ExternalReference | otio.schema.GeneratorReference, int]:
    """What the clip of a segment refers to, and the frame at which it begins there."""
    if movie is None or span.start < movie.first or span.stop > movie.first + movie.frames:
        return _planned(segment, fps), 0
    reference = otio.schema.ExternalReference(
        target_url=movie.path.absolute().as_uri(),
        available_range=TimeRange(RationalTime(0, fps), RationalTime(movie.frames, fps)),
    )
    # Resolve looks for the file by this name when it is no longer at its place.
    reference.name = movie.path.name
    return reference, span.start - movie.first


def _planned(segment: Segment, fps: float) -> otio.schema.GeneratorReference:
    return otio.schema.GeneratorReference(
        name=segment.prompt[:_NAME_CHARS],
        generator_kind=_GENERATOR,
        available_range=TimeRange(RationalTime(0, fps), RationalTime(segment.frames, fps)),
        parameters={"prompt": segment.prompt},
    )


def _parse(text: str) -> otio.schema.Timeline:
    try:
        found = otio.core.deserialize_json_from_string(text)
    except (otio.exceptions.OTIOError, ValueError, TypeError) as error:
        raise BadInputError(f"OpenTimelineIO cannot read it ({error}); export it again as .otio") from error
    if not isinstance(found, otio.schema.Timeline):
        raise BadInputError("it holds no timeline; export the whole timeline as .otio")
    return found


def _only_video_track(timeline: otio.schema.Timeline) -> otio.schema.Track:
    tracks = [track for track in timeline.video_tracks() if not is_control_track(track)]
    full = [track for track in tracks if any(isinstance(item, otio.schema.Clip) for item in track)]
    if not full:
        raise BadInputError("it has no clips on a video track; add one with the prompt as its name")
    if len(full) > 1:
        names = " and ".join(track.name or "an unnamed one" for track in full[:2])
        upper = next(item for item in full[1] if isinstance(item, otio.schema.Clip))
        raise BadInputError(
            f"clips lie on several video tracks ({names}, the first above is {short_prompt(upper.name)}), where they "
            "could overlap; put all of them on one track"
        )
    return full[0]


def _join(
    clip: otio.schema.Clip, transition: otio.schema.Transition | None, drafts: list[_Draft], rate: float
) -> _Draft:
    """The clip as a draft; a transition from before the cut takes its frames from the last one."""
    settings, prompt = _settings_of(clip), _prompt_of(clip)
    place = f"the clip {short_prompt(prompt)}"
    draft = _Draft(
        prompt=prompt,
        frames=whole_frames(_length(clip), rate, place),
        settings=settings,
        transition=0,
        joined=transition is not None,
    )
    if transition:
        before = whole_frames(transition.in_offset, rate, f"the transition to {place}")
        draft.transition = before + whole_frames(transition.out_offset, rate, f"the transition to {place}")
        draft.frames += before
        drafts[-1].frames -= before
        if drafts[-1].frames < 1:
            raise BadInputError(
                f"the transition to {place} leaves nothing of {short_prompt(drafts[-1].prompt)} before it; shorten it"
            )
    return draft


def _segment(draft: _Draft, number: int) -> Segment:
    cut = draft.settings.cut
    try:
        return Segment(
            prompt=draft.prompt,
            frames=draft.frames,
            seed=draft.settings.seed,
            transition=draft.transition,
            strength=draft.settings.strength,
            cut=(number > 1 and not draft.joined) if cut is None else cut,
        )
    except BadInputError as error:
        raise BadInputError(f"clip {number} ({short_prompt(draft.prompt)}): {error.message}") from error


def _settings_of(clip: otio.schema.Clip) -> _Settings:
    try:
        return msgspec.convert(dict(clip.metadata.get(_KEY, {})), type=_Settings)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise BadInputError(f"the clip {short_prompt(clip.name)} has wrong onetake metadata ({error})") from error


def _prompt_of(clip: otio.schema.Clip) -> str:
    said = [_settings_of(clip).prompt]
    for marker in list(clip.markers)[:1]:
        said += [marker.comment, marker.name]
    return next((text for text in [*said, clip.name] if text.strip()), "")


def _length(clip: otio.schema.Clip) -> RationalTime:
    try:
        return clip.trimmed_range().duration
    except otio.exceptions.OTIOError as error:
        raise BadInputError(f"the clip {short_prompt(clip.name)} has no length; trim it in the editor") from error
