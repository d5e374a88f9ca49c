import { describe, expect, test } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

/** The push server as a user agent: it registers by the rules of the app, about a contact that never changes. */

type Document = Partial<Parameters<typeof scenarioOf>[0]>;

const path = 'pushServer.up.registration';
const first = { contact: 'pushServer', expires: 'asked', authorization: false } as const;
const bound = { type: 'REGISTER.200', ...first, contacts: ['pushServer'] } as const;
const forbidden = { type: 'REGISTER.refused', ...first, code: 403, retryAfter: false } as const;
const enable = { type: 'control.enable', token: 'first' } as const;
const background = { type: 'control.background', turn: 0 } as const;
const foreground = { type: 'control.foreground', turn: 1, token: 'first' } as const;
const ringingNotSent = {
  type: 'transport.failed',
  message: { type: 'INVITE.180', call: 1, contact: 'pushServer' },
} as const;

const registering = (mode: ModeName = 'continuous', document: Document = {}) => {
  const server = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }], ...document }, mode), 'pushServer');
  server.on(enable, background);
  return server;
};
const isIn = (server: Driven, registration: string) => server.is({ up: { registration } });

describe('the registration of the push server', () => {
  test('17.1.4: takes no failure to send anything else for one of its REGISTER', () => {
    const server = registering();
    server.on(ringingNotSent);
    expect(isIn(server, 'registering')).toBe(true);
  });

  test('17.1.4: nor for one of its un-REGISTER', () => {
    const server = registering('singleDeviceEmulation');
    server.on(bound, foreground, ringingNotSent);
    expect(isIn(server, 'unregistering')).toBe(true);
  });

  test('is not refreshed when the app closes its connection', () => {
    const server = registering();
    server.on(bound);
    for (const over of [{ network: 'wifi' }, {}] as const) {
      expect(server.on({ type: 'connection.closed', from: 'app', ...over }).sent).toEqual([]);
    }
    expect(isIn(server, 'registered')).toBe(true);
  });

  test('21.4.4: once forbidden is not tried again until there are other credentials', () => {
    const server = registering('singleDeviceTakeover', { afterForbidden: 'givesUp' });
    server.on(forbidden);
    expect(isIn(server, 'forbidden')).toBe(true);
    expect(server.on(foreground, background).sent).not.toContain('REGISTER');
    expect(isIn(server, 'forbidden')).toBe(true);
    expect(server.on({ ...enable, password: 'changed' }, background).messages).toContainEqual({
      type: 'REGISTER',
      ...first,
      password: 'changed',
      stale: false,
    });
  });

  test('says the number of each transaction, as long as the ones before are answered', () => {
    const server = registering();
    for (let refreshes = 0; refreshes < 5; refreshes++) {
      const { transactions } = server.on(bound, elapsed('refreshInterval', `${path}.registered`));
      expect(transactions).toEqual([expect.any(Number)]);
    }
  });
});
