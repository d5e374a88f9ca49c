import { roleOf } from '../../machines/phones.ts';
import { kindOfLink, type LinkName, linkNames, type Scenario, type WorldLinkName } from '../scenario/scenario.ts';
import { sipEvent } from '../sipWorld/events.ts';
import { linksIn } from '../sipWorld/links.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { linkOf } from '../world/linkOf.ts';
import type { PartyReaction } from '../world/partyTable.ts';
import type { Fired } from '../world/world.ts';
import type { Measured } from './measured.ts';
import { bytesOf } from './messageSizes.ts';

const pushRequests: readonly string[] = ['push', 'push.end', 'push.refresh'];

/** What one reaction of a party puts on the wire. */
export interface Sent {
  readonly registersOfApp: number;
  readonly registersOfPushServer: number;
  readonly pushes: number;
  /** Per link, in the order of `linkNames`. */
  readonly messages: readonly number[];
  readonly bytes: readonly number[];
}

/** What parties send, by their reactions: each distinct one is looked at once, however many runs have it. */
export class SentByReaction {
  readonly #definition: WorldDefinition;
  readonly #transports: readonly string[];
  readonly #sent = new Map<PartyReaction, Sent | null>();

  constructor(definition: WorldDefinition) {
    this.#definition = definition;
    this.#transports = linksIn(definition.scenario as Scenario).map(({ link }) => link.transport);
  }

  /** Null where a reaction sends nothing. `party`: the number of the party whose reaction it is. */
  of(party: number, reaction: PartyReaction): Sent | null {
    const known = this.#sent.get(reaction);
    if (known !== undefined) return known;
    const sent = this.#computed(party, reaction);
    this.#sent.set(reaction, sent);
    return sent;
  }

  #computed(party: number, { effects, next }: PartyReaction): Sent | null {
    const { parties, links } = this.#definition;
    const sent = { registersOfApp: 0, registersOfPushServer: 0, pushes: 0 };
    const messages = linkNames.map(() => 0);
    const bytes = linkNames.map(() => 0);
    for (const effect of effects) {
      if (effect.type !== 'send') continue;
      const link = linkOf(this.#definition, party, effect, next);
      const kind = kindOfLink(links[link]?.name as WorldLinkName);
      const event = sipEvent(effect.event);
      const place = linkNames.indexOf(kind);
      messages[place] = (messages[place] as number) + 1;
      bytes[place] = (bytes[place] as number) + bytesOf(event, this.#transports[link] as never);
      if (event.type === 'REGISTER')
        sent[roleOf(parties[party]?.party as never) === 'app' ? 'registersOfApp' : 'registersOfPushServer']++;
      if (pushRequests.includes(event.type)) sent.pushes++;
    }
    return messages.some((count) => count > 0) ? { ...sent, messages, bytes } : null;
  }
}

/** What goes over the links. */
export class TrafficMeter {
  readonly #sent: SentByReaction;
  readonly #registers = { app: 0, pushServer: 0 };
  #pushes = 0;
  readonly #messages: number[] = linkNames.map(() => 0);
  readonly #bytes: number[] = linkNames.map(() => 0);

  constructor(sent: SentByReaction) {
    this.#sent = sent;
  }

  happened({ fired, reaction }: Fired): void {
    if (reaction === null) return;
    const sent = this.#sent.of(fired.party, reaction);
    if (sent === null) return;
    this.#registers.app += sent.registersOfApp;
    this.#registers.pushServer += sent.registersOfPushServer;
    this.#pushes += sent.pushes;
    for (let link = 0; link < linkNames.length; link++) {
      this.#messages[link] = (this.#messages[link] as number) + (sent.messages[link] as number);
      this.#bytes[link] = (this.#bytes[link] as number) + (sent.bytes[link] as number);
    }
  }

  /** A connection was opened over a link, which takes packets of its own. */
  opened(link: LinkName, bytes: number): void {
    const place = linkNames.indexOf(link);
    this.#bytes[place] = (this.#bytes[place] as number) + bytes;
  }

  measured(): Pick<Measured, 'registers' | 'pushes' | 'traffic'> {
    const traffic = linkNames.map((name, link) => [
      name,
      { messages: this.#messages[link] as number, bytes: this.#bytes[link] as number },
    ]);
    return { registers: { ...this.#registers }, pushes: this.#pushes, traffic: Object.fromEntries(traffic) };
  }
}
