import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { controlClient } from '../../src/live/control/controlClient.ts';
import { messageSchemas, readMessage, type Side } from '../../src/live/control/controlMessages.ts';
import { ControlServer } from '../../src/live/control/controlServer.ts';
import type { Heard } from '../../src/live/control/counterpart.ts';
import { openApi } from '../../src/live/control/openApi.ts';
import type { Message } from '../../src/machines/messages.ts';
import { faultMessages } from '../../src/sim/scenarioFile/document.ts';

const file = 'docs/control-interface.openapi.json';
const described = JSON.parse(readFileSync(file, 'utf8')) as ReturnType<typeof openApi>;
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const signal = new AbortController().signal;
const server = await ControlServer.listen(0, 'app');
const address = `http://127.0.0.1:${server.port}/accounts/alice/messages`;
const uriOf = () => 'sip:alice@127.0.0.1:5070';
const counterpart = server.counterpart('alice', signal);
const heard: Heard[] = [];
counterpart.listen((one) => heard.push(one));
afterAll(() => server.close());

/** A schema of the description with its references put in place. */
const schemaIn = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(schemaIn);
  if (typeof value !== 'object' || value === null) return value;
  const name = '$ref' in value ? String(value.$ref).replace('#/components/schemas/', '') : null;
  if (name !== null) return schemaIn(described.components.schemas[name as keyof typeof described.components.schemas]);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, schemaIn(one)]));
};

/** Asks, and holds status and body to what the description says of that method. */
async function asked(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init);
  const body = (await response.json()) as { error?: string; messages?: unknown[] };
  const { get, post } = described.paths['/accounts/{user}/messages'];
  const responses = (init.method === undefined ? get : post).responses as Record<string, { content: object }>;
  const content = responses[response.status]?.content as { 'application/json': { schema: object } };
  expect(content, `${init.method ?? 'GET'} is answered ${response.status}`).toBeDefined();
  z.fromJSONSchema(schemaIn(content['application/json'].schema) as never).parse(body);
  return { status: response.status, body, allow: response.headers.get('allow') };
}

const say = (body: unknown, headers: Record<string, string> = { 'Content-Type': 'application/json' }) =>
  asked(address, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

test('the description is that of the interface (`ringproof export control-interface` writes it)', () => {
  expect(described).toEqual(openApi(version));
});

test.each<[Side, object]>([
  ['app', { type: 'control.enable', token: 'first' }],
  ['app', { type: 'control.background', turn: 1, appContact: 'sip:alice@192.0.2.1:5060;transport=tcp' }],
  ['app', { type: 'INVITE.failed', call: 2, code: 486 }],
  ['app', { type: 'BYE', call: 1, by: 'callee' }],
  ['pushServer', { type: 'notification.end', call: 1, token: 'second', reason: 'completedElsewhere' }],
  ['pushServer', { type: 'INVITE', call: 1 }],
])('what the %s says is in the description: %j', (side, message) => {
  expect('message' in readMessage(message, side)).toBe(true);
  const name = side === 'app' ? 'AppMessage' : 'PushServerMessage';
  const schema = z.fromJSONSchema(schemaIn(described.components.schemas[name]) as never);
  expect(schema.safeParse(message).success).toBe(true);
  expect(schema.safeParse({ ...message, more: 1 }).success).toBe(false);
  const [other] = (['app', 'pushServer'] as const).filter((one) => one !== side);
  // Only what ends or refreshes a call can come from both.
  if (!('by' in message)) expect('problem' in readMessage(message, other as Side)).toBe(true);
});

test('whatever app and push server can say to each other in the model can be said here', () => {
  const types = Object.values(messageSchemas).flatMap(({ options }) => options.map(({ shape }) => shape.type.value));
  // A push to refresh a binding is the SIP server's, which is the real one here.
  const between = faultMessages.filter(
    (type) => /^(control|notification)\b/.test(type) && type !== 'notification.refresh',
  );
  expect(between).toHaveLength(15);
  for (const type of between) expect(types).toContain(type);
});

test('what is posted is heard as a message of the model, with the contact that it names', async () => {
  heard.length = 0;
  const contact = 'sip:alice@192.0.2.1:5060';
  expect((await say({ type: 'control.background', turn: 0, appContact: contact })).status).toBe(202);
  expect((await say({ type: 'INVITE.180', call: 1 })).status).toBe(202);
  expect(heard).toEqual([
    { message: { type: 'control.background', turn: 0, appContact: 'app@wifi' }, appUri: contact },
    { message: { type: 'INVITE.180', call: 1, contact: 'connection' }, appUri: null },
  ]);
});

test('what is said waits in order until it is known to have come, and a question waits for it', async () => {
  const first = asked(`${address}?waitMs=5000`);
  expect(await counterpart.isThere).toBe(true);
  counterpart.tell({ type: 'control.takenOver', turn: 1 } as Message, uriOf);
  counterpart.tell({ type: 'INVITE', call: 1, contact: 'connection' } as Message, uriOf);
  const all = [
    { number: 1, message: { type: 'control.takenOver', turn: 1 } },
    { number: 2, message: { type: 'INVITE', call: 1 } },
  ];
  expect((await first).body.messages?.[0]).toEqual(all[0]);
  expect((await asked(address)).body.messages).toEqual(all);
  expect((await asked(`${address}?after=1`)).body.messages).toEqual(all.slice(1));
  expect((await asked(`${address}?after=2`)).body.messages).toEqual([]);
});

test.each([
  [{ type: 'control.forground', turn: 0, token: 'first' }, 400, /did you mean control\.foreground\?/],
  [
    { type: 'control.foreground', turn: 0, tokn: 'first', token: 'first' },
    400,
    /found the field tokn; .*did you mean token\?/,
  ],
  [{ type: 'control.registered', turn: 2 }, 400, /^turn: found 2; /],
  [{ type: 'control.registered' }, 400, /^turn: found nothing; /],
  [{ type: 'control.takenOver', turn: 0 }, 400, /^type: found "control.takenOver"; expected one of control\.enable/],
  [{ type: 'control.heartbeat', appContact: '<sip:a@b>' }, 400, /^appContact: found "<sip:a@b>"/],
  [[], 400, /found no object/],
  ['{', 400, /found no JSON/],
  [`"${'x'.repeat(20_000)}"`, 413, /found more than 16384 bytes/],
])('%j is no message of an app', async (body, status, error) => {
  heard.length = 0;
  const answer = await say(body);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toMatch(error);
  expect(heard).toEqual([]);
});

test('what a page in a browser can post without asking is not heard', async () => {
  const answer = await say({ type: 'control.disable' }, { 'Content-Type': 'text/plain' });
  expect(answer.status).toBe(415);
  expect(answer.body.error).toMatch(/^Content-Type: found text\/plain; expected application\/json/);
});

test('other accounts, paths, methods and parameters', async () => {
  const base = `http://127.0.0.1:${server.port}`;
  const errorOf = async (url: string, status: number, method = 'GET') => {
    const response = await fetch(url, { method });
    expect(response.status).toBe(status);
    return ((await response.json()) as { error: string }).error;
  };
  expect(await errorOf(`${base}/accounts/alise/messages`, 404)).toMatch(/no run of alise .* did you mean alice\?/);
  expect(await errorOf(`${base}/messages`, 404)).toMatch(/expected \/accounts\/USER\/messages/);
  expect(await errorOf(`${base}/accounts/%zz/messages`, 400)).toMatch(/URI/);
  expect(await errorOf(address, 405, 'DELETE')).toBe('found DELETE; expected GET or POST');
  expect(await errorOf(`${address}?until=1`, 400)).toMatch(/found the parameter until/);
  expect(await errorOf(`${address}?after=-1`, 400)).toMatch(/^after: found -1/);
  expect(await errorOf(`${address}?waitMs=30001`, 400)).toMatch(/^waitMs: found 30001; expected 0 to 30000/);
});

test('the other way round: this side asks, and what the other one says wrongly is told', async () => {
  const there = server.counterpart('bob', signal);
  const here = controlClient(new URL(`http://127.0.0.1:${server.port}`), 'pushServer')('bob', signal);
  expect(await Promise.all([there.isThere, here.isThere])).toEqual([true, true]);
  const said: Message[] = [];
  const answered = new Promise<void>((resolve) => {
    here.listen(({ message }) => {
      said.push(message);
      if (said.length === 2) resolve();
    });
  });
  there.tell({ type: 'control.released', turn: 0 } as Message, uriOf);
  there.tell({ type: 'control.fetch', call: 1 } as Message, uriOf);
  there.tell({ type: 'CANCEL', call: 1, contact: 'connection' } as Message, uriOf);
  await answered;
  expect(said.map(({ type }) => type)).toEqual(['control.released', 'CANCEL']);
  expect(here.problems).toHaveLength(1);
  const background = new Promise<Heard>((resolve) => there.listen(resolve));
  here.tell({ type: 'control.background', turn: 0, appContact: 'app@cellular' } as Message, uriOf);
  expect(await background).toMatchObject({ message: { appContact: 'app@wifi' }, appUri: uriOf() });
  for (const one of [there, here]) one.close();
});
