import type { Plugin } from 'vite';
import { everyServerProfile } from '../../profiles/furtherServers.ts';
import { serverProfiles } from '../../profiles/servers.ts';

const id = 'virtual:profiles';

const exported = (name: string, value: string): string => `export const ${name} = ${value};\n`;

const [usual] = Object.values(everyServerProfile);

/** A server in what it has otherwise than the first one: most of what they do is the same. */
function packed(server: object): string {
  const own = Object.entries(server).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(usual?.[key as keyof typeof usual]),
  );
  return `{ ...usual, ${JSON.stringify(Object.fromEntries(own)).slice(1)}`;
}

const packedServers = (): string =>
  `{ ${Object.entries(everyServerProfile)
    .map(([name, server]) => `${JSON.stringify(name)}: ${packed(server)}`)
    .join()} }`;

/**
 * The bundled servers as a module of the page: what they do, without the sheets with the source of every single value
 * that they are computed from, and without the table of the axes, which the page shows nothing of.
 */
export const profiles = (): Plugin => ({
  name: 'ringproof-profiles',
  resolveId: (wanted) => (wanted === id ? `\0${id}` : null),
  load: (wanted) =>
    wanted === `\0${id}`
      ? `const usual = ${JSON.stringify(usual)};\n${exported('everyServerProfile', packedServers())}${exported('serverKinds', JSON.stringify(Object.keys(serverProfiles)))}`
      : null,
});
