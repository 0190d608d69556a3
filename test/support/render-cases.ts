import type { JsonObject } from '../../pipeline/core/json.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import type { MapStageKind } from '../../pipeline/stage/definition.js';
import { frameRecordSchema, type FrameRecord } from '../../stages/lib/dataset/frame-record.js';
import { decodeMask, type InstanceMask } from '../../stages/lib/imaging/masks.js';
import type { RenderFrame } from '../../stages/render/frame.js';
import { renderParamsSchema, type RenderParams } from '../../stages/render/params.js';
import { renderStage } from '../../stages/render/stage.js';
import { runStage, type StageRequest } from './stage-harness.js';

type RenderKind = MapStageKind<RenderParams, RenderFrame>;

/** Frames of several cases by their names; those of a case are numbered from 0. */
export class RenderedCases {
  constructor(
    readonly frames: ArtifactReader,
    readonly records: readonly FrameRecord[],
    readonly warnings: readonly string[],
    /** Why a frame was refused, by its id. */
    readonly rejected: Readonly<Record<string, string>>,
  ) {}

  /** @throws Error when a frame of the case was refused */
  recordsOf(name: string): readonly FrameRecord[] {
    const refused = this.refusalsOf(name);
    if (refused.length > 0) throw new Error(refused.join('\n'));
    return this.records.filter(({ id }) => id.startsWith(`${name}-`));
  }

  refusalsOf(name: string): readonly string[] {
    return Object.entries(this.rejected)
      .filter(([id]) => id.startsWith(`${name}-`))
      .map(([, message]) => message);
  }

  /** The record of a case's only frame. */
  record(name: string): FrameRecord {
    const [record, ...others] = this.recordsOf(name);
    if (!record || others.length > 0)
      throw new Error(`${name} has ${others.length + (record ? 1 : 0)} frames`);
    return record;
  }

  image(name: string, frame = 0): Promise<Buffer> {
    return this.frames.readBytes(`${frameId(name, frame)}.png`);
  }

  async mask(name: string, frame = 0): Promise<InstanceMask> {
    return decodeMask(await this.frames.readBytes(`${frameId(name, frame)}.mask.png`));
  }

  /** Of a frame's image, mask and record; the record without its id, which holds the case's name. */
  async digests(name: string, frame = 0): Promise<readonly string[]> {
    const id = frameId(name, frame);
    const files = await Promise.all([`${id}.png`, `${id}.mask.png`].map((path) => this.frames.file(path)));
    const record = await this.frames.readText(`${id}.json`);
    return [...files.map(({ digest }) => digest), record.replaceAll(id, '')];
  }
}

/**
 * Renders what several params ask for out of one scene, in one Blender: starting it takes longer than a small frame.
 * Every case is checked, described and rendered as a stage of its own would be; none may draw files out of pools.
 * @param shared params of all cases; `randomize` and whatever else a case has takes their place
 * @param isWanted which frames of a case to render, by their numbers; all by default
 */
export async function renderCases(
  request: Pick<StageRequest, 'seed' | 'baseDirectory'>,
  shared: JsonObject,
  cases: Readonly<Record<string, JsonObject>>,
  isWanted: (frame: number) => boolean = () => true,
): Promise<RenderedCases> {
  const parsed = Object.entries(cases).map(
    ([name, params]) => [name, renderParamsSchema.parse({ ...shared, ...params })] as const,
  );
  const base = renderStage as RenderKind;
  const kind: RenderKind = {
    ...base,
    batchSize: () => Infinity,
    findSources: async (_params, host, sources) => {
      const found = [];
      for (const [, params] of parsed) found.push((await base.findSources?.(params, host, sources)) ?? []);
      return found[0] ?? [];
    },
    async *items(context) {
      for (const [name, params] of parsed)
        for await (const frame of base.items({ ...context, params }))
          if (isWanted(Number(frame.id))) yield { ...frame, id: `${name}-${frame.id}` };
    },
  };
  const run = await runStage(kind, { ...request, params: shared });
  const frames = run.outputs['frames'];
  if (!frames) throw new Error('no frames');
  const records: FrameRecord[] = [];
  for await (const line of frames.readLines('frames.jsonl'))
    records.push(frameRecordSchema.parse(JSON.parse(line)));
  return new RenderedCases(frames, records, run.warnings, run.rejected);
}

function frameId(name: string, frame: number): string {
  return `${name}-${String(frame).padStart(6, '0')}`;
}
