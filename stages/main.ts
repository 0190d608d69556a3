#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { productRoot } from '../pipeline/core/product-root.js';
import { runCommandLine } from '../pipeline/cli/main.js';
import { commands } from './commands.js';
import { stageLibrary } from './registry.js';

const interruption = new AbortController();
// Only the first signal is caught: whoever insists ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => interruption.abort(new Error(`Interrupted by ${signal}.`)));

// Whoever reads along (`pipeline run | head`) may have enough: a run goes on without being heard.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

const root = productRoot();
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const program = {
  version,
  stages: stageLibrary,
  commands,
  modules: { darkroom: () => import('./authoring.js'), zod: () => import('zod') },
  healthChecks: async () => (await import('./health/health-checks.js')).healthChecks,
  templatesDirectory: join(root, 'templates'),
};
const console = {
  out: (line: string): void => void process.stdout.write(`${line}\n`),
  error: (line: string): void => void process.stderr.write(`${line}\n`),
};
const exitCode = await runCommandLine(process.argv.slice(2), program, console, interruption.signal);
process.exitCode = exitCode;
// Code of a stage that did not end when it was told to would keep the process alive.
setTimeout(() => process.exit(exitCode), 2000).unref();
