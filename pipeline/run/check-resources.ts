import type { Diagnostic } from '../core/diagnostic.js';
import { shortages, type Capacity } from '../executors/capacity.js';
import type { Plan } from '../plan/plan.js';
import { examinePlan } from './examine.js';
import type { World } from './world.js';

/** Stages that would run although a job of theirs asks for more than there is: they could only wait for ever. */
export async function missingResources(
  plan: Plan,
  capacity: Capacity,
  world: Pick<World, 'store' | 'host' | 'farm'>,
): Promise<readonly Diagnostic[]> {
  // What goes to a cluster needs room there, and nobody but the cluster knows what there is.
  const large = plan.stages.filter(
    ({ resources, placement }) =>
      !(world.farm && !placement.isLocal) && shortages(resources, capacity).length > 0,
  );
  if (large.length === 0) return [];
  // What is in the store needs nothing: a laptop shows what a farm has made.
  const current = new Set(
    (await examinePlan(plan, world)).flatMap(({ name, state }) => (state === 'current' ? [name] : [])),
  );
  const { source } = plan.file;
  return large
    .filter(({ name }) => !current.has(name))
    .flatMap(({ name, resources }) =>
      shortages(resources, capacity).map((words): Diagnostic => {
        const range = source.locateKey(['stages', name, 'resources']) ?? source.locateKey(['stages', name]);
        return {
          severity: 'error',
          message: `A job of ${name} ${words}.`,
          ...(range ? { range } : {}),
          hint: 'Let it ask for less (`resources` of the stage, or the parameters that it follows from), or use a larger machine.',
        };
      }),
    );
}
