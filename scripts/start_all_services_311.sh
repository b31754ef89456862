#!/usr/bin/env bash
# Starts everything; the first time it installs everything. Ctrl-C ends it. Options: --help.
exec "$(dirname "${BASH_SOURCE[0]}")/valero" up "$@"
