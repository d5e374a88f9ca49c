import { roleOf } from '../../machines/phones.ts';
import { eventTable } from '../system/eventTable.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { PartyTable } from '../world/partyTable.ts';
import type { Fired } from '../world/world.ts';

/** What may start an app that does not run, or have it go on. */
type Waker = 'push' | 'user';

/** The process of the app of one phone. */
class Process {
  readonly #table: PartyTable;
  /** By local state. */
  readonly #runs: boolean[] = [];
  #isRunning: boolean;
  #waker: Waker | null = null;
  wakeUps = 0;

  constructor(table: PartyTable) {
    this.#table = table;
    this.#isRunning = this.#runsIn(table.initial.next);
  }

  begin(): void {
    this.#isRunning = this.#runsIn(this.#table.initial.next);
    this.#waker = null;
  }

  happened({ fired, reaction }: Fired, isCounted: boolean): void {
    if (reaction === null) return;
    if (!this.#isRunning) this.#waker = this.#wokenBy(fired.event, reaction.ignored);
    const runs = this.#runsIn(reaction.next);
    if (isCounted && runs && !this.#isRunning && this.#waker === 'push') this.wakeUps++;
    if (runs !== this.#isRunning) this.#waker = null;
    this.#isRunning = runs;
  }

  /** Whoever asks first. */
  #wokenBy(event: number, ignored: boolean): Waker | null {
    if (event < 0 || ignored) return this.#waker;
    const { type } = eventTable.of(event);
    if (type === 'app.kill') return null;
    if (type === 'user.open') return this.#waker ?? 'user';
    return type.startsWith('notification') ? (this.#waker ?? 'push') : this.#waker;
  }

  #runsIn(local: number): boolean {
    const known = this.#runs[local];
    if (known !== undefined) return known;
    const snapshot = this.#table.snapshotOf(local);
    const runs = !snapshot.hasTag('suspended') && !snapshot.hasTag('absent');
    this.#runs[local] = runs;
    return runs;
  }
}

/** How often apps are woken. */
export class PhoneMeter {
  readonly #processes: readonly (Process | null)[];

  constructor({ parties }: WorldDefinition) {
    this.#processes = parties.map((table) => (roleOf(table.party as never) === 'app' ? new Process(table) : null));
  }

  begin(): void {
    for (const process of this.#processes) process?.begin();
  }

  happened(outcome: Fired, isCounted: boolean): void {
    this.#processes[outcome.fired.party]?.happened(outcome, isCounted);
  }

  measured(): { wakeUps: number } {
    return { wakeUps: this.#processes.reduce((sum, process) => sum + (process?.wakeUps ?? 0), 0) };
  }
}
