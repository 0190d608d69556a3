import { join } from 'node:path';
import { productRoot } from '../../core/product-root.js';
import type { EngineName } from '../../file/submit-schema.js';
import type { Engine } from './engine.js';
import { checkedJob } from './kubernetes-job.js';

const templates = (name: string): string => join(productRoot(), 'templates/farm', name);
const json = ['-H', 'Content-Type: application/json'];

/**
 * The engines that we have words for. One task is one job: arrays are spelled differently everywhere, and sparse ones
 * only some engines have. Output goes to the task's log by its script (task-script.ts), whatever the engine keeps.
 */
export const engines: Readonly<Record<EngineName, Engine>> = {
  lsf: {
    name: 'LSF',
    command: [
      'bsub',
      '{extra}',
      ...['-J', '{name}-{index}', '-o', '/dev/null', '-n', '{cpu}', '-R', 'span[hosts=1]'],
      ['-R', 'rusage[mem={memoryMb}MB]'],
      ['-M', '{memoryMb}MB'],
      ['-W', '{minutes}'],
      ['-gpu', 'num={gpu}'],
      ['-q', '{queue}'],
      ['-P', '{account}'],
      ['-R', 'select[{constraint}]'],
      ['-R', "select[hname!='{exclude}']"],
      ...['{script}', '{index}'],
    ],
    id: /Job <(\d+)>/,
    list: ['bjobs', '-noheader', '-o', 'jobid'],
    noneListed: /no unfinished job/i,
    cancel: ['bkill', '{id}'],
  },
  pbs: {
    name: 'PBS',
    command: [
      'qsub',
      '{extra}',
      ...['-N', '{name}', '-j', 'oe', '-o', '/dev/null', '-r', 'n', '-l', 'ncpus={cpu}'],
      ['-l', 'mem={memoryMb}mb'],
      ['-l', 'ngpus={gpu}'],
      ['-l', 'walltime={clock}'],
      ['-q', '{queue}'],
      ['-A', '{account}'],
      ...['--', '{script}', '{index}'],
    ],
    id: /^(\d+\S*)/m,
    list: ['qselect', '-u', '{user}', '-s', 'EHQRSTUW'],
    cancel: ['qdel', '{id}'],
  },
  sge: {
    name: 'Grid Engine',
    command: [
      'qsub',
      '{extra}',
      ...['-terse', '-N', '{name}', '-b', 'y', '-shell', 'n', '-j', 'y', '-o', '/dev/null', '-r', 'n'],
      ...['-pe', 'smp', '{cpu}'],
      // It counts memory for each slot.
      ['-l', 'h_vmem={memoryMbPerCpu}M'],
      ['-l', 'h_rt={seconds}'],
      ['-l', 'gpu={gpu}'],
      ['-q', '{queue}'],
      ['-P', '{account}'],
      ['-l', '{constraint}'],
      ['-l', 'h=!{exclude}'],
      ...['{script}', '{index}'],
    ],
    id: /^(\d+)/m,
    list: ['qstat', '-u', '{user}'],
    cancel: ['qdel', '{id}'],
  },
  // By its manager's HTTP interface; templates/farm/flamenco-darkroom.js goes into the manager's folder of job types.
  flamenco: {
    name: 'Flamenco',
    command: ['curl', '-sS', '--fail-with-body', ...json, '--data', '@{document}', '{manager}/api/v3/jobs'],
    id: /"id"\s*:\s*"([0-9a-f-]{36})"/,
    cancel: [
      ...['curl', '-sS', '--fail-with-body', ...json],
      ...['--data', '{"status":"cancel-requested","reason":"the run was ended"}'],
      '{manager}/api/v3/jobs/{id}/setstatus',
    ],
    document: { path: templates('flamenco-job.json') },
  },
  // cuecmd copies its commands to TMPDIR, where the hosts have to find them.
  opencue: {
    name: 'OpenCue',
    command: [
      ...['env', 'TMPDIR={directory}', 'cuecmd', '{document}', '--job-name', '{name}-{index}'],
      ...['--cores', '{cpu}'],
      ['--memory', '{memoryGb}'],
      '{extra}',
      ['--show', '{show}'],
    ],
    id: /launched job: (\S+)/,
    document: { path: templates('opencue-commands.txt') },
  },
  kubernetes: {
    name: 'Kubernetes',
    command: [
      'kubectl',
      'create',
      '-f',
      '{document}',
      '{extra}',
      ['--namespace', '{namespace}'],
      '-o',
      'name',
    ],
    id: /^job[^/\s]*\/(\S+)/m,
    list: [
      'kubectl',
      'get',
      'pods',
      ['--namespace', '{namespace}'],
      ...['-l', 'job-name,app=darkroom', '--field-selector', 'status.phase!=Succeeded,status.phase!=Failed'],
      ...['-o', 'jsonpath={.items[*].metadata.labels.job-name}'],
    ],
    cancel: ['kubectl', 'delete', 'job', '{id}', ['--namespace', '{namespace}'], '--ignore-not-found'],
    document: { path: templates('kubernetes-job.yaml'), check: checkedJob },
  },
};
