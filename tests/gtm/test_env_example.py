"""The example environment file names every setting with its default."""

from pathlib import Path

from gtm.settings import Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_every_setting_is_in_the_example() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    named = {
        line.removeprefix("#").partition("=")[0].lower()
        for line in text.splitlines()
        if "=" in line and not line.startswith("# ")
    }
    assert named == set(Settings.model_fields)


def test_the_example_changes_nothing() -> None:
    assert Settings(_env_file=EXAMPLE) == Settings(_env_file=None)
