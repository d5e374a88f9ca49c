import { z } from 'zod';
import type { ServerAxis, ServerProfile } from '../machines/serverProfile.ts';
import type { AxisTable } from './axisRow.ts';
import { everyServerProfile } from './furtherServers.ts';
import { kit } from './ownServer.ts';
import { axisTable } from './serverAxes.ts';

/** A server as it goes to another machine: a bundled one by its name, another one with each axis as users write it. */
export type SentServer = z.infer<typeof sentServerSchema>;

const texts = ['name', 'title', 'source'] as const;

const writtenSchema = z.strictObject({
  ...Object.fromEntries(texts.map((key) => [key, z.string().min(1)])),
  ...Object.fromEntries(Object.entries(axisTable).map(([axis, { schema }]) => [axis, schema(kit).optional()])),
});

const bundledNames = Object.keys(everyServerProfile);

/** What a worker takes for a server. */
export const sentServerSchema = z.union([z.enum(bundledNames), z.record(z.string(), z.unknown())], {
  error: 'expected the name of a server that is bundled, or one with all its axes',
});

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const bundled = (name: string): ServerProfile | undefined =>
  (everyServerProfile as Readonly<Record<string, ServerProfile>>)[name];

/** A server as it is sent; null for one that no file could describe, such as one with a function in it. */
export function sentServer(profile: ServerProfile): SentServer | null {
  if (isSame(bundled(profile.name), profile)) return profile.name;
  const written = Object.fromEntries(
    Object.entries(profile).map(([key, value]) => [
      key,
      key in axisTable ? writtenAxis(key as ServerAxis, value) : value,
    ]),
  );
  const arrived = arrivedServer(JSON.parse(JSON.stringify(written)));
  return typeof arrived !== 'string' && isSame(arrived, profile) ? written : null;
}

function writtenAxis<Axis extends ServerAxis>(axis: Axis, value: unknown): unknown {
  const { write }: AxisTable<Required<ServerProfile>>[Axis] = axisTable[axis] as never;
  return write(value as never);
}

/** The server that was sent, in the order in which it was written; what is wrong with it where it is none. */
export function arrivedServer(sent: SentServer): ServerProfile | string {
  if (typeof sent === 'string') return bundled(sent) ?? `no server ${sent}`;
  const { data, error } = writtenSchema.safeParse(sent);
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) return `server.${issue.path.join('.')}: ${issue.message}`;
  const values = data as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.keys(sent).map((key) => [key, values[key]])) as unknown as ServerProfile;
}
