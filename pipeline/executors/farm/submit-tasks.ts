import { setTimeout as pause } from 'node:timers/promises';
import { durationMs } from '../../core/duration.js';
import { UserError } from '../../core/user-error.js';
import type { Terms } from './after-loss.js';
import { SubmissionError, type Cluster, type Submission, type TaskNeeds } from './cluster.js';
import type { FarmWork } from './farm-work.js';
import type { Flight, Parcel } from './flight.js';
import { newNonce, type TaskFiles } from './task-files.js';

const longestWaitMs = 60_000;
/** An engine that cannot be reached for so many attempts, an hour and more, has to be looked after. */
const mostTries = 80;

/**
 * Gives parcels of the same terms to the engine: journals the intent, submits, and after an answer that leaves it open
 * asks by name whether the engine has them, before it submits again.
 * @returns the attempts, and what is left because the engine has no room now
 * @throws UserError when the engine refuses them
 */
export async function submitTasks(
  parcels: readonly Parcel[],
  world: {
    readonly work: FarmWork;
    readonly cluster: Cluster;
    readonly files: TaskFiles;
    readonly script: (directory: string) => string;
    readonly largestIndex: number;
    readonly firstWaitMs: number;
  },
): Promise<{ readonly flights: readonly Flight[]; readonly left: readonly Parcel[] }> {
  const { work, cluster, files, script, largestIndex } = world;
  const [first] = parcels;
  if (!first) return { flights: [], left: [] };
  const nonce = newNonce();
  const flights = withIndices(parcels, largestIndex).map(({ parcel, index }): Flight => ({
    nonce,
    index,
    parcel,
    done: 0,
  }));
  const orders = flights.map(({ index, parcel }) => ({
    version: 1 as const,
    nonce,
    index,
    attempt: parcel.attempt,
    ...(parcel.items === undefined ? {} : { items: [...parcel.items] }),
  }));
  await files.writeIntent(nonce, orders, script(files.submissionFolder(nonce)));
  const submission: Submission = {
    nonce,
    directory: files.submissionFolder(nonce),
    indices: flights.map(({ index }) => index),
    needs: needsOf(work, first.terms),
  };
  const withdraw = async (those: readonly Flight[] = flights): Promise<void> => {
    for (const flight of those) {
      await files.giveUp(flight, 'it was not submitted');
      await files.noteEnd(flight);
    }
  };
  const wait = async (ms: number): Promise<void> => {
    try {
      await pause(ms, undefined, { signal: work.signal });
    } catch (error) {
      await withdraw();
      throw error;
    }
  };

  for (let tries = 1, waitMs = world.firstWaitMs; ; tries++, waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      await cluster.submit(submission);
      return { flights, left: [] };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const kind = error instanceof SubmissionError ? error.kind : 'open';
      const taken = new Set(error instanceof SubmissionError ? error.taken : []);
      if (kind === 'full' || taken.size > 0) {
        const others = flights.filter(({ index }) => !taken.has(index));
        await withdraw(others);
        work.log(`${cluster.name} has no room for more tasks now: ${message}`);
        return {
          flights: flights.filter(({ index }) => taken.has(index)),
          left: others.map(({ parcel }) => parcel),
        };
      }
      if (kind === 'refused' || tries >= mostTries) {
        await withdraw();
        throw new UserError(`${cluster.name} does not take the tasks of ${work.head.stage}.`, {
          details: [message],
          hint: 'See `slurm:` and `resources:` of the stage, or ask whoever looks after the cluster.',
        });
      }
      if (tries === 1)
        work.warn(`${cluster.name} did not answer when tasks were submitted; trying again: ${message}`);
    }
    await wait(waitMs);
    // It may have them nevertheless. While it cannot be asked, that is not known, and nothing is submitted twice.
    for (;;)
      try {
        if ((await cluster.look([submission])).get(nonce)) return { flights, left: [] };
        break;
      } catch {
        await wait(waitMs);
        waitMs = Math.min(2 * waitMs, longestWaitMs);
      }
  }
}

/** Parcels that may go out together. */
export function groupedByTerms(parcels: readonly Parcel[]): readonly (readonly Parcel[])[] {
  const groups = new Map<string, Parcel[]>();
  for (const parcel of parcels) {
    const { memoryMb, minutes, excludedNodes } = parcel.terms;
    const key = JSON.stringify([memoryMb, minutes, excludedNodes]);
    groups.set(key, [...(groups.get(key) ?? []), parcel]);
  }
  return [...groups.values()];
}

/** What has failed keeps its index where that is free, so that its logs are found under one number. */
function withIndices(
  parcels: readonly Parcel[],
  largest: number,
): readonly { readonly parcel: Parcel; readonly index: number }[] {
  const taken = new Set<number>();
  const indices = new Map<Parcel, number>();
  for (const parcel of parcels) {
    const { index } = parcel;
    if (index === undefined || index > largest || taken.has(index)) continue;
    taken.add(index);
    indices.set(parcel, index);
  }
  let next = 0;
  return parcels.map((parcel) => {
    let index = indices.get(parcel);
    if (index === undefined) {
      while (taken.has(next)) next++;
      taken.add((index = next));
    }
    return { parcel, index };
  });
}

function needsOf({ resources, options, items }: FarmWork, terms: Terms): TaskNeeds {
  const { memoryMb, minutes, excludedNodes } = terms;
  return {
    resources,
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(minutes === undefined ? {} : { minutes }),
    excludedNodes,
    options,
    resumes: items === undefined,
  };
}

/** The terms of a first attempt. */
export function firstTerms({ resources: { memoryMb }, options: { time } }: FarmWork): Terms {
  return {
    losses: 0,
    preemptions: 0,
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(time === undefined ? {} : { minutes: Math.ceil(durationMs(time) / 60_000) }),
    excludedNodes: [],
  };
}
