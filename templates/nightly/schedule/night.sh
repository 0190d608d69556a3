#!/bin/sh
# One night: what the verdict needs is made, then the store is brought back to its size. Called by the timer, cron,
# scrontab and CI beside this file; takes further options of `pipeline run`, as in: night.sh --executor slurm
#
# A night that is still going on is left alone (exit code 3). Exit code 1: a stage failed, or a measure is worse than in
# the last run by more than chance explains.
set -u
cd "$(dirname "$0")/.." || exit 2
PIPELINE=${PIPELINE:-pipeline}
MAX_SIZE=${MAX_SIZE:-200GB}

$PIPELINE run . verdict --no-overlap --fail-on-regression "$@"
code=$?
[ "$code" -eq 3 ] && exit 3

# What the last run needs stays, whatever its size; earlier ones go until the rest fits.
$PIPELINE gc . --max-size "$MAX_SIZE" || echo "gc failed; the next night tries again" >&2
exit "$code"
