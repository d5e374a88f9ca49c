import { describe, expect, test } from 'vitest';
import { complaints as complaintsAbout } from '../support/complaints.ts';

const open = '  - { at: 1s, do: open }\n';
const call = `${open}  - { at: 10s, do: dial, call: 1 }\n`;
const secondCall = `${call}  - { at: 11s, do: dial, call: 2 }\n`;
const moving = `${call}  - { at: 20s, do: changeNetwork }\n`;
const overTls = 'links: { appSip: { transport: tls }, pushServerSip: { transport: tls } }\n';

/** What is said about a file whose third line is that one; empty where nothing is. */
const complaints = (line: string, steps: string): string =>
  complaintsAbout(`name: x\ntitle: X\n${line}steps:\n${steps}`);

describe('a key that can say nothing is refused with its line, and taken where it says something', () => {
  test.each<[line: string, without: string, found: RegExp, withIt: string, more?: string]>([
    ['user: doNotDisturb\n', open, /3: found user without a call; expected a step that dials one$/, call],
    ['user: ignores\n', open, /3: found user without a call/, call],
    ['user: declines\n', open, /3: found user without a call/, call],
    [
      'declinesWith: 486\n',
      call,
      /3: found declinesWith with a user who does not decline; expected `user: declines`$/,
      call,
      'user: declines\n',
    ],
    ['declinesWith: 603\n', open, /3: found declinesWith without a call/, call, 'user: declines\n'],
    [
      'callWaiting: false\n',
      call,
      /3: found callWaiting without a second call; expected two steps that dial$/,
      secondCall,
    ],
    ['endsCall: user\n', open, /3: found endsCall without a call/, call],
    ['followsNetwork: false\n', call, /3: found followsNetwork without a change of network/, moving],
    ['followsNetwork: false\n', open, /3: found followsNetwork without a call/, moving],
    ['sessionTimers: { interval: 90s }\n', open, /3: found sessionTimers without a call/, call],
    ['limits: { endsAgree: 90s }\n', open, /3: found limits\.endsAgree without a call/, call],
    ['limits: { connect: 5s }\n', open, /3: found limits\.connect without a call/, call],
    ['limits: { ringStop: 5s }\n', open, /3: found limits\.ringStop without a call/, call],
    [
      'limits: { logout: 5s }\n',
      open,
      /3: found limits\.logout without a log-out/,
      `${open}  - { at: 2s, do: logOut }\n`,
    ],
    ['noticesNetwork: false\n', call, /3: found noticesNetwork without a change of network/, moving, overTls],
    [
      'noticesNetwork: false\n',
      moving,
      /3: found noticesNetwork over udp; expected `transport: tcp` or `tls` for links\.appSip/,
      moving,
      overTls,
    ],
    ['keepAlive: { app: true }\n', open, /3: found keepAlive\.app over udp; .* links\.appSip/, open, overTls],
    [
      'keepAlive: { pushServer: true }\n',
      open,
      /3: found keepAlive\.pushServer over udp; .* links\.pushServerSip/,
      open,
      overTls,
    ],
    ['expect: { multi: { standard: [callSurvives] } }\n', open, /3: found callSurvives without a call/, call],
    [
      'expect: { multi: { continuous: [cleanLogout] } }\n',
      open,
      /3: found cleanLogout without a log-out/,
      `${open}  - { at: 2s, do: logOut }\n`,
    ],
    [
      'expect: { multi: { standard: [ringbackIsTrue] } }\n',
      call,
      /3: found ringbackIsTrue, which is not judged there/,
      call,
      'autoSend180: true\n',
    ],
  ])('%s', (line, without, found, withIt, more = '') => {
    expect(complaints(line, without)).toMatch(found);
    expect(complaints(line + more, withIt)).toBe('');
  });

  test.each(['declines', 'ignores', 'doNotDisturb'])('what needs an answer, with a user who says %s', (user) => {
    const said = (line: string) => complaints(`user: ${user}\n${line}`, moving);
    for (const line of [
      'endsCall: user\n',
      'followsNetwork: false\n',
      'sessionTimers: {}\n',
      'limits: { connect: 5s }\n',
      'limits: { endsAgree: 5s }\n',
    ])
      expect(said(line)).toMatch(/4: found .* with a user who does not answer; expected `user: answers`$/);
  });

  test('a second call that do-not-disturb refuses anyway', () => {
    expect(complaints('user: doNotDisturb\ncallWaiting: false\n', secondCall)).toMatch(
      /4: found callWaiting with `user: doNotDisturb`, to which every call is busy; expected another `user`$/,
    );
  });

  test('a default that is said all the same contradicts nothing', () => {
    const line = 'user: answers\ncallWaiting: true\nendsCall: caller\nfollowsNetwork: true\nnoticesNetwork: true\n';
    expect(complaints(`${line}keepAlive: { app: false, pushServer: false }\nnatEmulation: false\n`, open)).toBe('');
  });
});

describe('without a push server', () => {
  test.each([
    'natEmulation: true',
    'autoSend180: true',
    'repeatsPush: true',
    'delivery: byRefork',
    'replacesToken: false',
    'unreportedPush: terminates',
    'reportsPush: withInvite',
    'expires: { pushServer: 300s }',
    'refresh: { pushServer: atInterval }',
    'timing: { pushServer: { giveUp: 5s } }',
  ])('%s', (line) => {
    expect(complaints(`${line}\npushEnabled: false\n`, call)).toMatch(
      /3: found .* with `pushEnabled: false`; expected a push server/,
    );
    expect(complaints(`${line}\n`, call)).toBe('');
  });

  test('nobody is reached over its links, and no message of its can be lost', () => {
    const cut = `${open}  - { at: 5s, do: cut, link: control }\n`;
    expect(complaints('pushEnabled: false\n', cut)).toMatch(/6: found cut of control with `pushEnabled: false`/);
    expect(complaints('', cut)).toBe('');
    const cutOfApp = `${open}  - { at: 5s, do: cut, link: appSip }\n`;
    expect(complaints('pushEnabled: false\n', cutOfApp)).toBe('');
    for (const fault of ['message: notification', 'message: REGISTER, from: pushServer']) {
      const line = `faults: [{ do: lose, ${fault} }]\n`;
      expect(complaints(`${line}pushEnabled: false\n`, call)).toMatch(/3: found a fault of the push server/);
      expect(complaints(line, call)).toBe('');
    }
    expect(complaints('faults: [{ do: lose, message: REGISTER }]\npushEnabled: false\n', call)).toBe('');
  });
});

test('a password that is changed twice, where the model knows two', () => {
  const change = '  - { at: 20s, do: changePassword }\n';
  expect(complaints('', open + change)).toBe('');
  expect(complaints('', open + change + change)).toMatch(/6: found a second `changePassword`; expected one change/);
});

test('a session interval that every server refuses (RFC 4028 5)', () => {
  expect(complaints('sessionTimers: { interval: 60s }\n', call)).toMatch(/3: found "60s" .*expected at least 90s/);
  expect(complaints('sessionTimers: { interval: 90s }\n', call)).toBe('');
});

test('a mitigation that leads to a contradiction', () => {
  const mitigation = 'endsCall: user\nmitigation: { says: Rest, change: { user: ignores } }\n';
  expect(complaints(mitigation, call)).toMatch(/^x\.yaml:4: found endsCall with a user who does not answer/);
  expect(complaints('mitigation: { says: Rest, change: { user: ignores } }\n', call)).toBe('');
});

describe('a fault of a message that nobody sends is refused', () => {
  const losing = (message: string, more = '') => `faults: [{ do: lose, message: ${message} }]\n${more}`;
  test.each<[message: string, without: string, found: RegExp, withIt: string, more?: string]>([
    ['BYE', open, /3: found lose of BYE without a call; expected a step that dials one$/, call],
    ['reINVITE.200', call, /3: found lose of reINVITE\.200 without a change of network/, moving],
    ['UPDATE', call, /3: found lose of UPDATE without session timers; .*`sessionTimers`$/, call, 'sessionTimers: {}\n'],
    [
      'outgoing.180',
      call,
      /3: found lose of outgoing\.180 without a call of the user/,
      `${open}  - { at: 5s, do: call }\n`,
    ],
  ])('%s', (message, without, found, withIt, more) => {
    expect(complaints(losing(message), without)).toMatch(found);
    expect(complaints(losing(message, more), withIt)).toBe('');
  });

  test('keepAlive.ping', () => {
    const delaying = 'faults: [{ do: delay, message: keepAlive.ping, latency: 1s }]\n';
    expect(complaints(delaying, open)).toMatch(/3: found delay of keepAlive\.ping without keep-alives; .*`keepAlive`$/);
    expect(complaints(`${delaying}${overTls}keepAlive: { app: true }\n`, open)).toBe('');
  });

  test('and one whose number is none', () => {
    const fault = 'faults: [{ do: lose, message: INVITE, occurrence: 0 }]\n';
    expect(complaints(fault, call)).toMatch(/3: found 0 for faults\[1\]\.occurrence; expected a whole number from 1$/);
  });
});

test('a hang-up before the call is dialled is refused', () => {
  const hangUp = (at: string) => `${call}  - { at: ${at}, do: hangUp, call: 1 }\n`;
  expect(complaints('', hangUp('5s'))).toMatch(
    /6: found hangUp of call 1 before it is dialled; expected a later date$/,
  );
  expect(complaints('', hangUp('[5s, 10s]'))).toBe('');
});
