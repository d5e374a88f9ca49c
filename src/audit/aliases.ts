import { addressBytes } from '../capture/endpoint.ts';
import { numberIn, partsOf, sameNumberAs, withoutBrackets } from './addresses.ts';
import { TextNumbers } from './textHash.ts';

/** What a user says about names: a number, an address or a host, and what it stands for. */
export interface Alias {
  /** `number` also matches with another host, with + and with 00; `alias` is exact. */
  readonly kind: 'number' | 'alias';
  readonly name: string;
  /** An address of record, the user part of one, or for a host another host. */
  readonly target: string;
}

/** Numbers and addresses that the server's own legs have shown to be an address of record. */
const mostLearnt = 10_000;

/** For which address of record a call is that names another one. */
export class Aliases {
  readonly #numbers = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #learnt = new Map<string, string>();
  /** Numbers of registered addresses of record by their user part, from 1 on; 0 where several have it. */
  readonly #byUser = new TextNumbers(Number.POSITIVE_INFINITY);
  readonly #aorOf: (number: number) => string | undefined;

  /** @param aorOf the address of record of a number */
  constructor(given: readonly Alias[], aorOf: (number: number) => string | undefined) {
    this.#aorOf = aorOf;
    for (const { kind, name, target } of given) {
      if (kind === 'number') this.#numbers.set(sameNumberAs(numberIn(name) ?? name), target);
      else this.#names.set(name, target);
    }
  }

  registered(aor: string, number: number): void {
    const { user } = partsOf(aor);
    const known = this.#byUser.get(user);
    if (known < 0) this.#byUser.set(user, number + 1);
    else if (known !== number + 1) this.#byUser.set(user, 0);
  }

  /** The server has called a device of that address for what was called. */
  learn(called: string, aor: string): void {
    if (this.#learnt.size < mostLearnt) this.#learnt.set(called, aor);
  }

  /** Which of them the capture has shown, for the report. */
  get learnt(): ReadonlyMap<string, string> {
    return this.#learnt;
  }

  /**
   * The address of record for that what was called stands for; itself where nothing is known.
   * @param isServer whether an IP address is that of the server at which it was called
   */
  resolve(called: string, isServer: (address: string) => boolean): string {
    const { user, host } = partsOf(called);
    const number = numberIn(user);
    const said = this.#names.get(called) ?? (number === null ? undefined : this.#numbers.get(sameNumberAs(number)));
    if (said !== undefined) return this.#only(said) ?? said;
    if (!called.includes('@') && this.#only(called) !== null) return this.#only(called) ?? called;
    const otherHost = this.#names.get(host);
    if (otherHost !== undefined && user !== '') return `${user}@${otherHost}`;
    return this.#learnt.get(called) ?? this.#atServer(user, host, isServer) ?? called;
  }

  /** A user part that one address of record has. */
  #only(target: string): string | null {
    if (target.includes('@')) return null;
    const number = this.#byUser.get(target);
    return number > 0 ? (this.#aorOf(number - 1) ?? null) : null;
  }

  /** `sip:alice@198.51.100.2` at that very server is whom it knows as alice, unless it knows two. */
  #atServer(user: string, host: string, isServer: (address: string) => boolean): string | null {
    const address = withoutBrackets(host);
    return user !== '' && addressBytes(address) !== null && isServer(address) ? this.#only(user) : null;
  }
}
