import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { askOnce, freePort } from './loopback.ts';
import { need, Program, testWith, until } from './program.ts';
import { registerText } from './registerText.ts';

const hasModule = existsSync('/usr/share/perl5/Net/SIP.pm');
const netSip = need('Net::SIP for Perl', 'libnet-sip-perl', hasModule ? '/usr/bin/perl' : undefined);

/** A test that needs Net::SIP: a registrar that keeps several bindings, and a proxy without state that calls one of them. */
export const withNetSip = testWith(netSip);

/** A running registrar and proxy. */
export class NetSip {
  /** UDP port on 127.0.0.1. */
  readonly port: number;
  readonly #program: Program;

  private constructor(port: number, program: Program) {
    this.port = port;
    this.#program = program;
  }

  /** Starts one on a free port; resolves when it answers. */
  static async start(): Promise<NetSip> {
    const port = await freePort();
    const program = new Program();
    program.start(netSip.binary, [fileURLToPath(new URL('./netSip.pl', import.meta.url)), String(port)]);
    await until(program, 'a REGISTER is answered', () =>
      askOnce(port, registerText({ contacts: [`<sip:ready@127.0.0.1:${port}>`] })),
    );
    return new NetSip(port, program);
  }

  close(): void {
    this.#program.close();
  }
}
