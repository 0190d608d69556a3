#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { productRoot } from '../pipeline/core/product-root.js';
import { runCommandLine } from '../pipeline/cli/main.js';
import { commands } from './commands.js';
import { healthChecks } from './health/health-checks.js';
import { registry } from './registry.js';

const interruption = new AbortController();
// Only the first signal is caught: whoever insists ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => interruption.abort(new Error(`Interrupted by ${signal}.`)));

const root = productRoot();
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const program = {
  version,
  registry,
  commands,
  modules: { darkroom: () => import('./authoring.js'), zod: () => import('zod') },
  healthChecks,
  templatesDirectory: join(root, 'templates'),
};
const console = {
  out: (line: string): void => void process.stdout.write(`${line}\n`),
  error: (line: string): void => void process.stderr.write(`${line}\n`),
};
process.exitCode = await runCommandLine(process.argv.slice(2), program, console, interruption.signal);
