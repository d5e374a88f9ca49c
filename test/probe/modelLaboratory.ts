import { type AnyMachineSnapshot, initialTransition, transition } from 'xstate';
import type { MachineEvent } from '../../src/machines/events.ts';
import { type Contact, type Message, type Owner, ownerOf, type RegisterRequest } from '../../src/machines/messages.ts';
import type { Emitted } from '../../src/machines/observations.ts';
import { noProxiedCall } from '../../src/machines/proxyRules.ts';
import { grantedExpiresMs, type ServerProfile } from '../../src/machines/serverProfile.ts';
import { sipServerMachine } from '../../src/machines/sipServer.ts';
import type {
  Agent,
  CallSight,
  ContactWish,
  Laboratory,
  PlacedCall,
  RegisterOutcome,
  RegisterWish,
} from '../../src/probe/laboratory.ts';

/** The contacts that the model has, as the agents of the probe: neighbours belong to different owners. */
const contactsOfAgents: readonly Contact[] = ['app@wifi', 'pushServer', 'app@cellular'];
const contactOf = (agent: Agent): Contact => contactsOfAgents[agent] ?? 'app@wifi';
const agentOf = (contact: string): Agent => contactsOfAgents.indexOf(contact as Contact);

/** The probe's laboratory with the model of a server in it: the machine that the checker explores, event by event. */
export class ModelLaboratory implements Laboratory {
  readonly agents = contactsOfAgents.length;
  readonly hasOtherCaller = false;
  readonly #profile: ServerProfile;
  /** What each side has asked for last, which the model holds fixed for a whole run. */
  #askedMs: Record<Owner, number> = { app: 600_000, pushServer: 600_000 };
  #snapshot: AnyMachineSnapshot;
  /** Names of the delayed events that were armed by the last event. */
  #armed: MachineEvent[] = [];

  constructor(profile: ServerProfile) {
    this.#profile = profile;
    [this.#snapshot] = initialTransition(this.#machine());
  }

  readonly #machines = new Map<string, ReturnType<typeof sipServerMachine>>();

  #machine() {
    const key = JSON.stringify(this.#askedMs);
    const known = this.#machines.get(key);
    if (known !== undefined) return known;
    const machine = sipServerMachine({
      profile: this.#profile,
      askedExpiresMs: this.#askedMs,
      reliable: { caller: true, app: true, pushServer: true },
      natEmulation: false,
      otherDevice: false,
      outgoing: false,
      pushes: false,
    });
    this.#machines.set(key, machine);
    return machine;
  }

  /** What the machine sends on an event. */
  #send(event: MachineEvent): Message[] {
    const machine = this.#machine();
    const { value, context } = this.#snapshot;
    const [next, actions] = transition(machine, machine.resolveState({ value, context } as never), event);
    this.#snapshot = next;
    const all = actions as readonly { type: string; params: unknown }[];
    this.#armed = all.flatMap(({ type, params }) =>
      type === 'xstate.raise' ? [(params as { event: MachineEvent }).event] : [],
    );
    return all.flatMap(({ type, params }) => {
      if (type !== 'xstate.emit') return [];
      const { event: emitted } = params as { event: Emitted };
      return emitted.type === 'send' ? [emitted.message] : [];
    });
  }

  async register(wish: RegisterWish): Promise<RegisterOutcome> {
    const { contacts, sharesInstance, outdated, isRestarted } = wish;
    if (contacts === 'every') throw new Error('the model has no word for Contact: *');
    const own = contacts.find(({ agent, expiresSeconds }) => agent === wish.from || expiresSeconds > 0);
    if (own === undefined) return this.#removeOthers(wish, contacts);
    const others = contacts.filter((one) => one !== own);
    if (own.expiresSeconds > 0)
      this.#askedMs = { ...this.#askedMs, [ownerOf(contactOf(own.agent))]: own.expiresSeconds * 1_000 };
    const request: RegisterRequest = {
      type: 'REGISTER',
      contact: contactOf(own.agent),
      expires: own.expiresSeconds === 0 ? 'zero' : 'asked',
      authorization: false,
      stale: outdated !== undefined,
      callId: isRestarted ? 1 : 0,
      ...(sharesInstance && { instance: 'shared' as const }),
      ...(others.length > 0 && {
        swap: {
          removes: others.map(({ agent }) => contactOf(agent)),
          order: contacts[0] === own ? ('newFirst' as const) : ('oldFirst' as const),
        },
      }),
    };
    const first = this.#answer(request);
    if (first?.type !== 'REGISTER.401') return this.#outcome(first, own.expiresSeconds);
    const second = this.#answer({ ...request, authorization: true });
    const challenge = { realm: 'model', algorithm: 'MD5', qop: ['auth'] };
    return { ...this.#outcome(second, own.expiresSeconds), challenge };
  }

  /** In the model a REGISTER is about a contact of its sender: that comes, takes the others away, and goes. */
  async #removeOthers({ from }: RegisterWish, contacts: readonly ContactWish[]): Promise<RegisterOutcome> {
    const own = { agent: from, expiresSeconds: this.#askedMs[ownerOf(contactOf(from)) as Owner] / 1_000 };
    const outcome = await this.register({ from, contacts: [...contacts, own] });
    await this.register({ from, contacts: [{ ...own, expiresSeconds: 0 }] });
    // Whoever is not allowed to register hears so; that there is no room is not what it has asked.
    return outcome.status === 403 && this.#profile.admits === 'appOnly' ? outcome : { status: 200, reason: 'OK' };
  }

  async listed(): Promise<readonly Agent[]> {
    return (this.#snapshot.context.bindings as readonly string[]).map(agentOf);
  }

  async registerCaller(): Promise<RegisterOutcome> {
    throw new Error('in the model the caller has no account of its own');
  }

  expectRings(): void {}

  stopAsking(): void {
    throw new Error('to ask a model removes nothing');
  }

  async newcomers(): Promise<readonly string[]> {
    return [];
  }

  async pause(): Promise<void> {}

  /** The answer to a REGISTER; what else the machine sends belongs to the call that is on its way. */
  #answer(request: RegisterRequest): Message | undefined {
    const messages = this.#send(request);
    this.#duringCall(messages.filter(({ type }) => type === 'INVITE'));
    return messages.find(({ type }) => type.startsWith('REGISTER.'));
  }

  #outcome(answer: Message | undefined, askedSeconds: number): RegisterOutcome {
    switch (answer?.type) {
      case undefined:
        return { status: null, reason: '' };
      case 'REGISTER.200': {
        const grantedSeconds = grantedExpiresMs(this.#profile, askedSeconds * 1_000) / 1_000;
        return { status: 200, reason: 'OK', ...(askedSeconds > 0 && { grantedSeconds }) };
      }
      case 'REGISTER.423':
        return {
          status: 423,
          reason: 'Interval Too Brief',
          minExpiresSeconds: this.#profile.minimumExpires.ms / 1_000,
        };
      case 'REGISTER.refused':
        return { status: answer.code, reason: '', ...(answer.retryAfter && { retryAfterSeconds: 30 }) };
      default:
        throw new Error(`${answer?.type} in answer to a REGISTER`);
    }
  }

  async call(): Promise<PlacedCall> {
    const call = 1;
    const rang: Agent[] = [];
    let status: number | null = null;
    let afterMs = 5;
    const meet = (messages: readonly Message[]) => {
      for (const message of messages) {
        if (message.type === 'INVITE.failed' && message.contact === 'addressOfRecord') status = message.code;
        else if (message.type === 'INVITE.200') status = 200;
        else if (message.type === 'INVITE') {
          rang.push(agentOf(message.contact));
          meet(this.#send({ type: 'INVITE.180', call, contact: message.contact }));
        }
      }
    };
    meet(this.#send({ type: 'INVITE', call, contact: 'addressOfRecord' }));
    const expiryOfHold = this.#armed.find(({ type }) => (type as string).includes('holdTime'));
    const sight = (): CallSight => ({
      rang: [...rang],
      rangAtMs: rang.map(() => afterMs),
      isTried: true,
      isAlerted: rang.length > 0,
      status,
      afterMs,
    });
    // Branches that appear while it rings are found in what the registrations bring about.
    this.#duringCall = meet;
    return {
      whoRings: async () => sight(),
      outcome: async (withinMs): Promise<CallSight> => {
        const { withoutBinding } = this.#profile;
        if (status === null && rang.length === 0 && withoutBinding.do === 'hold' && expiryOfHold !== undefined) {
          afterMs = Math.min(withinMs, withoutBinding.ms);
          if (withoutBinding.ms <= withinMs) meet(this.#send(expiryOfHold));
        }
        return sight();
      },
      decline: () => {},
      answer: async () => {
        throw new Error('the model answers no call of the probe');
      },
      hangUp: async () => {
        this.#duringCall = () => {};
        this.#forgetCall();
      },
    };
  }

  #duringCall: (messages: readonly Message[]) => void = () => {};

  /** The next call is another one: it has a slot that is as good as new. */
  #forgetCall(): void {
    const machine = this.#machine();
    const { value, context } = this.#snapshot as { value: { up: object }; context: { calls: object } };
    const next = {
      value: { up: { ...value.up, call1: 'idle' } },
      context: { ...context, calls: { ...context.calls, 1: noProxiedCall } },
    };
    this.#snapshot = machine.resolveState(next as never);
  }
}
