import { roleOf } from '../../machines/phones.ts';
import { kindOfLink, type LinkName } from '../scenario/scenario.ts';
import type { Connection, TransportState } from '../sipWorld/transport.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { PartyTable } from '../world/partyTable.ts';
import type { Fired } from '../world/world.ts';
import type { Measured } from './measured.ts';

const keyOf = ({ link, network }: Connection): string => `${link} ${network}`;

/** The connections with phones that one end takes for open, during a run. */
class End {
  readonly isPhone: boolean;
  readonly #table: PartyTable;
  /** By local state. */
  readonly #open: (readonly Connection[])[] = [];
  readonly #fromMs: number;
  #local: number;
  #sinceMs = 0;
  keptMs = 0;

  constructor(table: PartyTable, fromMs: number) {
    this.#table = table;
    this.#fromMs = fromMs;
    this.isPhone = roleOf(table.party as never) === 'app';
    this.#local = table.initial.next;
  }

  begin(): void {
    this.#local = this.#table.initial.next;
    this.#sinceMs = this.#fromMs;
  }

  /** Comes to a local state. Returns the connections that are new in it. */
  enter(local: number, nowMs: number): readonly Connection[] {
    if (local === this.#local) return [];
    const [before, after] = [this.#openIn(this.#local), this.#openIn(local)];
    this.#local = local;
    if (before === after) return [];
    const countedMs = Math.max(nowMs, this.#fromMs);
    this.keptMs += before.length * (countedMs - this.#sinceMs);
    this.#sinceMs = countedMs;
    const keys = before.map(keyOf);
    return after.filter((one) => !keys.includes(keyOf(one)));
  }

  end(nowMs: number): void {
    this.keptMs += this.#openIn(this.#local).length * (nowMs - this.#sinceMs);
  }

  #openIn(local: number): readonly Connection[] {
    const known = this.#open[local];
    if (known !== undefined) return known;
    const { open = [] } = (this.#table.hostStateOf(local) ?? {}) as Partial<TransportState>;
    this.#open[local] = open;
    return open;
  }
}

/** The connections between phones and servers. */
export class ConnectionMeter {
  readonly #ends: readonly End[];
  readonly #fromMs: number;
  readonly #opened: (link: LinkName) => void;
  #count = 0;

  /** `opened` is told of each connection that a phone opens from that date on. */
  constructor({ parties }: WorldDefinition, fromMs: number, opened: (link: LinkName) => void) {
    this.#ends = parties.map((table) => new End(table, fromMs));
    this.#fromMs = fromMs;
    this.#opened = opened;
  }

  begin(): void {
    for (const end of this.#ends) end.begin();
  }

  happened({ fired, reaction }: Fired, nowMs: number): void {
    const end = this.#ends[fired.party];
    if (reaction === null || end === undefined) return;
    for (const { link } of end.enter(reaction.next, nowMs)) {
      if (!end.isPhone || nowMs < this.#fromMs) continue;
      this.#count++;
      this.#opened(kindOfLink(link));
    }
  }

  end(nowMs: number): void {
    for (const end of this.#ends) end.end(nowMs);
  }

  measured(): Pick<Measured, 'connections'> {
    const servers = this.#ends.filter(({ isPhone }) => !isPhone);
    return { connections: { opened: this.#count, keptMs: servers.reduce((sum, { keptMs }) => sum + keptMs, 0) } };
  }
}
