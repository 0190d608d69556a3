import type { JsonObject, JsonValue } from '../core/json.js';
import { withDigestsOfSecrets } from '../core/secrets.js';
import type { PipelineFile } from '../file/parse.js';
import { parseInstanceName } from '../file/instance-name.js';
import type { Binding } from '../plan/bind-inputs.js';
import type { PlannedStage } from '../plan/plan.js';
import { changesBetween } from '../plan/changes.js';
import { reasonsInWords, type FindSource } from '../plan/reasons.js';
import type { Artifact } from '../stage/artifact.js';
import type { NamedInput, PlanningContext } from '../stage/context.js';
import { stageKey, type CacheKey, type StageKeyParts } from '../store/key-parts.js';
import type { StageRecord } from '../store/records.js';
import { withMirroredUrls } from '../store/remotes/source-mirror.js';
import { withParamsPlaced } from './params-diagnostic.js';
import { placeOfSource, readSources, type StageSources } from './sources.js';
import type { World } from './world.js';

const never = new AbortController().signal;

/** The artifacts of the stages that are done, by stage and output. */
export type ArtifactsByStage = ReadonlyMap<string, Readonly<Record<string, Artifact>>>;

/** A stage whose key is known: what it would do, and what the store has of it. */
export interface StageState {
  readonly stage: PlannedStage;
  readonly parts: StageKeyParts;
  readonly key: CacheKey;
  readonly sources: StageSources;
  readonly tools: JsonObject;
  /** What the store or the cache has under this key; undefined when the stage has to run. */
  readonly record: StageRecord | undefined;
  /** Only the cache has it: its contents are to be fetched before anybody opens them. */
  readonly isAway: boolean;
  readonly context: PlanningContext<unknown>;
  /** Those of its inputs are among them. */
  readonly artifacts: ArtifactsByStage;
}

/**
 * Hashes a stage's sources, asks for its tools, makes its key and looks it up. All its inputs must be there.
 * @throws DiagnosticError when a source is missing or this machine has not what the params ask for
 */
export async function stageState(
  file: PipelineFile,
  stage: PlannedStage,
  artifacts: ArtifactsByStage,
  world: Pick<World, 'store' | 'host'> & Partial<Pick<World, 'signal'>>,
): Promise<StageState> {
  const sources = await readSources(file, stage, world.store.files, world.host, world.signal ?? never);
  const tools = await withParamsPlaced(
    file,
    stage,
    async () => (await stage.kind.tools?.(stage.params, world.host)) ?? {},
  );
  const parts: StageKeyParts = {
    kind: stage.kind.identity ?? stage.kind.kind,
    revision: stage.kind.revision,
    params: withMirroredUrls(
      withDigestsOfSecrets(stage.kind.keyParams?.(stage.params) ?? asJson(stage.params), stage.secrets),
      file.store,
    ),
    inputs: Object.fromEntries(
      Object.keys(stage.inputs).map((input) => [
        input,
        boundTo(stage, input).map((binding) => boundArtifact(artifacts, binding).digest),
      ]),
    ),
    ...inputNames(stage),
    sources: sources.keyParts,
    tools,
    ...(stage.kind.seeded(stage.params) ? { seed: stage.seed } : {}),
  };
  const key = stageKey(parts);
  const here = await world.store.records.readStage(key);
  const record = here ?? (await world.store.cache?.readStage(key));
  const isAway = !here && record !== undefined;
  const context = planningContext(file, stage, artifacts, sources, tools, world);
  return { stage, parts, key, sources, tools, record, isAway, context, artifacts };
}

/** Why the stage has to run, in words, by comparison with the last time a stage of this name was made. */
export async function reasonsToRun(
  file: PipelineFile,
  state: StageState,
  world: Pick<World, 'store'>,
): Promise<readonly string[]> {
  const before = await world.store.latestKey(file.name, state.stage.name);
  if (before === undefined) return ['it was never made before'];
  if (before === state.key) return ['its result is no longer in the store'];
  const record = await world.store.records.readStage(before);
  if (!record) return ['its last result is no longer in the store'];
  const findSource: FindSource = (role, name) => placeOfSource(state, role, name, file.directory);
  const now = { parts: state.parts, sourceNames: state.sources.names };
  const changes = changesBetween(record, now, inputOrigins(state.stage));
  const reasons = reasonsInWords(changes, findSource);
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
      const binding = boundTo(stage, name)[0];
      if (!binding) throw new Error(`Stage ${stage.name} has nothing bound to its input ${name}.`);
      return world.store.open(boundArtifact(artifacts, binding));
    },
    inputList: (name) =>
      boundTo(stage, name).map((binding, index) => ({
        name: `${name} ${index + 1}`,
        artifact: world.store.open(boundArtifact(artifacts, binding)),
      })),
    namedInputs: (name) => {
      if (!stage.kind.inputs[name]?.named)
        throw new Error(`${stage.kind.kind} does not declare its input ${name} as named.`);
      return boundTo(stage, name).map((binding) => ({
        ...namedBinding(binding),
        artifact: world.store.open(boundArtifact(artifacts, binding)),
      }));
    },
    hasInput: (name) => (stage.inputs[name]?.length ?? 0) > 0,
  };
}

/** What is bound to an input: in the order of the file, or, where the artifacts are known by them, of the names. */
function boundTo({ kind, inputs }: PlannedStage, input: string): readonly Binding[] {
  const bindings = inputs[input] ?? [];
  if (!kind.inputs[input]?.named) return bindings;
  return [...bindings].sort((a, b) => (nameInKey(a) < nameInKey(b) ? -1 : 1));
}

/** The names that stand in the key; nothing where the kind declares no input as named. */
function inputNames(stage: PlannedStage): Pick<StageKeyParts, 'inputNames'> {
  const named = Object.keys(stage.inputs).filter((input) => stage.kind.inputs[input]?.named);
  if (named.length === 0) return {};
  return {
    inputNames: Object.fromEntries(named.map((input) => [input, boundTo(stage, input).map(nameInKey)])),
  };
}

function nameInKey({ stage, output }: Binding): string {
  return `${stage}.${output}`;
}

function namedBinding({ stage: name, output }: Binding): Omit<NamedInput, 'artifact'> {
  const { stage, labels } = parseInstanceName(name) ?? { stage: name, labels: {} };
  return { name, stage, output, axes: labels };
}

function boundArtifact(artifacts: ArtifactsByStage, binding: Binding): Artifact {
  const artifact = artifacts.get(binding.stage)?.[binding.output];
  if (!artifact) throw new Error(`Stage ${binding.stage} has not made its output ${binding.output}.`);
  return artifact;
}

/** Parameters are what zod made of JSON; what it left undefined is absent. */
function asJson(params: unknown): JsonValue {
  return JSON.parse(JSON.stringify(params ?? null)) as JsonValue;
}
