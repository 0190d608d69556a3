import { join } from 'node:path';
import { ask } from '../setup/machine.mjs';
import { SetupProblem } from '../setup/setup-problem.mjs';

/** @typedef {import('../setup/machine.mjs').Machine} Machine */
/** @typedef {{ version: number[], engines: string[], viewerNodesInBackground: boolean | null }} Facts */

const marker = 'DARKROOM-PROBE ';

/**
 * Lets the new Blender render two pixels, as `pipeline doctor` does.
 * @param {Machine} machine
 * @param {string} program
 * @throws {SetupProblem} when it does not start, lacks Cycles, or its Viewer nodes show nothing
 */
export function selfCheck(machine, program) {
  const script = join(machine.root, 'blender', 'probe.py');
  const printed = ask(machine, [
    program,
    ...['-b', '-noaudio', '--factory-startup', '--disable-autoexec', '--python-exit-code', '3'],
    ...['--python', script],
  ]);
  const line = printed?.split('\n').find((text) => text.startsWith(marker));
  if (line === undefined)
    throw new SetupProblem(`${program} did not answer.`, [`Try: ${program} -b --version`]);
  /** @type {unknown} */
  const answer = JSON.parse(line.slice(marker.length));
  const facts = /** @type {Facts} */ (answer);
  if (!facts.engines.includes('CYCLES')) throw new SetupProblem(`${program} came out without Cycles.`, []);
  if (facts.viewerNodesInBackground !== true)
    throw new SetupProblem(`${program} renders, but its Viewer nodes show nothing in the background.`, []);
  machine.say(
    `Blender ${facts.version.join('.')} renders with Cycles, and Viewer nodes work in the background`,
  );
}
