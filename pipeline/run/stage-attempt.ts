import { setMaxListeners } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crashPoint } from '../core/crash-point.js';
import { withoutSecrets } from '../core/secrets.js';
import { UserError } from '../core/user-error.js';
import type { UntimedEvent } from '../events/event.js';
import type { Grant } from '../executors/executor.js';
import { gpuEnvironment } from '../executors/gpus.js';
import { keptLines, runProcess } from '../executors/process.js';
import type { StageContext } from '../stage/context.js';
import type { Resources } from '../stage/definition.js';
import type { Exhibit, ExhibitToShow, Measures } from '../stage/exhibit.js';
import type { CacheKey } from '../store/key-parts.js';
import type { StageRecord } from '../store/records.js';
import type { Store } from '../store/store.js';
import { LivePictures } from './live-pictures.js';
import { OutputFolder } from './output-folder.js';
import { changedSources } from './sources.js';
import type { StageState } from './stage-state.js';
import { defaultGraceMs, endedOrGivenUp, refuseWhileGoingOn } from './unended-work.js';
import type { World } from './world.js';

/** Timers of Node.js hold no more; it is 24 days. */
const longestTimerMs = 2 ** 31 - 1;

/** Removes the scratch of a stage that has succeeded. */
export async function discardWork(store: Store, key: CacheKey): Promise<void> {
  crashPoint('work-before-removal');
  await rm(store.workPath(key), { recursive: true, force: true });
}

/** What a stage's code tells beside its outputs. */
export type Gathered = Pick<StageRecord, 'exhibits' | 'metrics' | 'warnings'>;

/** One attempt at running a stage: the context that its code sees, and what it gathers for the record. */
export class StageAttempt {
  readonly #outputs = new Map<string, OutputFolder>();
  readonly #exhibits: Exhibit[] = [];
  readonly #metrics: Record<string, number> = {};
  readonly #warnings: string[] = [];
  readonly #timeout = new AbortController();
  readonly #lastLines: string[] = [];
  readonly #held = { cpuMs: 0, gpuMs: 0 };
  readonly #pictures: LivePictures;
  #timer: NodeJS.Timeout | undefined;
  #begunMs: number | undefined;
  #ended = false;
  /** Aborts when the run is cancelled, and when the stage takes longer than it may. */
  readonly signal: AbortSignal;

  private constructor(
    readonly state: StageState,
    readonly world: World,
    /** Belongs to the stage's key: a later attempt finds it. */
    readonly directory: string,
    /** Counts from 1. */
    readonly number: number,
  ) {
    const { name } = state.stage;
    this.signal = AbortSignal.any([
      world.signal,
      this.#timeout.signal,
      ...(world.cancellations ? [world.cancellations.signal(name)] : []),
    ]);
    this.#pictures = new LivePictures(name, world.runDirectory);
    // Every waiting batch listens to it.
    setMaxListeners(0, this.signal);
  }

  /** @param apart a folder instead of the key's own, for one of several workers that make a stage's items at once */
  static async begin(state: StageState, world: World, number: number, apart?: string): Promise<StageAttempt> {
    refuseWhileGoingOn(state.stage.name, state.key);
    const directory = apart ?? (await world.store.workDirectory(state.key));
    const attempt = new StageAttempt(state, world, directory, number);
    for (const name of Object.keys(state.stage.kind.outputs))
      attempt.#outputs.set(name, await OutputFolder.prepare(join(attempt.directory, 'outputs', name)));
    // A tool of a run that was killed may still write there for a moment.
    await rm(attempt.batchesDirectory, { recursive: true, force: true, maxRetries: 8, retryDelay: 100 });
    for (const folder of [attempt.batchesDirectory, attempt.scratchDirectory])
      await mkdir(folder, { recursive: true });
    return attempt;
  }

  /** What each of the stage's jobs takes, now that its tools are known. */
  get resources(): Resources {
    const { stage, tools } = this.state;
    const { gpuIfAny = 0, ...resources } = stage.resources;
    const takesGpus = gpuIfAny > 0 && (stage.kind.usesGpuIfAny?.(tools) ?? true);
    return takesGpus ? { ...resources, gpuIfAny } : resources;
  }

  get batchesDirectory(): string {
    return join(this.directory, 'batches');
  }

  get scratchDirectory(): string {
    return join(this.directory, 'scratch');
  }

  /**
   * Gives one of the stage's jobs to the executor. The stage's time counts from when its first job starts: waiting
   * for others is none of its cost.
   */
  submit<T>(priority: number, run: (grant: Grant) => Promise<T>): Promise<T> {
    return this.world.executor.submit({
      resources: this.resources,
      priority: this.world.budget?.priority(this.state.stage, priority) ?? priority,
      signal: this.signal,
      run: async (grant) => {
        if (this.#begunMs === undefined) this.world.budget?.admit(this.state.stage);
        this.begun();
        const grantedMs = Date.now();
        try {
          return await run(grant);
        } finally {
          const heldMs = Date.now() - grantedMs;
          this.#held.cpuMs += heldMs * this.resources.cpu;
          this.#held.gpuMs += heldMs * grant.gpus.length;
        }
      },
    });
  }

  /**
   * Waits for the attempt's work, for what does not end when it is told to not for ever.
   * @throws UnendedWorkError when it goes on
   */
  endedOrGivenUp<T>(work: Promise<T>): Promise<T> {
    const { signal, state, world } = this;
    const { graceMs = defaultGraceMs } = world;
    return endedOrGivenUp(work, { stage: state.stage.name, key: state.key, signal, graceMs });
  }

  /** Ends the attempt's clock, and lets nothing more in of code that goes on. */
  end(): void {
    clearTimeout(this.#timer);
    this.#ended = true;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** The first of the stage's jobs has started: its clock runs from now on. */
  begun(): void {
    if (this.#begunMs !== undefined) return;
    this.#begunMs = Date.now();
    const { name, policy } = this.state.stage;
    const { timeout } = policy;
    if (timeout === undefined) return;
    this.#timer = setTimeout(
      () => {
        const error = new UserError(`${name} did not end within its timeout of ${timeout.text}.`, {
          details: this.#lastLines,
          hint: 'What it had finished is kept. Raise its timeout, or see in its log what held it up.',
        });
        this.#timeout.abort(error);
      },
      Math.min(timeout.ms, longestTimerMs),
    );
  }

  /** What the stage's own code gets to see. @param gpus those that its job was given */
  context({ gpus }: Grant = { gpus: [] }): StageContext<unknown> {
    const { world, state, signal } = this;
    const stage = state.stage.name;
    const emit = (event: UntimedEvent): void => {
      if (!this.#ended) world.emit(event);
    };
    const log = (line: string): void => {
      this.#lastLines.push(line);
      if (this.#lastLines.length > keptLines) this.#lastLines.shift();
      emit({ type: 'stage-log', stage, line });
    };
    const visible = gpus.length > 0 ? gpus : world.gpuLimit;
    const gpuVariables = visible === undefined ? {} : gpuEnvironment(visible);
    return {
      ...state.context,
      stage,
      host: world.host,
      workDirectory: this.scratchDirectory,
      signal,
      gpus,
      output: (name) => {
        const output = this.#outputs.get(name);
        if (!output) throw new Error(`${state.stage.kind.kind} declares no output ${name}.`);
        return output;
      },
      locate: (content) => world.store.blobs.path(content.digest),
      exec: (file, args, options = {}) =>
        runProcess(file, args, { ...options, env: { ...options.env, ...gpuVariables } }, { signal, log }),
      progress: (progress) => emit({ type: 'stage-progress', stage, ...progress }),
      picture: (picture) => this.#pictures.show(picture, emit, log),
      log,
      warn: (message) => {
        this.#warnings.push(withoutSecrets(message, state.stage.secrets));
        emit({ type: 'stage-warning', stage, message });
      },
      metric: (name, value) => {
        if (Number.isFinite(value)) this.#metrics[name] = value;
        else throw new Error(`The metric ${name} of ${stage} is not a number: ${value}.`);
      },
      exhibit: async (exhibit) => void this.#exhibits.push(await this.#kept(exhibit)),
    };
  }

  /** What the stage's code has told beside its outputs. */
  get gathered(): Gathered {
    return { exhibits: this.#exhibits, metrics: this.#metrics, warnings: this.#warnings };
  }

  /** Takes in what a worker has gathered for this stage elsewhere. */
  takeIn({ exhibits, metrics, warnings }: Gathered): void {
    this.#exhibits.push(...exhibits);
    Object.assign(this.#metrics, metrics);
    for (const message of warnings) {
      this.#warnings.push(message);
      this.world.emit({ type: 'stage-warning', stage: this.state.stage.name, message });
    }
  }

  /** Takes what the stage wrote into the store. */
  async storeOutputs(): Promise<StageRecord['outputs']> {
    const outputs: Record<string, StageRecord['outputs'][string]> = {};
    for (const [name, spec] of Object.entries(this.state.stage.kind.outputs)) {
      const folder = this.#outputs.get(name);
      if (folder) outputs[name] = await folder.store(spec.type, this.world.store.blobs);
    }
    return outputs;
  }

  /**
   * Takes what the stage wrote into the store and records it. From here on the stage has succeeded.
   * @param made the outputs where a worker has taken them into the store
   * @throws UserError when a source file changed while the stage ran: the result would belong to neither content
   */
  async finish(itemCount: number | undefined, made?: StageRecord['outputs']): Promise<StageRecord> {
    const { state, world } = this;
    const changed = await changedSources(state.sources);
    if (changed.length > 0)
      throw new UserError(
        `${changed.join(', ')} changed while ${state.stage.name} ran; its result was not kept.`,
        {
          hint: 'Run again.',
        },
      );
    const outputs = made ?? (await this.storeOutputs());
    const record: StageRecord = {
      version: 1,
      action: 'stage',
      parts: state.parts,
      sourceNames: state.sources.names,
      outputs,
      exhibits: this.#exhibits,
      metrics: this.#metrics,
      warnings: this.#warnings,
      ...(itemCount === undefined ? {} : { itemCount }),
      tookMs: this.#begunMs === undefined ? 0 : Date.now() - this.#begunMs,
      // Of jobs on a cluster nobody here knows how long they held what.
      ...(this.#held.cpuMs > 0 ? { held: { ...this.#held } } : {}),
      finishedAt: new Date().toISOString(),
    };
    await world.store.records.write(state.key, record);
    await discardWork(world.store, state.key);
    return record;
  }

  async #kept(exhibit: ExhibitToShow): Promise<Exhibit> {
    const { blobs } = this.world.store;
    if (exhibit.type === 'measures') {
      const { drawnFrom, measures, ...rest } = exhibit;
      const content: Measures = { version: 1, drawnFrom, measures };
      return { ...rest, ...(await blobs.put(`${JSON.stringify(content)}\n`)) };
    }
    if (exhibit.type !== 'picture') return exhibit;
    const { data, ...rest } = exhibit;
    return { ...rest, ...(await blobs.put(data)) };
  }
}
