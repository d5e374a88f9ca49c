import { z } from 'zod';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { canonical } from '../sim/data/canonical.ts';
import { everyServerProfile } from './furtherServers.ts';
import { kit } from './ownServer.ts';
import { axisTable } from './serverAxes.ts';
import { isAxis, requiredAxes, writtenAxis } from './serverRow.ts';

/** What a worker takes for a server, before it looks at its values. */
export const sentServerSchema = z.union(
  [z.enum(Object.keys(everyServerProfile)), z.strictObject({ values: z.unknown(), written: z.unknown() })],
  { error: 'expected the name of a server that is bundled, or its values with how a file says them' },
);

/** A server as it goes to another machine: a bundled one by its name, another one as it is and as users would write it. */
export type SentServer = z.infer<typeof sentServerSchema>;

const writtenSchema = z.strictObject({
  ...Object.fromEntries(['name', 'title', 'source'].map((key) => [key, z.string().min(1)])),
  ...Object.fromEntries(
    Object.entries(axisTable).map(([axis, { schema }]) => {
      const written = schema(kit);
      return [axis, requiredAxes.includes(axis) ? written : written.optional()];
    }),
  ),
});

const bundled = (name: string): ServerProfile | undefined =>
  Object.hasOwn(everyServerProfile, name) ? everyServerProfile[name as keyof typeof everyServerProfile] : undefined;

/** The canonical text of a value; null where it is no plain data. */
function textOf(value: unknown): string | null {
  try {
    return canonical(value);
  } catch {
    return null;
  }
}

/** A server as it is sent; null for one that no file could describe. */
export function sentServer(values: ServerProfile): SentServer | null {
  const known = bundled(values.name);
  if (known !== undefined && JSON.stringify(known) === JSON.stringify(values)) return values.name;
  const written = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, isAxis(key) ? writtenAxis(key, value) : value]),
  );
  const sent = { values, written };
  return typeof arrivedServer(sent) === 'string' ? null : sent;
}

/** The server that was sent; what is wrong with it where it is none: its values must be those that a file would say. */
export function arrivedServer(sent: SentServer): ServerProfile | string {
  if (typeof sent === 'string') return bundled(sent) ?? `no server ${sent}`;
  const { data, error } = writtenSchema.safeParse(sent.written);
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) return `server.${issue.path.join('.')}: ${issue.message}`;
  const text = textOf(sent.values);
  return text !== null && text === textOf(data) ? (sent.values as ServerProfile) : 'server: other values than it says';
}
