import { describe, expect, test } from 'vitest';
import type { Waking } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';

/** RFC 8599 5.5 on iOS: a push that refreshes a binding, of the kind that has to be reported as a call or of another one. */

const { multi } = serverProfiles;

const driven = (party: 'app' | 'sipServer', document: Partial<ScenarioDocument> = {}, wakes: Partial<Waking> = {}) =>
  new Driven(
    resolveScenario(
      { name: 'r', title: 'R', unreportedPush: 'terminates', steps: [{ at: '1s', do: 'open' }], ...document },
      serverProfiles,
      { mode: 'sipServerPushes', server: { ...multi, digest: false, wakes: { ...multi.wakes, ...wakes } } },
    ),
    party,
  );

const ofCalls = { type: 'notification.refresh', token: 'first', asCall: true } as const;
const ofItsOwn = { type: 'notification.refresh', token: 'first' } as const;
const reported = [{ type: 'push.reported' }, { type: 'call.madeUp' }];

/** The app in the foreground, which is registered. */
function running(document: Partial<ScenarioDocument> = {}): Driven {
  const app = driven('app', document);
  app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'));
  const request = { contact: 'app@wifi', expires: 'asked', authorization: false } as const;
  app.on({ type: 'REGISTER.200', ...request, contacts: ['app@wifi'] });
  return app;
}

/** The same, suspended. */
function suspended(document: Partial<ScenarioDocument> = {}): Driven {
  const app = running(document);
  app.on({ type: 'user.home' }, elapsed('backgroundTime', 'app.running.visibility.background.quiet'));
  expect(app.is('suspended')).toBe(true);
  return app;
}

test.each<[Waking['refreshesBy'], object]>([
  ['callPush', { asCall: true }],
  ['ownPush', {}],
])('the server pushes by %s', (refreshesBy, more) => {
  const server = driven('sipServer', {}, { refreshesBy });
  server.on({
    ...{ type: 'REGISTER', contact: 'app@wifi', expires: 'asked', authorization: true, stale: false, prid: 'first' },
  });
  const { messages } = server.on({ type: 'refreshPush.due', contact: 'app@wifi' });
  expect(messages).toEqual([{ type: 'push.refresh', token: 'first', ...more }]);
});

test('the push service passes on which kind it is', () => {
  const service = new Driven(
    resolveScenario({ name: 's', title: 'S', steps: [] }, serverProfiles, { mode: 'sipServerPushes' }),
    'notificationService',
  );
  expect(service.on({ type: 'push.refresh', token: 'first', asCall: true }).messages).toEqual([ofCalls]);
});

describe('an app that reports each push as a call', () => {
  test('shows one that nobody makes, and refreshes its binding', () => {
    const { sent, shown } = running().on(ofCalls);
    expect(sent).toEqual(['REGISTER']);
    expect(shown).toEqual(expect.arrayContaining(reported));
  });

  test('does so as it is woken, after a push that comes while it is', () => {
    const app = suspended();
    app.on(ofCalls, ofCalls);
    const { sent, shown } = app.on(elapsed('resume', 'app.resuming'));
    expect(sent).toEqual(['REGISTER']);
    expect(shown.filter(({ type }) => type === 'call.madeUp')).toHaveLength(1);
  });

  test('starts for it, where it does not run', () => {
    const app = running();
    app.on({ type: 'app.kill', notice: false }, ofCalls);
    expect(app.is('launching')).toBe(true);
    app.on({ type: 'app.kill', notice: false }, { type: 'user.open' });
    expect(app.on(elapsed('coldStart', 'app.launching')).shown).not.toContainEqual({ type: 'call.madeUp' });
  });

  test('reports none of another kind', () => {
    expect(running().on(ofItsOwn)).toMatchObject({ sent: ['REGISTER'], shown: [] });
    const app = suspended();
    app.on(ofItsOwn);
    expect(app.on(elapsed('resume', 'app.resuming')).shown).not.toContainEqual({ type: 'push.reported' });
  });
});

describe('an app that reports calls only', () => {
  const callsOnly = { reportsPush: 'callsOnly' } as const;

  test('is terminated at once while it runs, and once it has registered as it is woken', () => {
    const app = running(callsOnly);
    const { sent, shown } = app.on(ofCalls);
    expect(sent).toEqual([]);
    const sleeper = suspended(callsOnly);
    sleeper.on(ofCalls);
    expect(sleeper.on(elapsed('resume', 'app.resuming')).sent).toEqual(['REGISTER']);
    expect(sleeper.is('notRunning')).toBe(true);
    expect(shown).toContainEqual({ type: 'push.unreported' });
    expect(app.is('notRunning')).toBe(true);
  });

  test('is launched once more, and then no more by such a push, for a call neither', () => {
    const app = running(callsOnly);
    app.on(ofCalls, ofCalls);
    expect(app.is('launching')).toBe(true);
    app.on(elapsed('coldStart', 'app.launching'));
    expect(app.is('notRunning')).toBe(true);
    app.on(ofCalls);
    app.on({ type: 'notification', call: 1, token: 'first' });
    expect(app.is('notRunning')).toBe(true);
    app.on(ofItsOwn);
    expect(app.is('launching')).toBe(true);
  });

  test('reports the push of a call at once', () => {
    const { shown } = running(callsOnly).on({ type: 'notification', call: 1, token: 'first' });
    expect(shown).toContainEqual({ type: 'push.reported' });
  });

  test('is told by no other kind of push what it has to report', () => {
    const app = running(callsOnly);
    app.on(ofItsOwn);
    expect(app.is('running')).toBe(true);
  });
});
