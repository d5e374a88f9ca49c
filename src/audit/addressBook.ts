import { AddressRecord, type Registrar } from './addressRecord.ts';
import type { Audited } from './audited.ts';
import { ByteStore } from './byteStore.ts';
import { CallLedger } from './callLedger.ts';
import { HandOvers } from './handOvers.ts';
import { type Packable, Packer } from './packer.ts';
import { RecentEntries } from './recentEntries.ts';
import { type KnownHosts, Sides } from './sides.ts';
import { RecentSet, SmallMap } from './smallMap.ts';
import { ownText } from './texts.ts';

/** Addresses that are kept as objects: those that were looked at last. */
const mostOpen = 32;

/** Where an address of record is that is not packed. */
const isOpen = -1;

type State = readonly [
  record: AddressRecord,
  ledger: CallLedger | null,
  recent: RecentEntries,
  registrar: string | null,
];

const packables = (known: KnownHosts): Packable[] => [
  { type: AddressRecord, restored: AddressRecord.restored },
  { type: Sides, restored: (state: Sides['state']) => new Sides(known, state) },
  { type: SmallMap, restored: SmallMap.restored },
  { type: RecentSet, restored: RecentSet.restored },
  { type: HandOvers, restored: HandOvers.restored },
  { type: RecentEntries, restored: RecentEntries.restored },
  { type: CallLedger, restored: CallLedger.restored },
];

/**
 * All addresses of record. What was not looked at for a while is packed: as objects an address takes some thousand bytes,
 * and a capture of a large server has hundreds of thousands of them.
 */
export class AddressBook {
  readonly #known: KnownHosts;
  readonly #registrarOf: (host: string) => Registrar;
  readonly #packer: Packer;
  readonly #store = new ByteStore();
  /** Numbers of addresses, in the order in which they came. */
  readonly #numbers = new Map<string, number>();
  readonly #aors: string[] = [];
  /** Where each is packed, by its number. */
  readonly #places: number[] = [];
  /** Whether the capture has a REGISTER of it, by its number. */
  readonly #areRegistered: boolean[] = [];
  /** The latest last. */
  readonly #open = new Map<string, Audited>();

  constructor(known: KnownHosts, registrarOf: (host: string) => Registrar) {
    this.#known = known;
    this.#registrarOf = registrarOf;
    this.#packer = new Packer(packables(known));
  }

  /** The number of an address that is there, by which others may remember it. */
  numberOf(aor: string): number {
    return this.#numbers.get(aor) ?? -1;
  }

  /** The address of a number. */
  aorOf(number: number): string | undefined {
    return this.#aors[number];
  }

  isRegistered(aor: string): boolean {
    return this.#areRegistered[this.numberOf(aor)] ?? false;
  }

  registered(aor: string): void {
    this.#areRegistered[this.numberOf(aor)] = true;
  }

  /** What is known of an address. It may be changed until `tidy` is called. */
  get(aor: string): Audited | undefined {
    const open = this.#open.get(aor);
    if (open !== undefined) return open;
    const number = this.#numbers.get(aor);
    const place = number === undefined ? isOpen : (this.#places[number] ?? isOpen);
    if (number === undefined || place === isOpen) return undefined;
    const audited = this.#unpacked(place);
    this.#store.release(place);
    this.#places[number] = isOpen;
    this.#open.set(aor, audited);
    return audited;
  }

  /** The same, of an address that may be new. */
  have(aor: string): Audited {
    const known = this.get(aor);
    if (known !== undefined) return known;
    const own = ownText(aor);
    const audited: Audited = {
      record: new AddressRecord(own, new Sides(this.#known)),
      ledger: null,
      recent: new RecentEntries(),
      registrar: { host: null, lists: 'unknown' },
    };
    const number = this.#aors.push(own) - 1;
    this.#numbers.set(own, number);
    this.#places[number] = isOpen;
    this.#areRegistered[number] = false;
    this.#open.set(own, audited);
    return audited;
  }

  delete(aor: string): void {
    const number = this.#numbers.get(aor);
    if (number === undefined) return;
    this.get(aor);
    this.#open.delete(aor);
    this.#numbers.delete(aor);
  }

  names(): Iterable<string> {
    return this.#numbers.keys();
  }

  /** Everything, in the order in which it came, to be read only. */
  *all(): Iterable<readonly [aor: string, audited: Audited]> {
    for (const [aor, number] of this.#numbers) {
      const place = this.#places[number] ?? isOpen;
      const audited = place === isOpen ? this.#open.get(aor) : this.#unpacked(place);
      if (audited !== undefined) yield [aor, audited];
    }
  }

  /** Packs what was not looked at for longest. Nobody may hold on to what `get` has given before. */
  tidy(): void {
    if (this.#open.size < 2 * mostOpen) return;
    let left = this.#open.size - mostOpen;
    for (const [aor, audited] of this.#open) {
      if (left-- <= 0) break;
      // A call that is under way has more to come.
      if (!audited.recent.isKeeping) this.#pack(aor, audited);
    }
  }

  #pack(aor: string, { record, ledger, recent, registrar }: Audited): void {
    const state: State = [record, ledger, recent, registrar.host];
    this.#places[this.numberOf(aor)] = this.#store.put(this.#packer.pack(state));
    this.#open.delete(aor);
  }

  #unpacked(place: number): Audited {
    const [record, ledger, recent, host] = this.#packer.unpack(this.#store.get(place)) as State;
    const registrar = host === null ? { host, lists: 'unknown' as const } : this.#registrarOf(host);
    return { record, ledger, recent, registrar };
  }
}
