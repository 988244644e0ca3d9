from __future__ import annotations

import pytest

from harken.channels.comparison import same_text


@pytest.mark.parametrize(
    ("frozen", "posted"),
    [
        ("Sorry!", "Sorry!"),
        ("Sorry!", "@mara Sorry!"),
        ("@mara@far.example Sorry!", "@mara Sorry!"),
        ("Sorry, ask @tomek@far.example there", "@mara Sorry, ask @tomek there"),
        ("a\n\n\nb", "a\n\nb"),
        ("a  b ", "a b"),
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_what_networks_do_to_a_post_makes_no_difference(frozen: str, posted: str) -> None:
    assert same_text(frozen, posted)


@pytest.mark.parametrize(
    ("frozen", "posted"),
    [
        ("Sorry!", "Sorry"),
        ("Write to help@kettle.example", "Write to help@other.example"),
        ("Yes.", "No."),
        ("See https://kettle.example/@a@b", "See https://kettle.example/@a@c"),
    ],
)
def test_other_words_are_another_text(frozen: str, posted: str) -> None:
    assert not same_text(frozen, posted)
