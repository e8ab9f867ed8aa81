"""engine.model_card: the licence of a folder is what its card says, and nothing where it says none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.model_card import read_licence

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "---\nlicense: other\nlicense_name: flux-1-dev-non-commercial-license\nlicense_link: LICENSE.md\n---\n# F"


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: openrail++\ntags:\n- stable-diffusion\n---\n# SDXL", "openrail++"),
        ("---\ntags: []\nlicense: 'apache-2.0' # as ever\n---\n", "apache-2.0"),
        (OTHER, "flux-1-dev-non-commercial-license"),
        ("\ufeff---\nlicense: mit\n---\n", "mit"),
        ("---\nlicense: other\n---\n", "other"),
        ("---\nlicense_name: mine\n---\n", "mine"),
        ("---\ntags: []\n---\nlicense: mit\n", ""),
        ("# A model\nlicense: mit\n---\nlicense: mit\n---\n", ""),
        ("license: mit\n", ""),
        ("", ""),
        ("---\nlicense: " + 1000 * "x" + "\n---\n", 80 * "x"),
    ],
)
def test_the_head_of_the_card_is_read(tmp_path: Path, card: str, licence: str) -> None:
    """An identifier, or the name of one that is on no list; text below the head is no fact."""
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    assert read_licence(tmp_path) == licence


def test_no_card_is_no_mistake(tmp_path: Path) -> None:
    """A folder without one, or with something else of that name, is listed all the same."""
    assert read_licence(tmp_path) == ""
    (tmp_path / "README.md").mkdir()
    assert read_licence(tmp_path) == ""
    (tmp_path / "bytes").mkdir()
    (tmp_path / "bytes" / "README.md").write_bytes(b"---\nlicense: mit\n\xff\xfe---\n")
    assert read_licence(tmp_path / "bytes") == ""
