import type { HealthCheck, HealthHost } from '../../pipeline/stage/health-check.js';
import { probeBlender, type BlenderProbe } from '../lib/blender/blender-probe.js';
import { findDisplay, type DrawingDisplay, type DrawingEngine } from '../lib/blender/drawing-display.js';
import { findBlender } from '../lib/blender/find-blender.js';

/** Which Blender would render, and what it can do: seen by rendering a few pixels, not by its version. */
export const blenderCheck: HealthCheck = {
  name: 'Blender',
  run: async (host) => {
    const path = await findBlender({ env: host.env });
    const probe = await probeBlender(path, host);
    const displays = {
      workbench: await displayOf('workbench', path, probe, host),
      eevee: await displayOf('eevee', path, probe, host),
    };
    const problem = problemOf(probe, displays);
    return {
      state: problem === undefined ? 'ok' : 'warning',
      found: describe(path, probe, displays),
      ...(problem === undefined ? {} : { remedy: problem }),
      detail: { path, ...probe, ...spread(displays) },
    };
  },
};

/** What an engine draws on, or why it does not. */
type Display = DrawingDisplay | { readonly way: 'nowhere'; readonly reason: string };
type Displays = Readonly<Record<DrawingEngine, Display>>;

async function displayOf(
  engine: DrawingEngine,
  path: string,
  probe: BlenderProbe,
  host: HealthHost,
): Promise<Display> {
  if (!probe.engines.some((name) => name.toLowerCase().includes(engine)))
    return { way: 'nowhere', reason: 'not in this build' };
  try {
    const found = await findDisplay(engine, path, host);
    return found ?? { way: 'nowhere', reason: 'neither with a display nor without' };
  } catch (error) {
    // Without a display that works, it comes to Xvfb, which may not be there.
    return { way: 'nowhere', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** What to do about a Blender that starts but cannot do all that the render stage may ask of it. */
function problemOf(probe: BlenderProbe, displays: Displays): string | undefined {
  if (!probe.engines.includes('CYCLES'))
    return 'This build lacks Cycles: use one from https://www.blender.org/download';
  if (probe.numpy === null) return 'Scenes with smooth bodies need numpy: sudo apt-get install python3-numpy';
  if (probe.cyclesDraws !== true)
    return 'Cycles renders no picture here: run Blender by hand and see what it prints';
  const missing = (['eevee', 'workbench'] as const).filter(
    (engine) =>
      displays[engine].way === 'nowhere' && probe.engines.some((name) => name.toLowerCase().includes(engine)),
  );
  if (missing.length > 0)
    return `Only the ${missing.length === 1 ? 'engine' : 'engines'} ${missing.join(' and ')} would need it: sudo apt-get install xvfb libgl1-mesa-dri libegl1`;
  return undefined;
}

function describe(path: string, probe: BlenderProbe, displays: Displays): string {
  const devices = probe.cyclesDevices.map(({ name, type }) => `${name} (${type})`);
  const hash = /^unknown$/i.test(probe.buildHash ?? 'unknown')
    ? 'build not named'
    : `build ${probe.buildHash}`;
  const gpus = probe.cyclesDevices.filter(({ type }) => type !== 'CPU').length;
  return [
    `Blender ${probe.version.join('.')} (${hash}) at ${path}`,
    `engines: ${probe.engines.join(', ') || 'none'}`,
    `Cycles: ${probe.cyclesDraws === true ? 'renders' : 'renders nothing'} on the CPU; ` +
      `devices: ${devices.join(', ') || 'none'}${gpus === 0 ? '; no GPU' : ''}`,
    `Eevee: ${inWords(displays.eevee)}; Workbench: ${inWords(displays.workbench)}`,
    `OpenImageDenoise: ${yesNo(probe.openImageDenoise)}; numpy: ${probe.numpy ?? 'no'}; ` +
      `viewer nodes in the background: ${yesNo(probe.viewerNodesInBackground)}`,
  ].join('\n');
}

function inWords(display: Display): string {
  switch (display.way) {
    case 'given':
      return `on the display (${display.renderer})`;
    case 'none':
      return `without a display (${display.renderer})`;
    case 'virtual':
      return `under Xvfb (${display.renderer})`;
    case 'nowhere':
      return `no (${display.reason})`;
  }
}

function spread(displays: Displays): Record<string, Record<string, string>> {
  return { eevee: { ...displays.eevee }, workbench: { ...displays.workbench } };
}

function yesNo(value: boolean | null): string {
  return value === null ? 'not known' : value ? 'yes' : 'no';
}
