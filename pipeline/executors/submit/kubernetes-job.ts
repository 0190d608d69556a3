import { z } from 'zod';
import { UserError } from '../../core/user-error.js';

const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a name holds a to z, 0 to 9 and -, at most 63 of them');
const quantity = z.union([
  z.number().positive(),
  z
    .string()
    .regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/, 'a quantity is a number, with Mi or Gi for memory'),
]);
const quantities = z.record(z.string(), quantity);
const count = z.coerce.number().int().min(0);

const container = z.looseObject({
  name: dnsLabel,
  image: z.string().min(1),
  command: z.array(z.string()).min(1),
  resources: z.strictObject({ requests: quantities.optional(), limits: quantities.optional() }).optional(),
  volumeMounts: z.array(z.looseObject({ name: dnsLabel, mountPath: z.string().startsWith('/') })).optional(),
});

/** As much of a batch/v1 Job as a task depends on; what else stands in it is Kubernetes' affair. */
const job = z.looseObject({
  apiVersion: z.literal('batch/v1'),
  kind: z.literal('Job'),
  metadata: z.looseObject({ name: dnsLabel, labels: z.record(z.string(), z.string()).optional() }),
  spec: z.looseObject({
    // The farm tries again by itself; a pod that comes back would make what was given up.
    backoffLimit: z.literal(0),
    completions: z.literal(1).optional(),
    parallelism: z.literal(1).optional(),
    activeDeadlineSeconds: count.min(1).optional(),
    ttlSecondsAfterFinished: count.optional(),
    template: z.looseObject({
      spec: z.looseObject({
        restartPolicy: z.literal('Never'),
        containers: z.array(container).length(1),
        volumes: z.array(z.looseObject({ name: dnsLabel })).optional(),
      }),
    }),
  }),
});

/**
 * Looks at a filled-in manifest before a cluster sees it: that it is one Job of one pod that runs once, with names,
 * quantities and mounts as Kubernetes takes them.
 * @returns the manifest, with its numbers as numbers
 * @throws UserError with everything that is wrong
 */
export function checkedJob(manifest: unknown): unknown {
  const checked = job.safeParse(manifest);
  if (!checked.success)
    throw new UserError('The manifest is no Kubernetes Job that can do a task:', {
      details: checked.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`),
      hint: 'templates/farm/kubernetes-job.yaml is one to start from.',
    });
  const { containers, volumes = [] } = checked.data.spec.template.spec;
  const known = new Set(volumes.map(({ name }) => name));
  for (const { volumeMounts = [] } of containers)
    for (const { name } of volumeMounts)
      if (!known.has(name)) throw new UserError(`The manifest mounts ${name}, which is none of its volumes.`);
  return checked.data;
}
