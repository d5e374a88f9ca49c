import { z } from 'zod';
import { type Contact, contactAt, type Message } from '../../machines/messages.ts';
import { nearestWord } from '../../sim/input/nearestWord.ts';

/**
 * What app and push server say to each other, and what the push service says to the app, as JSON: the messages of the
 * model without what one run of one account need not say. The OpenAPI description is held to these schemas.
 */

/** A message is small; what is larger is none. */
export const mostBytes = 16_384;

/** The longest time for which a question waits for something to be said. */
export const longestWaitMs = 30_000;

const turn = z
  .union([z.literal(0), z.literal(1)])
  .describe('The app says 0, 1, 0, … with each request for a hand-over; the answer repeats it');
const token = z.enum(['first', 'second']).describe('The device token: `second` after a reinstallation');
const call = z.union([z.literal(1), z.literal(2)]).describe('The call, in the order of the INVITEs');
const appContact = z
  .string()
  .max(1_000)
  .regex(/^sips?:[^<>\s]+$/i)
  .describe('The SIP URI that the app is registered under')
  .optional();
const reason = z.literal('completedElsewhere').describe('RFC 3326 2: another phone has answered').optional();
const by = z.literal('callee').describe('The BYE or UPDATE of the phone, or the answer to it').optional();
const code = z.int().min(400).max(699);
const password = z.literal('changed').describe('The password is another one than before').optional();

const message = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape, about: string) =>
  z.strictObject({ type: z.literal(type), ...shape }).describe(about);

const ofCall = (type: string, about: string) => message(type, { call }, about);

/** From either side to the other, in a call that the push server passes on over the connection between the two. */
const ofEitherSide = [
  message('BYE', { call, by }, 'The end of the call (RFC 3261 15)'),
  message('BYE.200', { call, by }, '200 to a BYE'),
  message('BYE.481', { call, by }, '481 to a BYE'),
  message('UPDATE', { call, by }, 'The refresh of the session (RFC 4028)'),
  message('UPDATE.200', { call, by }, '200 to an UPDATE'),
  message('UPDATE.481', { call, by }, '481 to an UPDATE'),
] as const;

/** What an app says to its push server. */
const fromApp = [
  message('control.enable', { token, password }, 'The user has switched push on'),
  message('control.disable', {}, 'The user has switched push off'),
  message(
    'control.background',
    { turn, appContact },
    'The app goes to the background: the push server shall take over',
  ),
  message('control.foreground', { turn, token, appContact }, 'The app is back: the push server shall release'),
  message('control.registered', { turn }, 'The app is registered again'),
  message('control.heartbeat', { appContact }, 'The app is still there'),
  message('control.fetch', { call }, 'The app is awake and asks for a call that a push named'),
  ofCall('INVITE.180', 'The phone rings'),
  ofCall('INVITE.200', 'The user has answered'),
  message('INVITE.failed', { call, code }, 'The phone does not take the call'),
  ofCall('CANCEL.200', '200 to a CANCEL'),
  ofCall('reINVITE', 'The phone has another address'),
  ofCall('reINVITE.ACK', 'The ACK of that'),
] as const;

/** What a push server says to its app, or has the push service say to it. */
const fromPushServer = [
  message('control.enabled', {}, 'Push is on'),
  message('control.disabled', {}, 'Push is off'),
  message('control.takenOver', { turn }, 'The push server is registered'),
  message('control.released', { turn }, 'The push server is no longer registered'),
  message('control.lapsed', {}, 'The push server has taken the lease over meanwhile'),
  message('control.noCall', { call, reason }, 'That call is over'),
  message('notification', { call, token }, 'The push about a call'),
  message('notification.end', { call, token, reason }, 'The push about the end of a call'),
  ofCall('INVITE', 'The call itself'),
  ofCall('ACK', 'The ACK of an answer'),
  message('CANCEL', { call, reason }, 'The caller is gone'),
  ofCall('reINVITE.200', '200 to a re-INVITE'),
  ofCall('reINVITE.481', '481 to a re-INVITE: the call has ended'),
] as const;

/** The two sides that can be somebody else's. */
export type Side = 'app' | 'pushServer';

/** What each side can say. */
export const messageSchemas = {
  app: z.discriminatedUnion('type', [...fromApp, ...ofEitherSide]),
  pushServer: z.discriminatedUnion('type', [...fromPushServer, ...ofEitherSide]),
} as const;

/** A message as it stands in JSON. */
export type ControlDocument = { readonly type: string; readonly [field: string]: unknown };

/** The messages of calls go over the connection between the two sides, which their JSON need not say. */
const isOfCall = (type: string): boolean => /^(INVITE|ACK|CANCEL|BYE|UPDATE|reINVITE)(\.|$)/.test(type);

/** What a contact is called outside: its URI. */
export type UriOf = (contact: Contact) => string;

/** A message of the model as JSON. */
export function documentOf(message: Message, uriOf: UriOf): ControlDocument {
  const { contact: _, target: __, ...rest } = message as Message & { contact?: unknown; target?: unknown };
  if (!('appContact' in rest) || rest.appContact === undefined) return rest;
  return { ...rest, appContact: uriOf(rest.appContact) };
}

/** What is wrong with a message, for people. */
function problemOf(value: unknown, side: Side, error: z.ZodError): string {
  const options = messageSchemas[side].options;
  const types = options.map(({ shape }) => String((shape.type as z.ZodLiteral).value));
  const type = (value as { type?: unknown } | null)?.type;
  const known = options[types.indexOf(String(type))];
  const hint = (found: string, words: readonly string[]) => {
    const near = nearestWord(found, words);
    return near === undefined ? '' : `; did you mean ${near}?`;
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'found no object; expected a message';
  if (known === undefined) {
    return `type: found ${JSON.stringify(type) ?? 'nothing'}; expected one of ${types.join(', ')}${hint(String(type), types)}`;
  }
  const [issue] = error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const fields = Object.keys(known.shape);
    return `found the field ${issue.keys[0]}; expected ${fields.join(', ')}${hint(String(issue.keys[0]), fields)}`;
  }
  const field = String(issue?.path[0]);
  return `${field}: found ${JSON.stringify((value as ControlDocument)[field]) ?? 'nothing'}; ${issue?.message}`;
}

/** What was read: a message of the model and the URI that it names, or what is wrong for people. */
export type Read = { readonly message: Message; readonly appUri: string | null } | { readonly problem: string };

/** Reads what a side has said. */
export function readMessage(value: unknown, side: Side): Read {
  const result = messageSchemas[side].safeParse(value);
  if (!result.success) return { problem: problemOf(value, side, result.error) };
  const { appContact, ...rest } = result.data as ControlDocument & { appContact?: string };
  const contact = isOfCall(rest.type) && { contact: 'connection' as const };
  const target = rest.type.startsWith('reINVITE') && rest.type !== 'reINVITE.ACK' && { target: 'connection' as const };
  // The network that a phone of somebody else's is in is nobody's business here.
  const named = appContact === undefined ? {} : { appContact: contactAt('wifi') };
  return { message: { ...rest, ...contact, ...target, ...named } as unknown as Message, appUri: appContact ?? null };
}
