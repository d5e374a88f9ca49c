import type { Plugin } from 'vite';
import { everyServerProfile } from '../../profiles/furtherServers.ts';
import { serverProfiles } from '../../profiles/servers.ts';

const id = 'virtual:profiles';

const exported = (name: string, value: unknown): string => `export const ${name} = ${JSON.stringify(value)};\n`;

/**
 * The bundled servers as a module of the page: what they do, without the sheets with the source of every single value
 * that they are computed from, and without the table of the axes, which the page shows nothing of.
 */
export const profiles = (): Plugin => ({
  name: 'ringproof-profiles',
  resolveId: (wanted) => (wanted === id ? `\0${id}` : null),
  load: (wanted) =>
    wanted === `\0${id}`
      ? exported('everyServerProfile', everyServerProfile) + exported('serverKinds', Object.keys(serverProfiles))
      : null,
});
