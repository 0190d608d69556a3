#!/usr/bin/env node
/**
 * Stands in for Blender: answers the probe and questions about a scene, and goes through a job's frames, each with the same picture of 16 × 16.
 * What a frame's parameter `act` says comes first: crash, crash-once, hang, silent, slow, raise, grow.
 */
import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What it says of every scene: a script that takes `act` and `marker`, reads nothing and places its own camera. */
const scene = {
  error: null,
  newerThanBlender: null,
  parameters: { act: { parameter: true }, marker: { parameter: true } },
  files: [],
  camera: null,
  objects: null,
  materials: null,
  ownCamera: true,
};

/** @typedef {import('../../stages/render/job.js').Job} Job */

const pictures = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/revisions');
const facts = {
  version: [9, 9, 9],
  buildHash: 'fake',
  binaryDigest: null,
  python: '3.11.2',
  engines: ['CYCLES'],
  cyclesDevices: [{ name: 'Fake CPU', type: 'CPU' }],
  cyclesDraws: true,
  openImageDenoise: false,
  numpy: '1.24.2',
  viewerNodesInBackground: false,
};

/**
 * The frame of the two pictures: instance 1 has 40 pixels, instance 2 has 72.
 * @param {Job['frames'][number]} frame
 */
function recordOf(frame) {
  const objects = [40, 72].map((pixels, index) => ({
    instance: index + 1,
    class: 'thing',
    attributes: {},
    amodalBox: [0, 0, 16, 16],
    pixelsAlone: pixels * 2,
    pixelsVisible: pixels,
    distanceM: 2,
  }));
  return {
    version: 1,
    id: frame.id,
    width: 16,
    height: 16,
    group: frame.group,
    attributes: frame.attributes,
    objects,
    camera: { worldToCamera: new Array(16).fill(0), intrinsics: new Array(9).fill(0) },
  };
}

/** @param {number} ms */
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {Job} job */
async function work(job) {
  const say = (/** @type {object} */ line) => appendFileSync(job.resultsFile, `${JSON.stringify(line)}\n`);
  const beats = setInterval(() => say({ event: 'alive', residentMb: 100 }), 50);
  let residentMb = 100;
  say({ event: 'ready' });
  for (const [index, frame] of job.frames.entries()) {
    if (existsSync(`${job.resultsFile}.stop`)) break;
    say({ event: 'started', id: frame.id });
    const { act, marker } = /** @type {{ act?: string, marker?: string }} */ (frame.parameters);
    if (act === 'crash' || (act === 'crash-once' && !existsSync(`${marker}.${frame.id}`))) {
      if (act === 'crash-once') writeFileSync(`${marker}.${frame.id}`, '');
      appendFileSync(job.outputFile, `Fra:1 Mem:1\nlast words of ${frame.id}\n`);
      process.kill(process.pid, 'SIGKILL');
    }
    if (act === 'hang') await later(60_000);
    if (act === 'silent') {
      clearInterval(beats);
      await later(60_000);
    }
    if (act === 'slow') await later(2500);
    if (act === 'raise') {
      say({ event: 'failed', id: frame.id, error: 'ValueError: no lamp', place: 'x.py:3', traceback: [] });
      continue;
    }
    if (act === 'grow') residentMb = 100_000;
    copyFileSync(join(pictures, 'image.png'), join(job.outputDirectory, `${frame.id}.png`));
    copyFileSync(join(pictures, 'mask.png'), join(job.outputDirectory, `${frame.id}.mask.png`));
    say({ event: 'finished', id: frame.id, record: recordOf(frame), notes: [], seconds: 0.01, residentMb });
    if (residentMb > job.residentLimitMb && index < job.frames.length - 1) {
      say({ event: 'recycled', residentMb });
      break;
    }
  }
  clearInterval(beats);
}

const scriptAt = process.argv.indexOf('--python');
const script = process.argv[scriptAt + 1] ?? '';
if (script.endsWith('probe.py')) console.log(`DARKROOM-PROBE ${JSON.stringify(facts)}`);
else if (script.endsWith('inspect_scene.py')) console.log(`DARKROOM-SCENE ${JSON.stringify(scene)}`);
else {
  /** @type {unknown} */
  const job = JSON.parse(readFileSync(process.argv.at(-1) ?? '', 'utf8'));
  await work(/** @type {Job} */ (job));
}
