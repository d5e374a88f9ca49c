import type { CaptureFile } from '../capture/packetFiles.ts';
import { refuse } from './files.ts';
import { cannotStart, outputOf, ProgramFailed } from './program.ts';

/** Programs that capture, the one with the fewest rights first, and how each writes to a pipe at once. */
const programs: readonly (readonly [command: string, args: (name: string) => readonly string[]])[] = [
  ['dumpcap', (name) => ['-q', '-P', '-i', name, '-w', '-']],
  ['tcpdump', (name) => ['-U', '-s', '0', '-i', name, '-w', '-']],
];

/** What passes an interface, until Ctrl-C. Throws an InputError where it may not be captured. */
export const openInterface = (name: string, signal: AbortSignal): CaptureFile => ({
  name: `interface ${name}`,
  chunks: captured(name, signal),
});

async function* captured(name: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  let found = 'neither dumpcap nor tcpdump';
  for (const [command, args] of programs) {
    try {
      return yield* outputOf({ command, args: args(name), input: null, signal });
    } catch (error) {
      if (error instanceof ProgramFailed) return refuseInterface(name, command, error.said);
      if (!cannotStart(error)) throw error;
      if ((error as NodeJS.ErrnoException).code === 'EACCES') found = `${command}, which this user may not start`;
    }
  }
  return refuse(`--interface ${name}`, found, 'one of them: apt-get install wireshark-common, or tcpdump');
}

function refuseInterface(name: string, command: string, said: string): never {
  const line = said
    .split('\n')
    .map((one) => one.replace(/^(?:dumpcap|tcpdump): /, '').trim())
    .find((one) => one !== '' && !/^(?:Capturing on|File:|listening on|Packets )/.test(one));
  const isForbidden = /permi|not permitted|socket failed/i.test(said);
  return refuse(
    `--interface ${name}`,
    line ?? `${command} ended at once`,
    isForbidden
      ? `the right to capture: run as root, or setcap cap_net_raw,cap_net_admin+eip "$(command -v ${command})"`
      : `an interface that ${command} -D lists, such as lo`,
  );
}
