import type { EnvironmentEvent } from '../machines/events.ts';
import type { Contact, Message } from '../machines/messages.ts';
import type { Dated } from '../sim/run/retimed.ts';
import type { Schedule } from '../sim/run/run.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import type { Trace } from '../sim/trace/trace.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import type { Account } from '../sip/account.ts';
import { isSipUri, parseUri } from '../sip/message/uri.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import type { Refusal } from './accountCheck.ts';
import { CalledAccount } from './calledAccount.ts';
import type { Clock } from './clock.ts';
import type { Counterpart } from './control/counterpart.ts';
import type { Divergence } from './divergence.ts';
import { registerOtherDevice, removeBindings } from './farewell.ts';
import { LiveRun } from './liveRun.ts';
import { withoutProbes } from './liveScenario.ts';
import { liveTrace } from './liveTrace.ts';
import { PushLeg } from './push/pushLeg.ts';
import type { PushStandIn } from './push/pushStandIn.ts';
import { type ForeignCalls, Session, type SessionSetup, type Unreadable } from './session.ts';
import { contactUri, ownContact } from './sipSocket.ts';
import { Wire } from './wire.ts';

/** One run of a scenario against a real server. */
export interface LiveJob {
  readonly scenario: Scenario;
  /** Decides the delays of everything but the server. */
  readonly schedule: (definition: WorldDefinition) => Schedule;
  readonly account: Account;
  readonly session: SessionSetup;
  readonly identifiers: Identifiers;
  readonly clock: Clock;
  /** Whom the user calls: needed where the scenario has him make a call. */
  readonly callee?: Account | undefined;
  /** The side that is somebody else's software, where only one is played here. */
  readonly counterpart?: Counterpart;
  /** What stands in for APNs or FCM: needed where the SIP server pushes. */
  readonly pushService?: PushStandIn | undefined;
  /** Restarts the real server, where the scenario says so. */
  readonly restartServer?: () => void;
  /** Ends the run early; what it left behind is removed all the same. */
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface LiveResult {
  readonly account: string;
  readonly trace: Trace;
  readonly divergences: readonly Divergence[];
  /** The dates of what the model comes to as well, to predict again from the delays as they happened. */
  readonly foreseen: readonly Dated[];
  /** Contacts that the server did not confirm to have removed afterwards. */
  readonly left: readonly string[];
  /** Contacts of somebody else that were registered with the account meanwhile. */
  readonly strangers: number;
  /** Calls of somebody else to the account that belonged to no run, and were answered 486. */
  readonly foreignCalls: ForeignCalls;
  /** What came and was no SIP. */
  readonly unreadable: Unreadable;
  /** How late this process was at worst for something that was due, in milliseconds. */
  readonly latenessMs: number;
  /** What the server answered where it took no REGISTER at all: nothing of such a run is a measurement. */
  readonly refusal: Refusal | null;
  /** Whether it was ended before the scenario was. */
  readonly isInterrupted: boolean;
}

const notTaken: Refusal = { status: 408, reason: 'or a refusal to the REGISTER of the other device' };

/** Whether a scenario has such a step. */
export const hasStep = ({ steps }: Scenario, type: EnvironmentEvent['type']): boolean =>
  steps.some(({ action }) => 'party' in action && action.event.type === type);

/** The sockets of a run could not be opened, so there was none. */
export class NotOpened extends Error {}

const opened = (setup: SessionSetup): Promise<Session> =>
  Session.open(setup).catch(({ message }: Error) => Promise.reject(new NotOpened(message)));

/**
 * Runs a scenario against a real server, then removes its bindings and closes its sockets, whatever happened. Rejects with
 * `NotOpened` where there are no sockets.
 */
export async function runLive(job: LiveJob): Promise<LiveResult> {
  const { account, callee, identifiers, clock, signal, counterpart, restartServer, pushService } = job;
  const scenario = withoutProbes(job.scenario);
  const definition = defineWorld(scenario);
  const session = await opened({
    ...job.session,
    natEmulation: scenario.natEmulation,
    elsewhere: scenario.elsewhere,
    otherDevice: scenario.otherDevice !== null,
    changesNetwork: hasStep(scenario, 'network.change'),
    callsOut: callee !== undefined,
  });
  try {
    const { sockets } = session;
    const { askedExpiresMs, sessionTimers, elsewhere = [] } = scenario;
    const callsFromElsewhere = elsewhere.includes('caller');
    const pushes = pushService && new PushLeg(pushService, identifiers);
    const wire = new Wire({
      ...{ account, callee, sockets, identifiers, askedExpiresMs, sessionTimers, callsFromElsewhere },
      pushParameters: pushes && ((token) => pushes.uriParameters(token)),
    });
    const called = callee && new CalledAccount(callee, sockets, identifiers, clock);
    const otherIsReady = scenario.otherDevice === null || (await registerOtherDevice(session, wire, clock));
    const calledIsReady = called === undefined || (await called.register(session));
    const isReady = otherIsReady && calledIsReady;
    const uriOf = (contact: Contact) => contactUri(account, sockets[ownContact(contact)]);
    const tellElsewhere = (message: Message) => counterpart?.tell(message, uriOf);
    const run = new LiveRun({
      definition,
      schedule: job.schedule(definition),
      wire,
      clock,
      tellElsewhere,
      restartServer,
      answerPush: pushes && ((asked, outcome) => pushes.answer(asked, outcome)),
    });
    pushes?.listen(
      (callId) => wire.callWith(callId),
      (asked) => run.pushed(asked),
    );
    counterpart?.listen(({ message, appUri }) => {
      const uri = appUri === null ? undefined : parseUri(appUri);
      if (uri !== undefined && isSipUri(uri)) sockets['app@wifi'].takes?.(uri);
      run.hear(message);
    });
    session.listen(
      (at, message) => called?.receive(at, message) || run.receive(at, message),
      (at, what) => {
        if (what === 'closed') run.closed(at);
        else run.ponged(at);
        if (what === 'closed' && at === 'callee') called?.again();
      },
    );
    const stop = () => run.stop();
    signal.addEventListener('abort', stop);
    const finished = run.finish();
    if (signal.aborted || !isReady) run.stop();
    const record = await finished;
    signal.removeEventListener('abort', stop);
    counterpart?.close();
    pushes?.close();
    const { refusal, strangers } = wire;
    const left: string[] = await removeBindings(session, wire, clock);
    if (callee !== undefined && (await called?.remove(session)) === false) left.push(callee.user);
    return {
      account: account.user,
      trace: liveTrace(scenario, record),
      divergences: record.divergences,
      foreseen: record.foreseen,
      left,
      strangers: strangers + (called?.strangers ?? 0),
      foreignCalls: session.foreignCalls,
      unreadable: session.unreadable,
      latenessMs: record.latenessMs,
      refusal: otherIsReady ? (calledIsReady ? refusal : (called?.refusal ?? null)) : notTaken,
      isInterrupted: signal.aborted,
    };
  } finally {
    await session.close();
  }
}
