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
  /** Its number among those of its table. */
  readonly id: number;
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
  /** By their numbers. */
  readonly all: Sent[] = [];

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
    if (messages.every((count) => count === 0)) return null;
    const all = { id: this.all.length, ...sent, messages, bytes };
    this.all.push(all);
    return all;
  }
}

/** What goes over the links. */
export class TrafficMeter {
  readonly #sent: SentByReaction;
  /** How often each was sent, by its number: adding up is left until somebody asks. */
  readonly #times: number[] = [];
  readonly #openedBytes: number[] = linkNames.map(() => 0);

  constructor(sent: SentByReaction) {
    this.#sent = sent;
  }

  happened({ fired, reaction }: Fired): void {
    if (reaction === null) return;
    const sent = this.#sent.of(fired.party, reaction);
    if (sent === null) return;
    while (this.#times.length <= sent.id) this.#times.push(0);
    this.#times[sent.id] = (this.#times[sent.id] as number) + 1;
  }

  /** A connection was opened over a link, which takes packets of its own. */
  opened(link: LinkName, bytes: number): void {
    const place = linkNames.indexOf(link);
    this.#openedBytes[place] = (this.#openedBytes[place] as number) + bytes;
  }

  measured(): Pick<Measured, 'registers' | 'pushes' | 'traffic'> {
    const { all } = this.#sent;
    const total = (of: (sent: Sent) => number) =>
      this.#times.reduce((sum, times, id) => sum + times * of(all[id] as Sent), 0);
    const traffic = linkNames.map((name, link) => [
      name,
      {
        messages: total(({ messages }) => messages[link] as number),
        bytes: total(({ bytes }) => bytes[link] as number) + (this.#openedBytes[link] as number),
      },
    ]);
    return {
      registers: { app: total((sent) => sent.registersOfApp), pushServer: total((sent) => sent.registersOfPushServer) },
      pushes: total(({ pushes }) => pushes),
      traffic: Object.fromEntries(traffic),
    };
  }
}
