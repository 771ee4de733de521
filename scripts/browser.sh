#!/bin/sh
# Makes sure Chromium is there for the browser tests, or says exactly what to run.
set -eu
command -v chromium >/dev/null && exit
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq chromium >/dev/null
    exit
fi
echo "The browser tests need Chromium. Run: sudo apt-get install chromium" >&2
exit 1
