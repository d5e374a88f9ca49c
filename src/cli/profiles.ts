import { Command } from 'commander';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { colours, print } from './output.ts';

/** `ringproof profiles`: the SIP servers that a run can meet. */
export const profilesCommand = () =>
  new Command('profiles').description('list the server profiles').action(() => {
    for (const { name, title, source } of Object.values(everyServerProfile)) {
      print(`${colours.bold(name.padEnd(10))} ${title}\n${' '.repeat(11)}${colours.dim(source)}`);
    }
  });
