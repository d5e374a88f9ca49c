import { Command } from 'commander';
import { serverProfiles } from '../profiles/servers.ts';
import { colours, print } from './output.ts';

/** `ringproof profiles`: the SIP servers that a run can meet. */
export const profilesCommand = () =>
  new Command('profiles').description('list the server profiles').action(() => {
    for (const { name, title, source } of Object.values(serverProfiles)) {
      print(`${colours.bold(name.padEnd(10))} ${title}\n${' '.repeat(11)}${colours.dim(source)}`);
    }
  });
