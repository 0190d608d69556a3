import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineName } from '../../pipeline/file/submit-schema.js';
import { ShimPrograms } from './shim-programs.js';

/** Starts "$script" "$index" as a job would be: away from us, with an id that `jobs` has as long as it runs. */
const startJob = (answer: string): string => `
cd "$(dirname "$0")/.."
id=$(cat id 2>/dev/null || echo 100); id=$((id + 1)); echo $id >id
mkdir -p jobs; : >"jobs/$id"
setsid sh -c '"$1" "$2"; rm -f "$3"' job "$script" "$index" "$PWD/jobs/$id" >/dev/null 2>&1 </dev/null &
${answer}`;

/** The last two words are the script and the index. */
const lastWords = 'while [ $# -gt 2 ]; do shift; done; script=$1; index=$2';
const listJobs = 'ls "$(dirname "$0")/../jobs"';

/** What stands in for each engine's commands. */
const scripts: Readonly<Record<EngineName, Readonly<Record<string, string>>>> = {
  lsf: {
    bsub: `${lastWords}\n${startJob('echo "Job <$id> is submitted to default queue <normal>."')}`,
    bjobs: listJobs,
  },
  pbs: { qsub: `${lastWords}\n${startJob('echo $id.head')}`, qselect: `${listJobs} | sed 's/$/.head/'` },
  sge: { qsub: `${lastWords}\n${startJob('echo $id')}`, qstat: listJobs },
  flamenco: {
    curl: `for word; do case $word in @*) file=\${word#@};; esac; done
script=$(sed 's/.*"script":"\\([^"]*\\)".*/\\1/' "$file"); index=$(sed 's/.*"index":"\\([^"]*\\)".*/\\1/' "$file")
${startJob('printf \'{"id":"00000000-0000-0000-0000-%012d","status":"queued"}\' $id')}`,
  },
  opencue: {
    cuecmd: `file=$1; eval "set -- $(cat "$file")"; script=$1; index=$2\n${startJob('echo "Successfully launched job: job-$id"')}`,
  },
  kubernetes: {
    kubectl: `[ "$1" = create ] || { ${listJobs} | sed 's/^/job-/'; exit; }
set -- $(sed -n '/command:/,/resources:/s/^ *- //p' "$3"); script=$1; index=$(echo $2 | tr -d '"')
${startJob('echo job.batch/job-$id')}`,
  },
};

/** An engine's commands as shell scripts on a PATH, which run the jobs on this machine. */
export async function engineShims(
  engine: EngineName,
): Promise<{ readonly shims: ShimPrograms; readonly path: string; readonly close: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), `darkroom-${engine}-`));
  const shims = new ShimPrograms(root);
  for (const [name, script] of Object.entries(scripts[engine])) await shims.add(name, script);
  return {
    shims,
    path: `${shims.folder}:${process.env['PATH'] ?? ''}`,
    close: () => rm(root, { recursive: true, force: true }),
  };
}
