import { serveCalls } from '../lib/threads/serve-calls.js';
import type { ThreadCall } from '../lib/threads/pending-calls.js';
import { StepTask } from './step-task.js';

await serveCalls(StepTask.start, perform);

async function perform(task: StepTask, { method, args }: ThreadCall): Promise<unknown> {
  switch (method) {
    case 'gradients':
      return task.gradients(...(args as Parameters<StepTask['gradients']>));
    case 'update':
      return task.update(...(args as Parameters<StepTask['update']>));
    default:
      throw new Error(`a training worker cannot ${method}`);
  }
}
