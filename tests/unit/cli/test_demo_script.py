"""The demo's script: enough of it, in five languages, with one wave."""

from __future__ import annotations

from cli.demo.script import LANGUAGES, WAVE_AT, WAVE_SECONDS, load, schedule


def test_the_script_has_some_three_hundred_mentions_in_five_languages() -> None:
    script = load()
    assert tuple(script) == LANGUAGES
    posts = sum(len(one.posts) for conversations in script.values() for one in conversations)
    assert 250 <= posts <= 350


def test_nobody_writes_under_anothers_name() -> None:
    authors = [one.author for conversations in load().values() for one in conversations]
    assert len(authors) == len(set(authors))


def test_the_wave_breaks_in_all_languages_at_once() -> None:
    scenes = schedule(load())
    wave = [scene for scene in scenes if scene.conversation.wave]
    assert {scene.language for scene in wave} == set(LANGUAGES)
    assert all(WAVE_AT <= scene.starts <= WAVE_AT + WAVE_SECONDS for scene in wave)
    assert scenes == sorted(scenes, key=lambda scene: scene.starts)
