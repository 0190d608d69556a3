import type { SeenTask } from './cluster.js';

const answersBeforeWord = 3;

/**
 * Notices that an engine holds back all tasks of a stage (nodes drained, an account's limit): somebody has to do
 * something about it, and the run would wait in silence.
 */
export class HoldWatch {
  #reason: string | undefined;
  #answers = 0;

  /**
   * @param tasks what the engine's next answer says of all that were submitted
   * @returns its reason, once, when several answers in a row gave it while no task ran
   */
  noticed(tasks: readonly (SeenTask | undefined)[]): string | undefined {
    const allWait = tasks.every((task) => task?.state === 'waiting');
    const reason = allWait ? tasks.find((task) => task?.heldBy !== undefined)?.heldBy : undefined;
    this.#answers = reason !== undefined && reason === this.#reason ? this.#answers + 1 : 1;
    this.#reason = reason;
    return this.#answers === answersBeforeWord ? reason : undefined;
  }
}
