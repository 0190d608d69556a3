import type { JsonObject, JsonValue } from '../core/json.js';
import { withDigestsOfSecrets } from '../core/secrets.js';
import type { PipelineFile } from '../file/parse.js';
import type { PlannedStage } from '../plan/plan.js';
import { changesBetween } from '../plan/changes.js';
import { reasonsInWords } from '../plan/reasons.js';
import type { Artifact } from '../stage/artifact.js';
import type { PlanningContext } from '../stage/context.js';
import { stageKey, type CacheKey, type StageKeyParts } from '../store/key-parts.js';
import type { StageRecord } from '../store/records.js';
import { readSources, type StageSources } from './sources.js';
import type { World } from './world.js';

/** The artifacts of the stages that are done, by stage and output. */
export type ArtifactsByStage = ReadonlyMap<string, Readonly<Record<string, Artifact>>>;

/** A stage whose key is known: what it would do, and what the store has of it. */
export interface StageState {
  readonly stage: PlannedStage;
  readonly parts: StageKeyParts;
  readonly key: CacheKey;
  readonly sources: StageSources;
  readonly tools: JsonObject;
  /** What the store has under this key; undefined when the stage has to run. */
  readonly record: StageRecord | undefined;
  readonly context: PlanningContext<unknown>;
}

/** Hashes a stage's sources, asks for its tools, makes its key and looks it up. All its inputs must be there. */
export async function stageState(
  file: PipelineFile,
  stage: PlannedStage,
  artifacts: ArtifactsByStage,
  world: Pick<World, 'store' | 'host'>,
): Promise<StageState> {
  const sources = await readSources(file, stage, world.store.files);
  const tools = (await stage.kind.tools?.(stage.params, world.host)) ?? {};
  const parts: StageKeyParts = {
    kind: stage.kind.identity ?? stage.kind.kind,
    revision: stage.kind.revision,
    params: withDigestsOfSecrets(stage.kind.keyParams?.(stage.params) ?? asJson(stage.params), stage.secrets),
    inputs: Object.fromEntries(
      Object.entries(stage.inputs).map(([input, bindings]) => [
        input,
        bindings.map((binding) => boundArtifact(artifacts, binding).digest),
      ]),
    ),
    sources: sources.keyParts,
    tools,
    ...(stage.kind.seeded(stage.params) ? { seed: stage.seed } : {}),
  };
  const key = stageKey(parts);
  const record = await world.store.records.readStage(key);
  const context = planningContext(file, stage, artifacts, sources, tools, world);
  return { stage, parts, key, sources, tools, record, context };
}

/** Why the stage has to run, in words, by comparison with the last time a stage of this name was made. */
export async function reasonsToRun(
  file: PipelineFile,
  state: StageState,
  world: Pick<World, 'store'>,
): Promise<readonly string[]> {
  const before = await world.store.latestKey(file.name, state.stage.name);
  if (before === undefined) return ['it has not run yet'];
  if (before === state.key) return ['its result is no longer in the store'];
  const record = await world.store.records.readStage(before);
  if (!record) return ['its last result is no longer in the store'];
  const now = { parts: state.parts, sourceNames: state.sources.names };
  const reasons = reasonsInWords(changesBetween(record, now, inputOrigins(state.stage)));
  return reasons.length > 0 ? reasons : ['its key changed'];
}

/** Input name → the stages that are bound to it. */
export function inputOrigins({ inputs }: PlannedStage): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([input, bindings]) => [input, bindings.map((binding) => binding.stage)]),
  );
}

function planningContext(
  file: PipelineFile,
  stage: PlannedStage,
  artifacts: ArtifactsByStage,
  sources: StageSources,
  tools: JsonObject,
  world: Pick<World, 'store'>,
): PlanningContext<unknown> {
  return {
    params: stage.params,
    seed: stage.seed,
    baseDirectory: file.directory,
    tools,
    sources: (role) => sources.byRole.get(role) ?? [],
    input: (name) => {
      const binding = stage.inputs[name]?.[0];
      if (!binding) throw new Error(`Stage ${stage.name} has nothing bound to its input ${name}.`);
      return world.store.open(boundArtifact(artifacts, binding));
    },
    inputList: (name) =>
      (stage.inputs[name] ?? []).map((binding) => ({
        name: binding.stage,
        artifact: world.store.open(boundArtifact(artifacts, binding)),
      })),
    hasInput: (name) => (stage.inputs[name]?.length ?? 0) > 0,
  };
}

function boundArtifact(
  artifacts: ArtifactsByStage,
  binding: { readonly stage: string; readonly output: string },
): Artifact {
  const artifact = artifacts.get(binding.stage)?.[binding.output];
  if (!artifact) throw new Error(`Stage ${binding.stage} has not made its output ${binding.output}.`);
  return artifact;
}

/** Parameters are what zod made of JSON; what it left undefined is absent. */
function asJson(params: unknown): JsonValue {
  return JSON.parse(JSON.stringify(params ?? null)) as JsonValue;
}
