import { durationMs } from '../../pipeline/core/duration.js';
import { unreachable } from '../../pipeline/core/unreachable.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { BatchContext } from '../../pipeline/stage/context.js';
import { blenderTool, type BlenderTool } from '../lib/blender/blender-tool.js';
import { drawingDisplay } from '../lib/blender/drawing-display.js';
import { withVirtualDisplay } from '../lib/blender/virtual-display.js';
import { assetLocator } from './asset-pools.js';
import { runBlender, type ProcessEnd } from './blender-process.js';
import { commitFrame } from './commit-frame.js';
import { jobFrameOf, type RenderFrame } from './frame.js';
import type { ResultLine } from './job.js';
import type { RenderParams } from './params.js';
import { Quarantine } from './quarantine.js';

const attemptsAFrame = 2;
const tracebackLines = 12;

type Context = BatchContext<RenderParams, RenderFrame>;

/**
 * Renders a batch of frames. Every finished frame is committed at once. A frame whose scene raises is rejected with
 * its place in the scene's file; one that takes Blender down, or on which it hangs, is tried once more in a fresh
 * process, then quarantined.
 * @throws UserError when nothing of the batch can be rendered: the scene cannot be loaded, a parameter is unknown
 */
export async function renderBatch(frames: readonly RenderFrame[], context: Context): Promise<void> {
  const { engine, blender: path } = context.params;
  const blender = await blenderTool(context.host, path);
  const given = context.host.env['DISPLAY'];
  if (engine.name === 'cycles') return renderFrames(frames, blender, given, context);
  const { way } = await drawingDisplay(engine.name, blender, context.host);
  if (way === 'virtual')
    return withVirtualDisplay(engine.name, { exec: context.exec, env: context.host.env }, (display) =>
      renderFrames(frames, blender, display, context),
    );
  return renderFrames(frames, blender, way === 'given' ? given : undefined, context);
}

async function renderFrames(
  frames: readonly RenderFrame[],
  blender: BlenderTool,
  display: string | undefined,
  context: Context,
): Promise<void> {
  const { params } = context;
  const scene = context.sources('scene')[0];
  if (!scene) throw new UserError(`There is no scene ${params.scene}.`);
  const locate = assetLocator(context);
  const quarantine = new Quarantine(context);
  const attempts = new Map<string, number>();
  const waiting = new Map((await quarantine.withoutKnown(frames)).map((frame) => [frame.id, frame]));
  const request = {
    blender,
    scene: scene.path,
    display,
    frameTimeoutMs: durationMs(params.frameTimeout),
    heartbeatTimeoutMs: durationMs(params.heartbeatTimeout),
    residentLimitMb: params.memoryPerProcessMb,
  };
  while (waiting.size > 0) {
    context.signal.throwIfAborted();
    const state = new BatchState(waiting, context);
    const jobFrames = [...waiting.values()].map((frame) => jobFrameOf(frame, locate));
    const end = await runBlender({ ...request, frames: jobFrames }, context, (line, folder) =>
      state.take(line, folder),
    );
    context.signal.throwIfAborted();
    if (waiting.size === 0) return;
    const progressed = waiting.size < jobFrames.length;
    if (state.inFlight) await giveUpOrRetry(state.inFlight, end, attempts, waiting, quarantine, context);
    else if (state.recycledMb !== undefined)
      tellRecycling(state.recycledMb, jobFrames.length - waiting.size, context);
    else if (state.ready && progressed)
      context.warn(`Blender ended ${howItEnded(end, params)} between two frames; a fresh process goes on.`);
    else
      throw new UserError(`Blender ended ${howItEnded(end, params)} with ${waiting.size} frames to go.`, {
        details: end.lastLines,
      });
  }
}

/** What the results of one process say, line by line. */
class BatchState {
  inFlight: RenderFrame | undefined;
  ready = false;
  recycledMb: number | undefined;

  constructor(
    readonly waiting: Map<string, RenderFrame>,
    readonly context: Context,
  ) {}

  async take(line: ResultLine, folder: string): Promise<void> {
    switch (line.event) {
      case 'ready':
        this.ready = true;
        return;
      case 'fatal':
        throw new UserError(line.message, { details: line.details });
      case 'started':
        this.inFlight = this.waiting.get(line.id);
        return;
      case 'finished':
      case 'failed': {
        const frame = this.waiting.get(line.id);
        this.inFlight = undefined;
        if (!frame) return;
        if (line.event === 'finished') await commitFrame(frame, line, folder, this.context);
        else this.context.reject(frame, failureMessage(line), line.traceback.slice(-tracebackLines));
        this.waiting.delete(line.id);
        return;
      }
      case 'recycled':
        this.recycledMb = line.residentMb;
        return;
      case 'alive':
        return;
      default:
        unreachable(line);
    }
  }
}

async function giveUpOrRetry(
  frame: RenderFrame,
  end: ProcessEnd,
  attempts: Map<string, number>,
  waiting: Map<string, RenderFrame>,
  quarantine: Quarantine,
  context: Context,
): Promise<void> {
  const attempt = (attempts.get(frame.id) ?? 0) + 1;
  attempts.set(frame.id, attempt);
  const message = `Blender ended ${howItEnded(end, context.params)} while it made this frame`;
  if (attempt < attemptsAFrame) {
    context.warn(`frame ${frame.id}: ${message}; it is tried once more in a fresh process.`);
    return;
  }
  waiting.delete(frame.id);
  await quarantine.add(frame, `${message}, ${attempt} times`, end.lastLines);
}

function tellRecycling(residentMb: number, made: number, context: Context): void {
  const { memoryPerProcessMb } = context.params;
  const size = `${Math.round(residentMb)} MiB`;
  context.log(`Blender has grown to ${size} after ${made} frames; a fresh process goes on.`);
  if (made === 1)
    context.warn(
      `A single frame takes ${size}, more than memoryPerProcessMb (${memoryPerProcessMb}): every frame starts a Blender of its own.`,
    );
}

function failureMessage(line: Extract<ResultLine, { event: 'failed' }>): string {
  return line.place === null ? line.error : `${line.place}: ${line.error}`;
}

function howItEnded({ result, stopped }: ProcessEnd, params: RenderParams): string {
  switch (stopped) {
    case 'frame timeout':
      return `at its timeout (frameTimeout: ${params.frameTimeout})`;
    case 'no heartbeat':
      return `without a sign of life (heartbeatTimeout: ${params.heartbeatTimeout})`;
    case undefined:
      if (result.signal !== null) return `by ${result.signal}`;
      return result.exitCode === 0 ? 'early' : `with exit code ${result.exitCode}`;
    default:
      return unreachable(stopped);
  }
}
