#!/bin/sh
# Prints the path of a uv of the pinned version, bringing it by pip when this checkout has none yet.
set -eu
version=0.13.9
uv=.tools/uv/bin/uv
if ! [ -x "$uv" ] || [ "$("$uv" --version | cut -d' ' -f2)" != "$version" ]; then
    rm -rf .tools/uv && mkdir -p .tools
    python3 -m pip install --quiet --disable-pip-version-check --target .tools/uv "uv==$version" >&2 ||
        { rm -rf .tools/uv && python3 -m venv .tools/uv >&2 &&
            .tools/uv/bin/pip install --quiet --disable-pip-version-check "uv==$version" >&2; } ||
        { echo "No pip and no venv here. Run: apt-get install python3-venv" >&2; exit 1; }
fi
echo "$uv"
