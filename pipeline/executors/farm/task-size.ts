/** A task is long enough that its start does not count, and short enough that its loss does not. */
const targetSeconds = 600;
const leastSeconds = 300;
const probeTasks = 16;
const probeItems = 4;
const mostItems = 5000;
/** So many tasks tell how long an item takes. */
const enoughTasks = 3;

/** How many items make a task, from how long those that are done took. */
export class TaskSize {
  #items = 0;
  #seconds = 0;
  #tasks = 0;

  /** A task has ended by itself. @param items those that it made */
  measured(items: number, seconds: number): void {
    if (items === 0) return;
    this.#items += items;
    this.#seconds += seconds;
    this.#tasks++;
  }

  /** Undefined until some tasks have ended. */
  get secondsPerItem(): number | undefined {
    return this.#tasks < enoughTasks ? undefined : this.#seconds / this.#items;
  }

  /**
   * The tasks to cut next off so many items that wait: while nothing is known, a few small ones.
   * @param slots how many tasks were seen to run at once
   * @param inFlight how many are waiting or running now
   * @returns the number of items of each
   */
  next(waiting: number, slots: number, inFlight: number, room: number): readonly number[] {
    const seconds = this.secondsPerItem;
    const sizes: number[] = [];
    let left = waiting;
    const most = seconds === undefined ? Math.min(room, probeTasks - inFlight) : room;
    while (left > 0 && sizes.length < most) {
      const size = Math.min(
        left,
        seconds === undefined ? probeSize(waiting) : taskItems(seconds, left, slots),
      );
      sizes.push(size);
      left -= size;
    }
    return sizes;
  }
}

function probeSize(waiting: number): number {
  return Math.max(1, Math.min(probeItems, Math.ceil(waiting / probeTasks)));
}

/** Towards the end smaller, so that all that was running stays busy. */
function taskItems(secondsPerItem: number, left: number, slots: number): number {
  const items = (seconds: number): number =>
    Math.max(1, Math.min(mostItems, Math.round(seconds / secondsPerItem)));
  const share = Math.ceil(left / Math.max(1, slots));
  return Math.min(items(targetSeconds), Math.max(items(leastSeconds), share));
}
