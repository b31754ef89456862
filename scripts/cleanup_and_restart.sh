#!/usr/bin/env bash
# Ends whatever of this VALERO still runs, then starts everything. Options: those of `valero up`.
valero="$(dirname "${BASH_SOURCE[0]}")/valero"
"$valero" down && exec "$valero" up "$@"
