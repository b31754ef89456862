#!/usr/bin/env bash
# Tests the running system: environment, then health, databases, API, end to end (--email ...).
valero="$(dirname "${BASH_SOURCE[0]}")/valero"
"$valero" doctor && exec "$valero" verify "$@"
