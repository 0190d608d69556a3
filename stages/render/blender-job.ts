import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../pipeline/core/user-error.js';
import type { BatchContext } from '../../pipeline/stage/context.js';
import { unreachable } from '../../pipeline/core/unreachable.js';
import { blenderTool } from '../lib/blender/blender-tool.js';
import { assetLocator } from './asset-pools.js';
import { runBlender, type ProcessEnd } from './blender-process.js';
import { jobFrameOf, type RenderFrame } from './frame.js';
import { applyEffects } from './effects/apply-effects.js';
import type { ResultLine } from './job.js';
import type { RenderParams } from './params.js';

const attemptsAFrame = 2;

/**
 * Renders a batch of frames. Every finished frame is committed at once. A frame whose scene raises is rejected with
 * its place in the scene's file; one that takes Blender down is tried once more in a fresh process, then rejected.
 * @throws UserError when nothing of the batch can be rendered: the scene cannot be loaded, a parameter is unknown
 */
export async function renderBatch(
  frames: readonly RenderFrame[],
  context: BatchContext<RenderParams, RenderFrame>,
): Promise<void> {
  const blender = await blenderTool(context.host, context.params.blender);
  const scene = context.sources('scene')[0];
  if (!scene) throw new UserError(`There is no scene ${context.params.scene}.`);
  const locate = assetLocator(context);
  const attempts = new Map<string, number>();
  const waiting = new Map(frames.map((frame) => [frame.id, frame]));

  while (waiting.size > 0) {
    context.signal.throwIfAborted();
    let inFlight: RenderFrame | undefined;
    let ready = false;
    const consume = async (line: ResultLine, folder: string): Promise<void> => {
      switch (line.event) {
        case 'ready':
          ready = true;
          return;
        case 'fatal':
          throw new UserError(line.message, { details: line.details });
        case 'started':
          inFlight = waiting.get(line.id);
          return;
        case 'finished':
        case 'failed': {
          const frame = waiting.get(line.id);
          inFlight = undefined;
          if (!frame) return;
          if (line.event === 'finished') await commitFrame(frame, line, folder, context);
          else context.reject(frame, failureMessage(line), line.traceback.slice(-8));
          waiting.delete(line.id);
          return;
        }
        default:
          unreachable(line);
      }
    };
    const jobFrames = [...waiting.values()].map((frame) => jobFrameOf(frame, locate));
    const end = await runBlender({ blender, scene: scene.path, frames: jobFrames }, context, consume);
    context.signal.throwIfAborted();
    if (end.complaints.length > 0)
      context.warn(`Blender printed errors while it rendered: ${[...new Set(end.complaints)].join(' | ')}`);
    if (waiting.size === 0) return;
    if (inFlight) giveUpOrRetry(inFlight, end, attempts, waiting, context);
    else if (ready && waiting.size < jobFrames.length)
      context.warn(`Blender ended ${howItEnded(end)} between two frames; a fresh process goes on.`);
    else
      throw new UserError(`Blender ended ${howItEnded(end)} with ${waiting.size} frames to go.`, {
        details: end.lastLines,
      });
  }
}

function giveUpOrRetry(
  frame: RenderFrame,
  end: ProcessEnd,
  attempts: Map<string, number>,
  waiting: Map<string, RenderFrame>,
  context: BatchContext<RenderParams, RenderFrame>,
): void {
  const attempt = (attempts.get(frame.id) ?? 0) + 1;
  attempts.set(frame.id, attempt);
  const message = `Blender ended ${howItEnded(end)} while it made this frame`;
  if (attempt < attemptsAFrame) {
    context.warn(`frame ${frame.id}: ${message}; it is tried once more in a fresh process.`);
    return;
  }
  context.reject(frame, `${message}, ${attempt} times`, end.lastLines);
  waiting.delete(frame.id);
}

async function commitFrame(
  frame: RenderFrame,
  line: Extract<ResultLine, { event: 'finished' }>,
  folder: string,
  context: BatchContext<RenderParams, RenderFrame>,
): Promise<void> {
  const { id } = frame;
  for (const note of line.notes) context.log(`frame ${id}: ${note}`);
  context.log(`frame ${id}: ${line.seconds.toFixed(2)} s`);
  const recordFile = join(folder, `${id}.json`);
  const paths = { image: join(folder, `${id}.png`), mask: join(folder, `${id}.mask.png`) };
  const record = await applyEffects({ ...paths, record: line.record }, frame.description);
  await writeFile(recordFile, `${JSON.stringify(record)}\n`);
  await context.commit(frame, {
    files: {
      [`${id}.png`]: join(folder, `${id}.png`),
      [`${id}.mask.png`]: join(folder, `${id}.mask.png`),
      [`${id}.json`]: recordFile,
    },
    value: record,
  });
}

function failureMessage(line: Extract<ResultLine, { event: 'failed' }>): string {
  return line.place === null ? line.error : `${line.place}: ${line.error}`;
}

function howItEnded({ result }: ProcessEnd): string {
  if (result.signal !== null) return `by ${result.signal}`;
  return result.exitCode === 0 ? 'early' : `with exit code ${result.exitCode}`;
}
