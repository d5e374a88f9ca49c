import type { Account } from '../sip/account.ts';
import type { SipResponse } from '../sip/message/message.ts';
import { uriText } from '../sip/message/uri.ts';
import type { Finding } from './experiment.ts';
import { type FoundBinding, foundBindings, type Restoration, remove, restore } from './foundBindings.ts';
import { type Agent, agentName } from './laboratory.ts';
import type { RingTiming } from './outgoingCall.ts';
import { experimentsFor, type ProbeOptions, probe } from './probe.ts';
import { ProbeFailure } from './probeFailure.ts';
import { Pace, PacedSipStack, SipLaboratory } from './sipLaboratory.ts';
import type { SipStack } from './sipStack.ts';

/** How long cleaning up may take, in milliseconds; an answer that was waited for then comes on top. */
export const cleanUpMs = 30_000;

/** How many user agents register: one more than the bindings that are tried. */
export const agentCount = 6;

export interface SessionOptions extends ProbeOptions {
  readonly account: Account;
  /** Who calls: another account of the user's, or the account itself. */
  readonly caller: Account;
  readonly timing: RingTiming;
  /** The shortest time between two requests, in milliseconds. */
  readonly intervalMs: number;
  /** How long an answer to a REGISTER is waited for, in milliseconds. */
  readonly answerMs: number;
  /** Ends the probe early: it then cleans up. */
  readonly signal: AbortSignal;
  readonly instanceId: string;
}

/** What came of a probe. */
export interface SessionReport {
  readonly findings: readonly Finding[];
  /** What became of each binding that was there before. */
  readonly restorations: readonly Restoration[];
  /** Contacts of the probe whose removal the server has not confirmed. */
  readonly leftBehind: readonly string[];
  /** Contacts that somebody else has registered meanwhile: they may have rung in the place of the probe's. */
  readonly strangers: readonly string[];
  /** Requests sent, the clean-up included. */
  readonly requests: number;
  /** Why it did not come to its end. */
  readonly failure: ProbeFailure | null;
}

/** Requests that a probe sends at most: each may be asked for credentials, and some look at what is there. */
export const requestsBound = (options: Pick<ProbeOptions, 'allowsRemoveAll'>): number =>
  2 * (20 + experimentsFor(options).reduce((sum, { requests }) => sum + requests(agentCount), 0));

/** The answer to a REGISTER without Contact: who is registered. Throws a ProbeFailure where there is no going on. */
async function look(lab: SipLaboratory, { user }: Account, answerMs: number): Promise<SipResponse> {
  const userAgent = lab.userAgents[0];
  if (userAgent === undefined) throw new Error('a laboratory without user agents');
  const { response } = await userAgent.register([]);
  if (response === null) {
    const { nonsense } = userAgent.stack;
    const what = nonsense === undefined ? '' : `; what came back is not SIP (${nonsense})`;
    throw new ProbeFailure('unreachable', `the server did not answer a REGISTER within ${answerMs / 1_000} s${what}`);
  }
  // ejabberd answers 404 where nobody is registered.
  if (response.status === 200 || response.status === 404) return response;
  const answer = `${response.status} ${response.reason}`;
  throw new ProbeFailure('refused', `the server does not let ${user} register: ${answer}`);
}

function asFailure(error: unknown): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  // What the signal was given as its reason comes wrapped from timers.
  const { cause } = error as { cause?: unknown };
  if (cause instanceof ProbeFailure) return cause;
  const { name } = error as Error;
  if (name === 'AbortError' || name === 'TimeoutError')
    return new ProbeFailure('stopped', 'the time for the probe is up');
  throw error;
}

/** Takes away what was there before. Throws a ProbeFailure where the server does not let it. */
async function makeRoom(lab: SipLaboratory, found: readonly FoundBinding[], removed: FoundBinding[]): Promise<void> {
  for (const binding of found) {
    const [userAgent] = lab.userAgents;
    // It may be gone even if the answer says nothing: it is restored in any case.
    removed.push(binding);
    if (userAgent === undefined || (await remove(userAgent, binding))) continue;
    const contact = uriText(binding.contact.uri);
    throw new ProbeFailure('refused', `${contact} is registered and cannot be removed by name; un-register it first`);
  }
}

/**
 * Probes a server from these stacks, the last of which calls. Whatever happens, it then removes its own bindings and
 * restores those that it had taken away; it closes no stack. Findings are told as they are made.
 */
export async function runSession(
  stacks: readonly SipStack[],
  options: SessionOptions,
  tell: (finding: Finding) => void,
): Promise<SessionReport> {
  const { account, caller, timing, signal, instanceId } = options;
  const pace = new Pace({ ...options, cleanUpMs, requests: requestsBound(options) });
  const limited = stacks.map((stack) => new PacedSipStack(stack, pace));
  const [callerStack] = limited.slice(-1);
  if (callerStack === undefined) throw new Error('a probe needs stacks');
  const agentStacks = limited.slice(0, -1);
  const lab = new SipLaboratory({ account, caller, agentStacks, callerStack, timing, signal, instanceId });
  const findings: Finding[] = [];
  const removed: FoundBinding[] = [];
  let failure: ProbeFailure | null = null;
  let hasAnswered = false;
  try {
    const found = foundBindings(await look(lab, account, options.answerMs));
    hasAnswered = true;
    await makeRoom(lab, found, removed);
    for await (const finding of probe(lab, options)) {
      findings.push(finding);
      tell(finding);
    }
  } catch (error) {
    failure = asFailure(error);
  }
  pace.cleanUp();
  const ended = hasAnswered ? await leave(lab, removed) : { leftBehind: [], restorations: [], strangers: [] };
  return { findings, ...ended, requests: pace.sent, failure };
}

/** Leaves the account as it was found, as far as SIP permits. */
async function leave(lab: SipLaboratory, removed: readonly FoundBinding[]) {
  const nameOf = (agent: Agent) => lab.userAgents[agent]?.contactUri ?? agentName(agent);
  const leftBehind = (await lab.cleanUp()).map(nameOf);
  const [userAgent] = lab.userAgents;
  const restorations: Restoration[] = [];
  if (userAgent === undefined) return { leftBehind, restorations, strangers: [] };
  const { response } = await userAgent.register([]).catch(() => ({ response: null }));
  const strangers = response === null ? [] : foundBindings(response).map(({ contact }) => uriText(contact.uri));
  for (const binding of removed) {
    restorations.push(
      await restore(userAgent, binding).catch((error: Error) => ({
        contact: uriText(binding.contact.uri),
        isRestored: false,
        says: `not restored (${error.message}): its owner has to register again`,
      })),
    );
  }
  return {
    leftBehind,
    restorations,
    strangers: strangers.filter((one) => !removed.some(({ contact }) => uriText(contact.uri) === one)),
  };
}
