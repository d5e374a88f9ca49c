import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, loopback } from './loopback.ts';
import { need, Program, until } from './program.ts';

export const baresip = need('baresip', 'baresip-core', '/usr/bin/baresip');

/** Whom it registers, and where. */
export interface BaresipAccount {
  /** Port of the SIP server on 127.0.0.1. */
  readonly serverPort: number;
  readonly user: string;
  readonly password?: string;
  /** Lifetime that it asks for, in seconds. Default 600. */
  readonly expiresSeconds?: number;
  /** UDP port of its own. Default a free one. */
  readonly port?: number;
}

/** Without a sound card: the aubridge is source and player. Its SDP would name another interface if not told. */
const configuration = (port: number) => `
sip_listen ${loopback}:${port}
net_interface ${loopback}
module_path /usr/lib/baresip/modules
module g711.so
module aubridge.so
audio_source aubridge,nil
audio_player aubridge,nil
audio_alert aubridge,nil
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module stdio.so
`;

/** A running baresip, a real softphone, that answers every call by itself. */
export class Baresip {
  /** UDP port on 127.0.0.1. */
  readonly port: number;
  readonly #program: Program;

  private constructor(port: number, program: Program) {
    this.port = port;
    this.#program = program;
  }

  /** Starts one; resolves when the server has registered it. */
  static async start(account: BaresipAccount): Promise<Baresip> {
    const { serverPort, user, password = '', expiresSeconds = 600, port = await freePort() } = account;
    const program = new Program();
    writeFileSync(join(program.folder, 'config'), configuration(port));
    const parameters = `auth_pass=${password};regint=${expiresSeconds};answermode=auto`;
    writeFileSync(
      join(program.folder, 'accounts'),
      `<sip:${user}@${loopback}:${serverPort};transport=udp>;${parameters}\n`,
    );
    writeFileSync(join(program.folder, 'contacts'), '');
    program.start(baresip.binary, ['-f', program.folder]);
    await until(program, `${user} is registered`, () => (/\b200 OK\b/.test(program.output) ? true : undefined));
    return new Baresip(port, program);
  }

  /** What it has said so far: calls that came and went. */
  get output(): string {
    return this.#program.output;
  }

  /** Quits as a user would: it removes its registration. */
  async quit(): Promise<void> {
    this.#program.type('q');
    await this.#program.ended();
  }

  close(): void {
    this.#program.close();
  }
}
