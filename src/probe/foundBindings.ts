import { contactExpires, contactsOf, minExpiresOf } from '../sip/message/headers.ts';
import type { SipResponse } from '../sip/message/message.ts';
import { type NameAddress, nameAddressText } from '../sip/message/nameAddress.ts';
import { isSipUri, sameUri, uriText } from '../sip/message/uri.ts';
import { contactPrefix, type UserAgent } from './userAgent.ts';

/** A binding that somebody else has made. */
interface FoundBinding {
  readonly contact: NameAddress;
  /** Seconds that it had left, where the server said so. */
  readonly expiresSeconds: number | undefined;
  readonly atMs: number;
}

/** What became of a binding that was found. */
export interface Restoration {
  readonly contact: string;
  readonly isRestored: boolean;
  readonly says: string;
}

/** Parameters that belong to the binding; the others are the server's remarks. */
const kept = new Set(['q', '+sip.instance', 'reg-id']);

function withLifetime({ uri, params }: NameAddress, expiresSeconds: number): string {
  const own = [...params].filter(([name]) => kept.has(name));
  return nameAddressText({ uri, params: new Map([...own, ['expires', String(expiresSeconds)]]) });
}

/** A probe that was killed may have left its contacts: nobody rings there any more. */
const isLeftover = ({ uri }: NameAddress): boolean => isSipUri(uri) && uri.user?.startsWith(contactPrefix) === true;

const strange =
  'made by the probe now: its Call-ID and the way to it (NAT, connection) are set right by the next REGISTER of its owner';

/** How often something is tried that the server may be too busy for. */
const attempts = 3;

/** The bindings of others: found, taken away by name so that they neither ring nor take a place, and restored. */
export class OtherBindings {
  readonly #userAgent: UserAgent;
  readonly #own: readonly UserAgent[];
  readonly #removed = new Map<string, FoundBinding>();
  /** Those that could not be removed. */
  readonly #obstinate = new Set<string>();
  readonly #newcomers = new Set<string>();
  #hasBegun = false;
  /** Whether to ask who is registered removes them: then nobody is looked for any more. */
  isAskingHarmful = false;

  constructor(userAgent: UserAgent, own: readonly UserAgent[]) {
    this.#userAgent = userAgent;
    this.#own = own;
  }

  /** The answer to a REGISTER without Contact. */
  look(): Promise<{ readonly response: SipResponse | null }> {
    return this.#userAgent.register([]);
  }

  /** Such an answer, where asking does no harm; null without one, whatever the reason. */
  async lookOnce(): Promise<SipResponse | null> {
    if (this.isAskingHarmful) return null;
    const { response } = await this.look().catch(() => ({ response: null }));
    return response;
  }

  /** Where the server is gone, so much silence in a row ends the probe. */
  async #lookAgain(): Promise<SipResponse | null> {
    for (let attempt = 0; attempt < attempts && !this.isAskingHarmful; attempt++) {
      const { response } = await this.look();
      if (response !== null) return response;
    }
    return null;
  }

  #foundIn(response: SipResponse): FoundBinding[] {
    const contacts = contactsOf(response);
    if (contacts === '*' || response.status !== 200) return [];
    return contacts
      .filter((contact) => !this.#own.some((userAgent) => userAgent.isOwn(contact)))
      .map((contact) => ({ contact, expiresSeconds: contactExpires(response, contact), atMs: performance.now() }));
  }

  /** Removes by name what such an answer lists (RFC 3261 10.2.2). Returns the names of those that stay. */
  async removeListed(response: SipResponse): Promise<readonly string[]> {
    for (const found of this.#foundIn(response)) {
      const name = uriText(found.contact.uri);
      // It may be gone even if the answer says nothing: it is restored in any case.
      this.#removed.set(name, found);
      if (this.#hasBegun) this.#newcomers.add(name);
      if (!(await this.#remove(found))) this.#obstinate.add(name);
    }
    this.#hasBegun = true;
    return [...this.#obstinate];
  }

  /** Looks for others and removes them. Returns the names of those who have come since the first time. */
  async removeAll(): Promise<readonly string[]> {
    const response = await this.#lookAgain();
    if (response === null) return [];
    const names = this.#foundIn(response).map(({ contact }) => uriText(contact.uri));
    await this.removeListed(response);
    return names;
  }

  async #remove({ contact }: FoundBinding): Promise<boolean> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { response } = await this.#userAgent.register([withLifetime(contact, 0)]);
      if (response?.status === 404) return true;
      if (response?.status === 200) {
        return this.#foundIn(response).every((left) => !sameUri(left.contact.uri, contact.uri));
      }
    }
    return false;
  }

  /** Registers again what was taken away, for the time that it would still have, and looks whether it is there. */
  async restoreAll(): Promise<{
    readonly restorations: readonly Restoration[];
    readonly strangers: readonly string[];
  }> {
    const before = await this.#present();
    const restorations: Restoration[] = [];
    for (const [name, binding] of this.#removed) {
      if (isLeftover(binding.contact)) continue;
      const isBack = before?.some(({ contact }) => sameUri(contact.uri, binding.contact.uri)) === true;
      const says = this.#obstinate.has(name)
        ? 'could not be removed, and is still there'
        : 'its owner has registered again';
      restorations.push(isBack ? { contact: name, isRestored: true, says } : await this.#restore(name, binding));
    }
    const after = restorations.length === 0 ? before : await this.#present();
    return { restorations: restorations.map((one) => verified(one, after)), strangers: this.#strangers(before) };
  }

  #strangers(present: readonly FoundBinding[] | null): readonly string[] {
    const names = (present ?? []).map(({ contact }) => uriText(contact.uri));
    return [...new Set([...this.#newcomers, ...names.filter((name) => !this.#obstinate.has(name))])];
  }

  async #present(): Promise<readonly FoundBinding[] | null> {
    const response = await this.lookOnce();
    return response === null ? null : this.#foundIn(response);
  }

  async #restore(contact: string, binding: FoundBinding): Promise<Restoration> {
    const { expiresSeconds, atMs } = binding;
    let seconds = Math.round((expiresSeconds ?? 3_600) - (performance.now() - atMs) / 1_000);
    if (seconds <= 0) return { contact, isRestored: false, says: 'would have expired meanwhile' };
    let answer = 'no answer';
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { response, refusal } = await this.#tryToRestore(binding, seconds);
      if (response?.status === 200) return { contact, isRestored: true, says: `restored for ${seconds} s; ${strange}` };
      if (response?.status === 423) seconds = minExpiresOf(response) ?? seconds * 2;
      answer = response === null ? refusal : `${response.status} ${response.reason}`;
    }
    return { contact, isRestored: false, says: `not restored (${answer}): its owner has to register again` };
  }

  async #tryToRestore({ contact }: FoundBinding, seconds: number) {
    try {
      const { response } = await this.#userAgent.register([withLifetime(contact, seconds)]);
      return { response, refusal: 'no answer' };
    } catch (error) {
      return { response: null, refusal: (error as Error).message };
    }
  }
}

/** A binding that was registered again, and that the server does not list, is not there as far as anybody can see. */
function verified(one: Restoration, present: readonly FoundBinding[] | null): Restoration {
  if (!one.isRestored) return one;
  if (present?.some(({ contact }) => uriText(contact.uri) === one.contact)) return one;
  return { ...one, isRestored: false, says: `${one.says}; the server does not list it now` };
}
