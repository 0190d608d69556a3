/** Imported into a program before its own modules: writes what the process used where DARKROOM_BENCH_USAGE says. */
import { writeFileSync } from 'node:fs';

const path = process.env['DARKROOM_BENCH_USAGE'];
if (path !== undefined)
  process.on('exit', () => writeFileSync(path, JSON.stringify(process.resourceUsage())));
