import { adoptTasks } from './adopt-tasks.js';
import { lossInWords, termsAfter, type Loss } from './after-loss.js';
import type { Cluster, ClusterLimits, SeenTask, Snapshot } from './cluster.js';
import type { FarmTimes, Watch } from './watch.js';
import type { FarmWork } from './farm-work.js';
import type { Flight, Parcel } from './flight.js';
import { Flights } from './flights.js';
import { HoldWatch } from './hold-watch.js';
import { stragglersAmong } from './stragglers.js';
import { firstTerms, groupedByTerms, submitTasks } from './submit-tasks.js';
import { tellLog } from './tell-log.js';
import { parcelsAgain } from './parcels-again.js';
import { TaskFiles, type TaskResult } from './task-files.js';
import { TaskSize } from './task-size.js';

/** Heartbeats that are read after one poll. */
const heartbeatsAtOnce = 64;
/** A cluster that cannot be asked so often in a row is worth a word. */
const tellAfterFailures = 3;

/** What all stages on a farm have in common. */
interface FarmSettings {
  readonly cluster: Cluster;
  readonly script: (directory: string) => string;
  readonly times: FarmTimes;
}

/** One stage's work on a farm: cuts it into tasks, watches them, judges them by their results, and tries again. */
export class StageOnFarm {
  readonly #files: TaskFiles;
  readonly #flights: Flights;
  readonly #parcels: Parcel[] = [];
  readonly #size = new TaskSize();
  #fresh: readonly string[];
  #nextFresh = 0;
  #mostAtOnce: number;
  #mostRunning = 1;
  #heartbeatsFrom = 0;
  readonly #hold = new HoldWatch();

  constructor(
    readonly work: FarmWork,
    readonly farm: FarmSettings,
    readonly watch: Watch,
    readonly limits: ClusterLimits,
  ) {
    this.#files = new TaskFiles(work.directory);
    this.#flights = new Flights(watch, (nonce) => this.#files.submissionFolder(nonce));
    this.#fresh = work.items ?? [];
    this.#mostAtOnce = limits.tasksAtOnce;
  }

  async run(): Promise<void> {
    const { work } = this;
    await this.#files.writeHead(work.head);
    await this.#adopt();
    try {
      for (;;) {
        work.signal.throwIfAborted();
        await this.#submit();
        if (this.#flights.size === 0 && this.#parcels.length === 0 && this.#nextFresh === this.#fresh.length)
          return;
        const snapshot = await this.watch.next(work.signal);
        this.#tellOfOutage();
        if (snapshot) this.#tellOfHold(snapshot);
        for (const flight of this.#flights.all()) await this.#look(flight, snapshot);
        await this.#readHeartbeats();
        await this.#splitStragglers();
      }
    } catch (error) {
      await this.#cancelAll();
      throw error;
    } finally {
      this.#flights.leave();
    }
  }

  async #adopt(): Promise<void> {
    const { work, farm } = this;
    const adopted = await adoptTasks(work, farm.cluster, this.#files, farm.times.firstPollMs);
    this.#flights.add(adopted);
    if (adopted.length > 0) work.log(`${adopted.length} tasks of an earlier run go on as this one's`);
    if (work.items) {
      const flying = new Set(adopted.flatMap(({ parcel }) => parcel.items ?? []));
      this.#fresh = work.items.filter((id) => !flying.has(id));
    } else if (adopted.length === 0)
      this.#parcels.push({ items: undefined, terms: firstTerms(work), attempt: 1 });
  }

  /** Cuts and submits what there is room for. */
  async #submit(): Promise<void> {
    const { work, farm, limits } = this;
    const room = Math.max(0, this.#mostAtOnce - this.#flights.size);
    const parcels = this.#parcels.splice(0, room);
    const waiting = this.#fresh.length - this.#nextFresh;
    const sizes = this.#size.next(waiting, this.#mostRunning, this.#flights.size, room - parcels.length);
    for (const size of sizes) {
      const items = this.#fresh.slice(this.#nextFresh, this.#nextFresh + size);
      this.#nextFresh += size;
      parcels.push({ items, terms: firstTerms(work), attempt: 1 });
    }
    const atOnce = limits.tasksPerSubmission;
    for (const group of groupedByTerms(parcels))
      for (let start = 0; start < group.length; start += atOnce) {
        const part = group.slice(start, start + atOnce);
        const { cluster, times } = farm;
        const { largestIndex } = limits;
        const firstWaitMs = Math.min(1000, times.firstPollMs);
        const { flights, left } = await submitTasks(part, { work, cluster, files: this.#files, script: farm.script, largestIndex, firstWaitMs }); // prettier-ignore
        this.#flights.add(flights);
        if (left.length === 0) continue;
        this.#parcels.push(...left);
        this.#mostAtOnce = Math.max(1, this.#flights.size);
      }
  }

  async #look(flight: Flight, snapshot: Snapshot | undefined): Promise<void> {
    const seen = snapshot?.get(flight.nonce)?.get(flight.index);
    if (seen?.node !== undefined) flight.node = seen.node;
    if (seen?.state === 'running' && flight.runningSinceMs === undefined) {
      flight.runningSinceMs = performance.now();
      this.work.started();
    }
    if (seen && seen.state !== 'over') {
      delete flight.overSinceMs;
      return;
    }
    const result = await this.#files.readResult(flight);
    if (result) return this.#settle(flight, result);
    // Nobody has said that it is over.
    if (!snapshot) return;
    flight.overSinceMs ??= performance.now();
    if (performance.now() - flight.overSinceMs >= this.farm.times.graceMs) await this.#lose(flight, seen);
  }

  async #settle(flight: Flight, result: TaskResult): Promise<void> {
    const { work } = this;
    await tellLog(flight, result.node, this.#files, work);
    if (result.refused) {
      const { message, details, hint } = result.refused;
      await this.#land(flight);
      await this.#again(flight, 'refused', result.node, [message, ...details, ...(hint ? [hint] : [])]);
      return;
    }
    const { items } = flight.parcel;
    if (items) this.#size.measured(items.length - result.failedItems.length, result.tookMs / 1000);
    work.started();
    await work.ended(result, items);
    await this.#land(flight);
    const told = new Set([
      ...result.made,
      ...[...result.failedItems, ...result.unrecorded].map(({ id }) => id),
    ]);
    const left = items ? await work.missing(items.filter((id) => !told.has(id))) : [];
    if (left.length > 0)
      this.#parcels.push({ ...flight.parcel, items: left, attempt: flight.parcel.attempt + 1 });
  }

  /** An attempt has left no result: what it has not made goes out again. */
  async #lose(flight: Flight, seen: SeenTask | undefined): Promise<void> {
    await this.#files.giveUp(flight, 'it was over, and had left no result');
    const loss = (await this.#files.wasInterrupted(flight)) ? 'interrupted' : (seen?.reason ?? 'gone');
    await tellLog(flight, flight.node, this.#files, this.work);
    await this.#land(flight);
    await this.#again(flight, loss, flight.node, []);
  }

  async #again(
    flight: Flight,
    loss: Loss,
    node: string | undefined,
    details: readonly string[],
  ): Promise<void> {
    const { work } = this;
    const { parcel, isStraggler = false } = flight;
    const items = parcel.items && (await work.missing(parcel.items));
    if (items?.length === 0) return;
    const ranMinutes = (performance.now() - (flight.runningSinceMs ?? performance.now())) / 60_000;
    const terms = isStraggler ? parcel.terms : termsAfter(parcel.terms, loss, node, ranMinutes);
    const name = `A task of ${work.head.stage}${node === undefined ? '' : ` on ${node}`}`;
    const words = isStraggler ? 'took too long and is split' : lossInWords[loss];
    if (!terms) {
      const message = `${name} ${words} at its ${parcel.attempt}. attempt (${this.farm.cluster.name} job ${flight.nonce}, index ${flight.index})`;
      work.givenUp(items, message, details);
      return;
    }
    const part = items ? `; ${items.length} of its items go out again` : '; it goes out again';
    work.warn(`${name} ${words}${part}.${details.length > 0 ? ` ${details.join(' ')}` : ''}`);
    this.#parcels.push(...parcelsAgain(flight, items, terms));
  }

  async #land(flight: Flight): Promise<void> {
    this.#flights.land(flight);
    await this.#files.noteEnd(flight);
    // Room was made: the engine may take as many as before.
    this.#mostAtOnce = Math.min(this.limits.tasksAtOnce, this.#mostAtOnce + 1);
  }

  async #readHeartbeats(): Promise<void> {
    const running = this.#flights.all().filter(({ runningSinceMs }) => runningSinceMs !== undefined);
    this.#mostRunning = Math.max(this.#mostRunning, running.length);
    const from = running.length > heartbeatsAtOnce ? this.#heartbeatsFrom % running.length : 0;
    for (const flight of running.slice(from, from + heartbeatsAtOnce))
      flight.done = (await this.#files.readHeartbeat(flight))?.done ?? flight.done;
    this.#heartbeatsFrom = from + heartbeatsAtOnce;
    this.work.progress(this.#flights.all().reduce((sum, { done }) => sum + done, 0));
  }

  /** When nothing else waits, what takes much longer than it should is ended, and what is left of it goes out in two. */
  async #splitStragglers(): Promise<void> {
    const seconds = this.#size.secondsPerItem;
    if (seconds === undefined || this.#parcels.length > 0 || this.#nextFresh < this.#fresh.length) return;
    const leastMs = this.farm.times.stragglerMs;
    for (const flight of stragglersAmong(this.#flights.all(), seconds, leastMs, performance.now())) {
      flight.isStraggler = true;
      await this.farm.cluster.cancel([flight]).catch(() => (flight.isStraggler = false));
    }
  }

  #tellOfOutage(): void {
    const { failures, lastFailure } = this.watch;
    if (failures === tellAfterFailures)
      this.work.warn(
        `${this.farm.cluster.name} cannot be asked; its tasks are taken to go on: ${lastFailure}`,
      );
  }

  #tellOfHold(snapshot: Snapshot): void {
    const seen = this.#flights.all().map(({ nonce, index }) => snapshot.get(nonce)?.get(index));
    const reason = this.#hold.noticed(seen);
    if (reason === undefined) return;
    this.work.warn(`${this.farm.cluster.name} keeps all tasks of ${this.work.head.stage} waiting: ${reason}`);
  }

  async #cancelAll(): Promise<void> {
    const flights = this.#flights.all();
    if (flights.length === 0) return;
    try {
      await this.farm.cluster.cancel(flights);
      for (const flight of flights) {
        await this.#files.giveUp(flight, 'the run was cancelled');
        await this.#files.noteEnd(flight);
      }
    } catch (error) {
      this.work.warn(
        `${flights.length} tasks could not be cancelled; they end by themselves, or the next run goes on with them: ${String(error)}`,
      );
    }
  }
}
