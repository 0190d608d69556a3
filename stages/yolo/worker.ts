import { serveCalls } from '../lib/threads/serve-calls.js';
import type { ThreadCall } from '../lib/threads/pending-calls.js';
import { ShardTask } from './shard-task.js';

await serveCalls(ShardTask.start, perform);

async function perform(task: ShardTask, { method, args }: ThreadCall): Promise<unknown> {
  switch (method) {
    case 'gradients':
      return task.gradients(...(args as Parameters<ShardTask['gradients']>));
    case 'squares':
      return task.squares(...(args as Parameters<ShardTask['squares']>));
    case 'update':
      return task.update(...(args as Parameters<ShardTask['update']>));
    case 'find':
      return task.find(...(args as Parameters<ShardTask['find']>));
    default:
      throw new Error(`a training worker cannot ${method}`);
  }
}
