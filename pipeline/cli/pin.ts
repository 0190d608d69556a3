import { randomBytes } from 'node:crypto';
import { UserError } from '../core/user-error.js';
import type { Plan, PlannedStage } from '../plan/plan.js';
import { examinePlan } from '../run/examine.js';
import { localHost } from '../run/host.js';
import { stageKey } from '../store/key-parts.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { fileAndStages, loadPlan } from './load-plan.js';
import type { StoreOptions } from './open-store.js';
import type { Console, Program } from './program.js';
import { tableLines } from './table.js';

/** `pipeline pin [FILE] STAGE…`: keeps the stages' present results; without a stage, lists the pins. */
export async function pinCommand(
  words: readonly string[],
  options: StoreOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { plan, storeDirectory } = await loadPlan(words, program, options);
  const store = new Store(storeDirectory);
  const wanted = fileAndStages(words).stages;
  if (wanted.length === 0) return listPins(store, console);
  // As a run, so that no collection takes away what is about to be pinned.
  const here = await store.presence.announceRun(`a pin being set ${randomBytes(4).toString('hex')}`, signal);
  try {
    const forecasts = await examinePlan(plan, { store, host: localHost(plan.file.directory, store, signal) });
    const pins = wantedStages(plan, wanted).map(({ name: stage }) => {
      const forecast = forecasts.find(({ name }) => name === stage);
      if (forecast?.state !== 'current')
        throw new UserError(`${stage} has no present result that could be pinned; nothing was pinned.`, {
          hint: `Make it first: pipeline run ${stage}`,
        });
      const pinnedAt = new Date().toISOString();
      return { key: stageKey(forecast.record.parts), pipeline: plan.file.name, stage, pinnedAt };
    });
    for (const pin of pins) {
      await store.pins.add(pin);
      console.out(`Pinned ${pin.stage} (${pin.key.slice(0, 12)}).`);
    }
    return exitCodes.success;
  } finally {
    await here.leave();
  }
}

/** `pipeline unpin [FILE] STAGE…`: removes all pins of the stages. @returns the exit code: 1 when there was none */
export async function unpinCommand(
  words: readonly string[],
  options: StoreOptions,
  program: Program,
  console: Console,
): Promise<number> {
  // A stage may be gone from the file and still be pinned: the words are not checked against it.
  const { stages } = fileAndStages(words);
  const { plan, storeDirectory } = await loadPlan(
    words.slice(0, words.length - stages.length),
    program,
    options,
  );
  if (stages.length === 0)
    throw new UserError('Which stage? `pipeline pin` without a stage lists what is pinned.');
  const store = new Store(storeDirectory);
  const pins = (await store.pins.list()).filter(({ pipeline }) => pipeline === plan.file.name);
  let code: number = exitCodes.success;
  for (const stage of stages) {
    const found = pins.filter((pin) => pin.stage === stage);
    for (const pin of found) await store.pins.remove(pin);
    if (found.length === 0) code = exitCodes.failure;
    for (const { key } of found) console.out(`Unpinned ${stage} (${key.slice(0, 12)}).`);
    if (found.length === 0) console.error(`${stage} has no pin.`);
  }
  return code;
}

async function listPins(store: Store, console: Console): Promise<number> {
  const pins = await store.pins.list();
  const rows = pins.map(({ pipeline, stage, key, pinnedAt }) => [
    pipeline,
    stage,
    key.slice(0, 12),
    pinnedAt,
  ]);
  for (const line of tableLines(rows)) console.out(line);
  if (pins.length === 0) console.out('Nothing is pinned.');
  return exitCodes.success;
}

/** The stages that were named: a plan has those before them, too. */
function wantedStages(plan: Plan, names: readonly string[]): readonly PlannedStage[] {
  return plan.stages.filter(({ name }) => names.includes(name));
}
