import { expect, test } from 'vitest';
import { profiles } from '../../src/inspector/profiles/plugin.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';

test('the page knows the bundled servers as the command line does', async () => {
  const { load } = profiles();
  const text = typeof load === 'function' ? (load as (id: string) => string)('\0virtual:profiles') : '';
  const module = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  expect(module.everyServerProfile).toStrictEqual(everyServerProfile);
  expect(Object.keys(module.everyServerProfile)).toEqual(Object.keys(everyServerProfile));
  expect(module.serverKinds).toEqual(Object.keys(serverProfiles));
});
