"""Turns an SVG on standard input into a PNG on standard output: a process of its own.

The renderer keeps Python's lock while it draws; within the server everybody would wait for it. Run
by its path, so that nothing but the renderer is imported.
"""

from __future__ import annotations

import sys

import resvg_py


def main() -> None:
    """Draw once. The arguments: zoom, whether to look for fonts on the machine, font files."""
    zoom, looks_for_fonts, *fonts = sys.argv[1:]
    picture = resvg_py.svg_to_bytes(
        svg_string=sys.stdin.buffer.read().decode(),
        font_files=fonts,
        font_family="Roboto",
        skip_system_fonts=looks_for_fonts != "yes",
        zoom=float(zoom),
    )
    sys.stdout.buffer.write(bytes(picture))


if __name__ == "__main__":
    main()
