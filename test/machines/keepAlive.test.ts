import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/machines/messages.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

/** How a client that is registered over a connection learns that it is dead (RFC 5626 4.4.1, 4.5). */

type Document = Partial<Parameters<typeof scenarioOf>[0]>;

const overTcp = { appSip: { transport: 'tcp' }, pushServerSip: { transport: 'tcp' } } as const;
const region = 'app.running.registration';

/** An app that is registered over TCP. */
const registered = (document: Document) => {
  const scenario = scenarioOf({ steps: [{ at: '1s', do: 'open' }], links: overTcp, pushEnabled: false, ...document });
  const app = new Driven(scenario, 'app');
  const { messages } = app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'));
  const [request] = messages.filter(({ type }) => type === 'REGISTER') as Extract<Message, { type: 'REGISTER' }>[];
  if (request === undefined) throw new Error('the app does not register');
  const { contact, expires, authorization } = request;
  app.on({ type: 'REGISTER.200', contact, expires, authorization, contacts: [contact] });
  return app;
};

const due = elapsed('keepAliveInterval', `${region}.registered.quiet`);
const noPong = elapsed('pongTimeout', `${region}.registered.asking`);
const closed = { type: 'connection.closed', from: 'sipServer', network: 'wifi' } as const;

describe('a client that keeps its connection alive', () => {
  const keepAlive = { app: true, pushServer: true };

  test('sends a ping, and is content with the pong', () => {
    const app = registered({ keepAlive });
    expect(app.on(due)).toMatchObject({ sent: ['keepAlive.ping'], armed: [expect.stringContaining('pongTimeout')] });
    expect(app.on({ type: 'keepAlive.pong' }).sent).toEqual([]);
    expect(app.is({ running: { registration: { registered: 'quiet' } } })).toBe(true);
  });

  test('4.4.1: gives the connection up where no pong comes, and 4.5 registers over a new one', () => {
    const app = registered({ keepAlive });
    app.on(due);
    expect(app.on(noPong).sent).toEqual(['keepAlive.missed']);
    expect(app.on(closed).sent).toEqual(['REGISTER']);
    expect(app.is({ running: { registration: 'refreshing' } })).toBe(true);
  });

  test('18.4: registers at once where the ping meets no connection, whatever else failed', () => {
    const app = registered({ keepAlive });
    app.on(due);
    expect(
      app.on({ type: 'transport.failed', message: { type: 'INVITE.180', call: 1, contact: 'app@wifi' } }).sent,
    ).toEqual([]);
    expect(app.on({ type: 'transport.failed', message: { type: 'keepAlive.ping' } }).sent).toEqual(['REGISTER']);
  });

  test('in the push server does the same', () => {
    const scenario = scenarioOf({ steps: [{ at: '1s', do: 'open' }], links: overTcp, keepAlive }, 'continuous');
    const server = new Driven(scenario, 'pushServer');
    server.on({ type: 'control.enable', token: 'first' });
    const confirmed = { contact: 'pushServer', expires: 'asked', authorization: false } as const;
    server.on({ type: 'REGISTER.200', ...confirmed, contacts: ['pushServer'] });
    const path = 'pushServer.up.registration.registered';
    expect(server.on(elapsed('keepAliveInterval', `${path}.quiet`)).sent).toEqual(['keepAlive.ping']);
    const ringing = { type: 'INVITE.180', call: 1, contact: 'pushServer' } as const;
    expect(server.on({ type: 'transport.failed', message: ringing }).sent).toEqual([]);
    expect(server.on(elapsed('pongTimeout', `${path}.asking`)).sent).toEqual(['keepAlive.missed']);
    expect(server.on({ type: 'connection.closed', from: 'sipServer' }).sent).toEqual(['REGISTER']);
    server.on({ type: 'REGISTER.200', ...confirmed, contacts: ['pushServer'] });
    server.on(elapsed('keepAliveInterval', `${path}.quiet`));
    expect(server.on({ type: 'transport.failed', message: { type: 'keepAlive.ping' } }).sent).toEqual(['REGISTER']);
  });

  test.each<Document>([{}, { keepAlive, links: {} }])(
    'does not do so unless it is told to, and over connections only',
    (document) => {
      expect(registered(document).on(due).sent).toEqual([]);
    },
  );
});

describe('a client whose connection may die unnoticed', () => {
  test('4.5: gives it up with the REGISTER that stays unanswered', () => {
    const app = registered({ noticesNetwork: false });
    app.on(elapsed('refreshInterval', `${region}.registered`));
    expect(app.on(elapsed('64T1', `${region}.refreshing`)).sent).toEqual(['keepAlive.missed']);
    expect(app.on({ type: 'network.change' }).messages).toMatchObject([{ type: 'REGISTER', contact: 'app@cellular' }]);
  });

  test('does the same when it un-REGISTERs', () => {
    const app = registered({ noticesNetwork: false });
    app.on({ type: 'user.logOut' });
    expect(app.on(elapsed('64T1', `${region}.unregistering`)).sent).toContain('keepAlive.missed');
  });

  test('tries again over the same one where the OS tells of every change', () => {
    const app = registered({});
    app.on(elapsed('refreshInterval', `${region}.registered`));
    expect(app.on(elapsed('64T1', `${region}.refreshing`)).sent).toEqual([]);
  });
});
