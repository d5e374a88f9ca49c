import type {
  Agent,
  CallSight,
  Laboratory,
  PlacedCall,
  RegisterOutcome,
  RegisterWish,
  RingTiming,
} from '../../src/probe/laboratory.ts';
import { requestOf } from '../../src/probe/request.ts';
import { contactExpires, contactsOf } from '../../src/sip/message/headers.ts';
import type { SipResponse } from '../../src/sip/message/message.ts';
import { isSipUri } from '../../src/sip/message/uri.ts';
import { calledOf, ScriptedFork } from '../support/programs/scriptedFork.ts';
import { ScriptedRegistrar } from '../support/programs/scriptedRegistrar.ts';
import type { ServerPolicy } from '../support/programs/scriptedServer.ts';

/** How long a request takes, and how long the wire takes to a phone, in milliseconds. */
const requestMs = 100;
const ringMs = 5;

/** A clock that goes on when somebody waits, and what is to happen. */
class Timeline {
  nowMs = 0;
  #pending: { readonly atMs: number; readonly run: () => void }[] = [];

  after(ms: number, run: () => void): () => void {
    const one = { atMs: this.nowMs + ms, run };
    this.#pending.push(one);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== one);
    };
  }

  /** Goes on to the next thing that happens by then; whether there was one. */
  step(untilMs: number): boolean {
    const [next] = [...this.#pending].sort((one, other) => one.atMs - other.atMs);
    if (next === undefined || next.atMs > untilMs) {
      this.nowMs = Math.max(this.nowMs, untilMs);
      return false;
    }
    this.#pending = this.#pending.filter((one) => one !== next);
    this.nowMs = Math.max(this.nowMs, next.atMs);
    next.run();
    return true;
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.step(untilMs)) {}
  }
}

/** A generator of numbers from 0 to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const portOf = (agent: Agent): number => 20_000 + agent;

/** The probe's laboratory with a scripted server in it, without a wire and in no time: for many servers. */
export class ScriptedLaboratory implements Laboratory {
  readonly agents = 23;
  readonly hasOtherCaller = false;
  readonly registrar: ScriptedRegistrar;
  readonly #policy: ServerPolicy;
  readonly #timeline = new Timeline();
  readonly #random: () => number;
  #timing: RingTiming = { firstMs: 2_000, nextMs: 200 };
  #calls = 0;
  #asks = true;
  readonly #numbers = new Map<string, number>();

  constructor(policy: ServerPolicy, seed = 1) {
    this.#policy = policy;
    this.#random = randomFrom(seed);
    const now = () => this.#timeline.nowMs;
    this.registrar = new ScriptedRegistrar(policy, { now, random: this.#random });
  }

  /** Milliseconds that have gone by. */
  get nowMs(): number {
    return this.#timeline.nowMs;
  }

  /** Four numbers for each REGISTER, as the user agents of the probe take them. */
  #sequence(from: Agent, outdated: RegisterWish['outdated']): number {
    const last = this.#numbers.get(`${from}`) ?? 1;
    if (outdated !== undefined) return last - 4 + (outdated === 'skipped' ? 2 : 0);
    this.#numbers.set(`${from}`, last + 4);
    return last + 4;
  }

  async register({ from, contacts, sharesInstance, outdated, isRestarted }: RegisterWish): Promise<RegisterOutcome> {
    this.#timeline.pass(requestMs);
    const instance = sharesInstance ? ';+sip.instance="<urn:uuid:1>";reg-id=1' : '';
    const values =
      contacts === 'every'
        ? ['*']
        : contacts.map(
            ({ agent, expiresSeconds }) => `<sip:x@127.0.0.1:${portOf(agent)}>;expires=${expiresSeconds}${instance}`,
          );
    const request = requestOf({
      method: 'REGISTER',
      uri: 'sip:127.0.0.1',
      from: '<sip:alice@127.0.0.1>;tag=1',
      to: '<sip:alice@127.0.0.1>',
      callId: `${from} ${isRestarted ?? false}`,
      sequence: this.#sequence(from, outdated),
      headers: [
        ...values.map((value) => ({ name: 'Contact', value })),
        ...(contacts === 'every' ? [{ name: 'Expires', value: '0' }] : []),
      ],
    });
    const answered = this.registrar.register(request);
    if (answered === null) return { status: null, reason: '' };
    const response = { ...request, kind: 'response', reason: '', ...answered } as unknown as SipResponse;
    const listed = contactsOf(response);
    const own = listed === '*' ? undefined : listed.find(({ uri }) => isSipUri(uri) && uri.port === portOf(from));
    const grantedSeconds = own && contactExpires(response, own);
    return { status: answered.status, reason: '', ...(grantedSeconds !== undefined && { grantedSeconds }) };
  }

  stopAsking(): void {
    this.#asks = false;
  }

  async listed(asking: Agent): Promise<readonly Agent[] | null> {
    if (!this.#asks) return null;
    await this.register({ from: asking, contacts: [] });
    return this.#policy.lists === undefined || this.#policy.lists === 'all' ? this.bound : [];
  }

  /** Whom the server has bound. */
  get bound(): readonly Agent[] {
    return this.registrar.of('alice').map(({ contact: { uri } }) => (isSipUri(uri) ? (uri.port ?? 0) - portOf(0) : -1));
  }

  async registerCaller(): Promise<RegisterOutcome> {
    throw new Error('the account calls itself');
  }

  expectRings(slowestMs: number): void {
    this.#timing = { firstMs: 2 * slowestMs + 300, nextMs: 200 };
  }

  async newcomers(): Promise<readonly string[]> {
    await this.listed(0);
    return [];
  }

  async pause(ms: number): Promise<void> {
    this.#timeline.pass(ms);
  }

  async call(): Promise<PlacedCall> {
    this.#timeline.pass(requestMs);
    const { fork, withoutBinding = 480, busyCallsEvery } = this.#policy;
    const isBusy = busyCallsEvery !== undefined && ++this.#calls % busyCallsEvery === 0;
    const bindings = this.registrar.of('alice');
    const at = (port: number | undefined): Agent => (port ?? 0) - portOf(0);
    const call = new VirtualCall(this.#timeline, this.#timing);
    const branches = new ScriptedFork(calledOf(fork, bindings, this.#random), fork, {
      branch: ({ contact: { uri } }) => {
        if (isSipUri(uri)) this.#timeline.after(ringMs, () => call.ring(at(uri.port)));
      },
      fail: (status) => call.end(status),
      after: (ms, run) => this.#timeline.after(ms, run),
    });
    call.fork = branches;
    if (isBusy) call.end(503);
    else if (bindings.length > 0) branches.begin();
    else if (withoutBinding === 0) call.isTried = false;
    else this.#timeline.after(ringMs, () => call.end(withoutBinding));
    return call;
  }
}

/** A call in virtual time. */
class VirtualCall implements PlacedCall {
  fork: ScriptedFork | undefined;
  isTried = true;
  readonly #timeline: Timeline;
  readonly #timing: RingTiming;
  readonly #placedMs: number;
  readonly #rang: Agent[] = [];
  readonly #atMs: number[] = [];
  #ringing = 0;
  #status: number | null = null;
  #endedMs: number | undefined;

  constructor(timeline: Timeline, timing: RingTiming) {
    this.#timeline = timeline;
    this.#timing = timing;
    this.#placedMs = timeline.nowMs;
  }

  ring(agent: Agent): void {
    if (this.#endedMs !== undefined) return;
    this.#ringing++;
    if (this.#rang.includes(agent)) return;
    this.#rang.push(agent);
    this.#atMs.push(this.#timeline.nowMs);
  }

  end(status: number): void {
    this.#status = status;
    this.#endedMs = this.#timeline.nowMs;
    this.fork?.stop();
  }

  #sight(): CallSight {
    return {
      rang: [...this.#rang],
      rangAtMs: this.#atMs.map((atMs) => atMs - this.#placedMs),
      isTried: this.isTried,
      isAlerted: this.#rang.length > 0,
      status: this.#status,
      afterMs: (this.#endedMs ?? this.#timeline.nowMs) - this.#placedMs,
    };
  }

  /** Waits until that moment, which may move whenever something happens. */
  #waitUntil(momentMs: () => number): CallSight {
    while (this.#endedMs === undefined && this.#timeline.nowMs < momentMs()) this.#timeline.step(momentMs());
    return this.#sight();
  }

  async whoRings(expected: readonly Agent[] = []): Promise<CallSight> {
    const { firstMs, nextMs } = this.#timing;
    const beganMs = this.#timeline.nowMs;
    const had = this.#rang.length;
    return this.#waitUntil(() => {
      const isMissing = expected.some((agent) => !this.#rang.includes(agent));
      const hasNews = this.#rang.length > had;
      const quietMs = (hasNews ? Math.max(beganMs, this.#atMs.at(-1) ?? 0) : beganMs) + nextMs;
      const isClear = (expected.length > 0 && !isMissing) || (hasNews && !isMissing);
      return isClear ? quietMs : Math.max(quietMs, beganMs + firstMs);
    });
  }

  async outcome(withinMs: number, expected: readonly Agent[] = []): Promise<CallSight> {
    return this.#waitUntil(() => {
      const isThere =
        expected.length === 0 ? this.#rang.length > 0 : expected.every((agent) => this.#rang.includes(agent));
      return isThere ? this.#timeline.nowMs : this.#placedMs + withinMs;
    });
  }

  decline(): void {
    const ringing = this.#ringing;
    this.#ringing = 0;
    for (let count = 0; count < ringing; count++) this.fork?.failed(480);
  }

  async answer(): Promise<never> {
    throw new Error('nobody answers');
  }

  async hangUp(): Promise<void> {
    this.end(487);
  }
}
