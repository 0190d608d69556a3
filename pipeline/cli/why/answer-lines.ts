import type { Cause } from '../../plan/explain.js';
import { changeInFull } from '../../plan/reasons.js';
import { formatCount, formatDuration, formatMoment } from '../../report/quantities.js';
import type { StageOutcome } from '../../report/run-summary.js';
import type { ItemAnswer } from './item-answer.js';
import type { Comparison, StageAnswer } from './stage-answer.js';

/** Where a stage's source file lies, relative to the pipeline file; undefined when it is no longer there. */
export type FindSource = (stage: string, role: string, name: string) => string | undefined;

const ends: Partial<Readonly<Record<StageOutcome, string>>> = {
  failed: 'failed',
  interrupted: 'was interrupted',
};

/** An answer about a stage for people. */
export function stageAnswerLines(answer: StageAnswer, findSource: FindSource): readonly string[] {
  const lines = presentLines(answer, findSource, '');
  const { lastRun } = answer;
  if (!lastRun) return lines;
  const did = ends[lastRun.state] ?? 'ran';
  // The result that is there may be of an earlier run than the last: then that one is told of.
  const when = answer.state === 'current' ? '' : 'last ';
  const since =
    lastRun.reusedSince > 0 ? `, and was reused in ${formatCount(lastRun.reusedSince, 'run')} since` : '';
  lines.push(
    `It ${when}${did} in run ${lastRun.run} (${formatMoment(lastRun.startedAt)})${since}; it ran because`,
    ...comparisonLines(lastRun.because, answer.stage, findSource, '  '),
  );
  return lines;
}

/** An answer about an item for people. */
export function itemAnswerLines(answer: ItemAnswer, findSource: FindSource): readonly string[] {
  const { stage, item, state, madeAt, causes } = answer;
  const name = `${stage}/${item}`;
  const when = madeAt === undefined ? '' : `: it was made on ${formatMoment(madeAt)}`;
  const ofRun = answer.with?.run === undefined ? '' : ` of run ${answer.with.run}`;
  const heading = {
    current: `${name} is up to date${when}`,
    reused: `${name} would come out of the store${when}`,
    runs: `${name} would be made`,
  }[state];
  if (!answer.with)
    return [`${heading}${state === 'runs' ? ': there is nothing earlier to compare it with' : ''}.`];
  const same = causes.length === 0;
  if (same) return [`${heading}.`, `Nothing of it differs from ${answer.with.item}${ofRun}.`];
  const earlier = `${answer.with.item}${ofRun}`;
  const reference =
    answer.with.item === item ? `it differs from ${earlier}` : `it is new; nearest to it is ${earlier}`;
  return [
    state === 'runs' ? `${heading}, because ${reference}:` : `${heading}; ${reference}:`,
    ...causes.flatMap((cause) => causeLines(cause, stage, findSource, '  ')),
  ];
}

function presentLines(answer: StageAnswer, findSource: FindSource, indent: string): string[] {
  const { stage, state, made, because, waitsFor = [] } = answer;
  switch (state) {
    case 'current':
      return [
        made
          ? `${indent}${stage} is up to date: it was made on ${formatMoment(made.finishedAt)}, in ${formatDuration(made.tookMs)}.`
          : `${indent}${stage} is up to date.`,
      ];
    case 'waits':
      return [
        `${indent}${stage} would run if what it takes from others changes:`,
        ...waitsFor.flatMap((needed) => presentLines(needed, findSource, `${indent}  `)),
      ];
    case 'runs':
      return [
        `${indent}${stage} would run, because`,
        ...(because ? comparisonLines(because, stage, findSource, `${indent}  `) : []),
      ];
  }
}

function comparisonLines(
  { reasons, causes, with: reference }: Comparison,
  stage: string,
  findSource: FindSource,
  indent: string,
): string[] {
  if (causes.length === 0) return reasons.map((reason) => `${indent}${reason}`);
  const lines = causes.flatMap((cause) => causeLines(cause, stage, findSource, indent));
  if (reference && reference.stage !== stage) {
    const run = reference.run === undefined ? '' : ` of run ${reference.run}`;
    const compared = `the nearest is ${reference.stage}${run}:`;
    return [...reasons.map((reason) => `${indent}${reason}; ${compared}`), ...lines];
  }
  return lines;
}

function causeLines(
  { change, upstream }: Cause,
  stage: string,
  findSource: FindSource,
  indent: string,
): string[] {
  const find = (role: string, name: string): string | undefined => findSource(stage, role, name);
  return [
    `${indent}${changeInFull(change, find)}`,
    ...upstream.flatMap(({ stage: name, causes }) =>
      causes.length === 0
        ? [`${indent}  ${name} is not in the earlier run, or its result is no longer in the store`]
        : [
            `${indent}  ${name} was made anew, because`,
            ...causes.flatMap((cause) => causeLines(cause, name, findSource, `${indent}    `)),
          ],
    ),
  ];
}
