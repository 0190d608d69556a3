import { DiagnosticError } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import { UserError } from '../core/user-error.js';
import { stagesNamed } from '../file/instance-name.js';
import { upstream } from '../plan/order-stages.js';
import type { Plan, PlannedStage } from '../plan/plan.js';
import { examineStages, type ExaminedStage } from '../run/examine.js';
import { localHost } from '../run/host.js';
import { missingSources, placeOfSource } from '../run/sources.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadPlan, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';
import { itemAnswerLines, stageAnswerLines, type FindSource } from './why/answer-lines.js';
import { answerForItem } from './why/item-answer.js';
import { gatherMoments } from './why/moments.js';
import { answerForStage } from './why/stage-answer.js';

/**
 * `pipeline why [FILE] STAGE[/item]`: in what a stage's key, or an item's, differs from the nearest earlier one, and
 * which source file, parameter or stage that comes from: now, before a run, and in the run in which it last ran.
 */
export async function whyCommand(
  words: readonly string[],
  target: string,
  options: FileOptions & { readonly json?: boolean },
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { plan: whole, storeDirectory } = await loadPlan(words, program, options);
  const { stage, item } = findTarget(target, whole.stages);
  const plan = withUpstream(whole, stage);
  const missing = await missingSources(plan, signal);
  if (missing.length > 0)
    throw new DiagnosticError(missing, new Map([[plan.file.source.file, plan.file.source.text]]));
  const store = new Store(storeDirectory);
  const host = localHost(plan.file.directory, store, signal);
  const examined: ExaminedStage[] = [];
  for await (const each of examineStages(plan, { store, host })) examined.push(each);
  await store.files.save();
  const moments = await gatherMoments(plan, store, examined);
  const findSource = sourceFinder(moments.examined, plan.file.directory);

  const state = moments.examined.get(stage.name)?.state;
  if (item !== undefined && state) {
    const answer = await answerForItem(state, item, moments);
    if (options.json) console.out(JSON.stringify(answer, null, 2));
    else for (const line of itemAnswerLines(answer, findSource)) console.out(line);
    return exitCodes.success;
  }
  const answer = await answerForStage(stage, moments);
  if (options.json) console.out(JSON.stringify(answer, null, 2));
  else {
    if (item !== undefined)
      console.out(`Which items ${stage.name} has is known when it no longer waits for others.`);
    for (const line of stageAnswerLines(answer, findSource)) console.out(line);
  }
  return exitCodes.success;
}

/** `frames/00012` → the stage frames, its item 00012. @throws UserError when there is no such stage */
function findTarget(
  target: string,
  stages: readonly PlannedStage[],
): { readonly stage: PlannedStage; readonly item?: string } {
  // Labels hold no slash, items may.
  const [, name = target, item] = /^([^/[\]]+(?:\[[^\]]*\])?)(?:\/(.+))?$/s.exec(target) ?? [];
  const names = stages.map((stage) => stage.name);
  const [found, ...others] = stagesNamed(name, names);
  if (found !== undefined && others.length > 0)
    throw new UserError(`${name} is made ${others.length + 1} times: say which one.`, {
      hint: `There is: ${[found, ...others].join(', ')}.`,
    });
  const stage = stages.find((each) => each.name === found);
  if (stage) return { stage, ...(item === undefined ? {} : { item }) };
  const near = nearestName(name, names);
  throw new UserError(`There is no stage ${name}.`, {
    hint: near ? `Did you mean ${near}?` : `There is: ${names.join(', ')}.`,
  });
}

/** A stage and all that it takes from, near or far. */
function withUpstream({ stages, ...plan }: Plan, wanted: PlannedStage): Plan {
  const needed = new Set([wanted.name]);
  // Stages stand after those they take from, so from the end one pass finds them all.
  for (const stage of [...stages].reverse())
    if (needed.has(stage.name)) for (const name of upstream(stage.inputs)) needed.add(name);
  return { ...plan, stages: stages.filter(({ name }) => needed.has(name)) };
}

function sourceFinder(examined: ReadonlyMap<string, ExaminedStage>, directory: string): FindSource {
  return (stage, role, name) => {
    const state = examined.get(stage)?.state;
    return state && placeOfSource(state, role, name, directory);
  };
}
