import { ForwardingLaboratory } from './forwardingLaboratory.ts';
import {
  type Agent,
  agentName,
  type CallSight,
  type ContactWish,
  type PlacedCall,
  type RegisterOutcome,
  type RegisterWish,
} from './laboratory.ts';

/** What was sent and what came back, as the evidence of a finding. */
export interface Exchange {
  readonly sent: string;
  readonly back: string;
}

/** Agents in words: `A`, `A and B`, `nobody`. */
export function agentNames(agents: readonly Agent[]): string {
  const names = agents.map(agentName);
  if (names.length === 0) return 'nobody';
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ');
}

/** A wish for one's own contact needs no name. */
function wishText(from: Agent, { agent, expiresSeconds }: ContactWish): string {
  const name = agent === from ? '' : ` ${agentName(agent)}`;
  return expiresSeconds === 0 ? `un-REGISTER${name}` : `REGISTER${name} for ${expiresSeconds} s`;
}

function sentText({ from, contacts, sharesInstance, outdated, isRestarted }: RegisterWish): string {
  const remarks = [
    ...(sharesInstance ? ['with the shared instance-id'] : []),
    ...(outdated === undefined ? [] : [`with an outdated CSeq that was ${outdated}`]),
    ...(isRestarted ? ['with a new Call-ID'] : []),
  ];
  const wishes =
    contacts === 'every' ? 'un-REGISTER Contact: *' : contacts.map((wish) => wishText(from, wish)).join(' and ');
  return `${agentName(from)}: ${[wishes, ...remarks].join(' ')}`;
}

function outcomeText({ status, reason, ...more }: RegisterOutcome): string {
  if (status === null) return 'no answer';
  const remarks = [
    ...(more.grantedSeconds === undefined || status >= 300 ? [] : [`granted ${more.grantedSeconds} s`]),
    ...(more.minExpiresSeconds === undefined ? [] : [`Min-Expires: ${more.minExpiresSeconds}`]),
    ...(more.retryAfterSeconds === undefined ? [] : [`Retry-After: ${more.retryAfterSeconds}`]),
  ];
  return [status === 200 ? '200' : `${status} ${reason}`.trim(), ...remarks].join(', ');
}

function sightText({ rang, status, isAlerted }: CallSight): string {
  const ringing = rang.length === 1 ? `${agentNames(rang)} rings` : `${agentNames(rang)} ring`;
  if (rang.length > 0) return status === null ? ringing : `${ringing}, then ${status}`;
  const sound = isAlerted ? ', though the caller hears ringing' : '';
  return `nobody rings${sound}, ${status ?? 'no final answer'}`;
}

/** A laboratory that writes down what is done in it. */
export class Transcript extends ForwardingLaboratory {
  #exchanges: Exchange[] = [];

  /** What has been written since it was last asked. */
  take(): readonly Exchange[] {
    const taken = this.#exchanges;
    this.#exchanges = [];
    return taken;
  }

  override async register(wish: RegisterWish): Promise<RegisterOutcome> {
    const outcome = await this.behind.register(wish);
    this.#exchanges.push({ sent: sentText(wish), back: outcomeText(outcome) });
    return outcome;
  }

  override async registerCaller(): Promise<RegisterOutcome> {
    const outcome = await this.behind.registerCaller();
    this.#exchanges.push({ sent: 'caller: REGISTER', back: outcomeText(outcome) });
    return outcome;
  }

  override async listed(asking: Agent): Promise<readonly Agent[] | null> {
    const listed = await this.behind.listed(asking);
    const back = listed === null ? 'no list' : `lists ${agentNames(listed)}`;
    this.#exchanges.push({ sent: `${agentName(asking)}: REGISTER that only asks`, back });
    return listed;
  }

  override async call(): Promise<PlacedCall> {
    const call = await this.behind.call();
    const noting = async (sight: CallSight) => {
      this.#exchanges.push({ sent: 'INVITE', back: sightText(sight) });
      return sight;
    };
    return {
      whoRings: async (expected) => noting(await call.whoRings(expected)),
      outcome: async (withinMs, expected) => noting(await call.outcome(withinMs, expected)),
      decline: () => call.decline(),
      answer: (agent) => call.answer(agent),
      hangUp: () => call.hangUp(),
    };
  }
}
