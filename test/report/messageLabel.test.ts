import { expect, test } from 'vitest';
import { ladderModel } from '../../src/sim/report/ladderModel.ts';
import { messageLabel, type TracedEvent } from '../../src/sim/report/messageLabel.ts';
import { timerLabel } from '../../src/sim/report/timerLabel.ts';
import { bundledRuns } from './support.ts';

const register = {
  type: 'REGISTER',
  contact: 'pushServer',
  expires: 'asked',
  authorization: false,
  stale: false,
} as const;
const call = { call: 2, contact: 'addressOfRecord' } as const;

test.each<[string, TracedEvent]>([
  ['REGISTER', register],
  ['REGISTER +auth', { ...register, authorization: true }],
  ['REGISTER Expires: 0', { ...register, expires: 'zero' }],
  ['REGISTER Expires: raised +auth (old CSeq)', { ...register, expires: 'minimum', authorization: true, stale: true }],
  [
    'REGISTER new, old;expires=0 +auth',
    { ...register, authorization: true, swap: { removes: ['app@wifi'], order: 'newFirst' } },
  ],
  [
    'REGISTER 2 old;expires=0, new',
    { ...register, swap: { removes: ['app@wifi', 'app@cellular'], order: 'oldFirst' } },
  ],
  ['REGISTER Expires: 0 +instance', { ...register, expires: 'zero', instance: 'shared' }],
  ['401', { ...register, type: 'REGISTER.401', stale: false }],
  ['401 stale', { ...register, type: 'REGISTER.401', stale: true }],
  ['423 Interval Too Brief', { ...register, type: 'REGISTER.423' }],
  ['200 OK 0 contacts', { ...register, type: 'REGISTER.200', contacts: [] }],
  ['200 OK 2 contacts', { ...register, type: 'REGISTER.200', contacts: ['app@wifi', 'pushServer'] }],
  ['503 Retry-After', { ...register, type: 'REGISTER.refused', code: 503, retryAfter: true }],
  ['403 Forbidden', { ...register, type: 'REGISTER.refused', code: 403, retryAfter: false }],
  ['INVITE call 2', { type: 'INVITE', ...call }],
  ['100 Trying', { type: 'INVITE.100', ...call }],
  ['180 Ringing', { type: 'INVITE.180', ...call }],
  ['480 Unavailable', { type: 'INVITE.failed', code: 480, ...call }],
  ['486 Busy', { type: 'INVITE.failed', code: 486, ...call }],
  ['487 Terminated', { type: 'INVITE.failed', code: 487, ...call }],
  ['603 Decline', { type: 'INVITE.failed', code: 603, ...call }],
  ['CANCEL call 2', { type: 'CANCEL', ...call }],
  ['200 OK CANCEL', { type: 'CANCEL.200', ...call }],
  ['ACK', { type: 'ACK', ...call }],
  ['BYE', { type: 'BYE', ...call }],
  ['POST /background', { type: 'control.background', turn: 0 }],
  ['taken over', { type: 'control.takenOver', turn: 0 }],
  ['push call 2', { type: 'push', call: 2, token: 'first' }],
  ['183 to INVITE (outgoing)', { type: 'outgoing.unexplained', from: 'pushServer', what: '183 to INVITE' }],
  ['VoIP push call 2', { type: 'notification', call: 2, token: 'first' }],
  ['user goes home', { type: 'user.home' }],
  ['dials call 2', { type: 'call.dial', call: 2 }],
])('%s', (label, event) => {
  expect(messageLabel(event)).toBe(label);
});

test.each([
  ['coldStart.app.launching', 'app runs'],
  ['backgroundTime.app.running.visibility.background.quiet', 'OS suspends the app'],
  ['refreshInterval.pushServer.up.registration.registered', 'refresh due'],
  ['patience.caller.call1.dialling', 'gives up'],
  ['userReaction.app.running.calls.call2.ringing', 'user reacts to call 2'],
  ['4T1.sipServer.up.call1.proceeding.third', 'retransmission (4T1)'],
  ['64T1.app.running.registration.registering', 'REGISTER timed out (Timer F)'],
  ['64T1.app.running.registration.unregistering', 'un-REGISTER timed out (Timer F)'],
  ['64T1.caller.call1.dialling.inviting', 'INVITE timed out (Timer B)'],
])('timer %s: %s', (timer, label) => {
  expect(timerLabel({ type: `xstate.after.${timer}` } as unknown as TracedEvent)).toBe(label);
});

test('no row of a bundled run shows the name of an event or of a delay', () => {
  for (const trace of bundledRuns()) {
    for (const row of ladderModel(trace, { all: true }).rows) {
      if (row.kind === 'message' || row.kind === 'note')
        expect(row.label).not.toMatch(/xstate|[a-z]\.[a-z]|[a-z]{2}[A-Z]/);
    }
  }
});
