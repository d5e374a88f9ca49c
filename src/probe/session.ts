import type { Account } from '../sip/account.ts';
import type { SipResponse } from '../sip/message/message.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import { controlRequests } from './control.ts';
import type { Finding } from './experiment.ts';
import type { RingTiming } from './laboratory.ts';
import { unsentText } from './openSipStack.ts';
import { Pace, PacedSipStack } from './pacedStack.ts';
import {
  type Allowances,
  experimentsAfter,
  experimentsBefore,
  type ProbeOptions,
  probe,
  timesAtMost,
} from './probe.ts';
import { ProbeFailure } from './probeFailure.ts';
import { type Left, SipLaboratory } from './sipLaboratory.ts';
import type { SipStack } from './sipStack.ts';

/** How long cleaning up may take, in milliseconds; an answer that was waited for then comes on top. */
export const cleanUpMs = 45_000;

/** How many user agents register: one more than the bindings that are tried. */
export const agentCount = 23;

export interface SessionOptions extends ProbeOptions {
  readonly account: Account;
  /** Who calls: another account of the user's, or the account itself. */
  readonly caller: Account;
  /** What is dialled to reach the account. */
  readonly callee: string;
  /** How long a ring is waited for until it has been measured. */
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
export interface SessionReport extends Left {
  readonly findings: readonly Finding[];
  /** Requests sent, the clean-up included. */
  readonly requests: number;
  /** Why it did not come to its end. */
  readonly failure: ProbeFailure | null;
}

/** Requests that a probe sends at most: each may be asked for credentials, and some look at what is there. */
export const requestsBound = (options: Allowances): number => {
  const requests = [...experimentsBefore, ...experimentsAfter(options)].map((one) => one.requests(agentCount) + 3);
  return 2 * (20 + controlRequests + timesAtMost * requests.reduce((sum, count) => sum + count, 0));
};

/** Why a REGISTER has no answer, as far as the stack knows. */
function whyUnanswered({ nonsense, unsent, closed, transport }: SipStack, answerMs: number): string {
  if (unsent !== undefined) return unsentText({ transport }, unsent);
  const what = nonsense === undefined ? '' : `; what came back is not SIP (${nonsense})`;
  if (closed !== undefined && nonsense === undefined) return `${closed}, without an answer to a REGISTER`;
  return `the server did not answer a REGISTER within ${answerMs / 1_000} s${what}`;
}

/** The answer to a REGISTER without Contact: who is registered. Throws a ProbeFailure where there is no going on. */
async function look(lab: SipLaboratory, stack: SipStack, { account: { user }, answerMs }: SessionOptions) {
  const { response } = await lab.others.look();
  if (response === null) throw new ProbeFailure('unreachable', whyUnanswered(stack, answerMs));
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
async function makeRoom(lab: SipLaboratory, response: SipResponse): Promise<void> {
  const [contact] = await lab.others.removeListed(response);
  if (contact === undefined) return;
  throw new ProbeFailure('refused', `${contact} is registered and cannot be removed by name; un-register it first`);
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
  const pace = new Pace({ ...options, cleanUpMs, requests: requestsBound(options) });
  const limited = stacks.map((stack) => new PacedSipStack(stack, pace));
  const [callerStack] = limited.slice(-1);
  const [firstStack, ...more] = limited.slice(0, -1);
  if (callerStack === undefined || firstStack === undefined) throw new Error('a probe needs stacks');
  const run = randomIdentifiers.tag().slice(0, 6).toLowerCase();
  const lab = new SipLaboratory({ ...options, agentStacks: [firstStack, ...more], callerStack, run });
  const findings: Finding[] = [];
  let failure: ProbeFailure | null = null;
  let hasAnswered = false;
  try {
    const found = await look(lab, firstStack, options);
    hasAnswered = true;
    await makeRoom(lab, found);
    for await (const finding of probe(lab, options)) {
      findings.push(finding);
      tell(finding);
    }
  } catch (error) {
    failure = asFailure(error);
  }
  pace.cleanUp();
  const nothing: Left = { leftBehind: [], restorations: [], strangers: [], doubts: [] };
  const left = hasAnswered ? await lab.leave() : nothing;
  return { findings, ...left, requests: pace.sent, failure };
}
