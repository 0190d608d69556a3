/** The command line with all its stage kinds and `bench/echo`; says how much memory it took where it is asked to. */
import { writeFileSync } from 'node:fs';
import { runCommandLine } from '../../pipeline/cli/main.js';
import { stageRegistry } from '../../pipeline/stage/registry.js';
import { registry } from '../../stages/registry.js';
import { echoStage } from './echo-stage.js';

const program = {
  version: 'bench',
  registry: stageRegistry([...registry.values(), echoStage]),
  healthChecks: [],
  templatesDirectory: '',
};
const output = {
  out: (line: string): void => void process.stdout.write(`${line}\n`),
  error: (line: string): void => void process.stderr.write(`${line}\n`),
};
process.exitCode = await runCommandLine(process.argv.slice(2), program, output, new AbortController().signal);
const usagePath = process.env['DARKROOM_BENCH_USAGE'];
if (usagePath !== undefined) writeFileSync(usagePath, JSON.stringify(process.resourceUsage()));
