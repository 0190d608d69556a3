/** The command line with all its stage kinds and `bench/echo`. */
import { runCommandLine } from '../../pipeline/cli/main.js';
import { StageLibrary } from '../../pipeline/stage/library.js';
import { stageLoaders } from '../../stages/registry.js';

const program = {
  version: 'bench',
  stages: new StageLibrary({
    ...stageLoaders,
    'bench/echo': async () => (await import('./echo-stage.js')).echoStage,
  }),
  healthChecks: async () => [],
  templatesDirectory: '',
};
const output = {
  out: (line: string): void => void process.stdout.write(`${line}\n`),
  error: (line: string): void => void process.stderr.write(`${line}\n`),
};
process.exitCode = await runCommandLine(process.argv.slice(2), program, output, new AbortController().signal);
