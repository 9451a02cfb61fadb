#!/bin/sh
# Lists the bundled models' files with their hashes. Run it after a model has changed.
set -eu
cd "$(dirname "$0")/src/main/resources/models"
find . -mindepth 2 -type f | sed 's#^\./##' | LC_ALL=C sort | xargs sha256sum >index.txt
