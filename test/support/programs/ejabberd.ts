import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askOnce, freePort, loopback, optionsText } from './loopback.ts';
import { need, Program, testWith, until } from './program.ts';

/** Folders in `folder` that hold one whose name begins with `beginning`. */
const holding = (folder: string, beginning: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .filter((path) => readdirSync(path).some((name) => name.startsWith(beginning)));

/** Where Debian keeps ejabberd (it depends on the processor), and whether the library for SIP is there too. */
const libraries = holding('/usr/lib', 'ejabberd-')[0];
const hasSip = existsSync('/usr/lib/erlang/lib') && holding('/usr/lib/erlang', 'p1_sip-').length > 0;

const ejabberd = need(
  'ejabberd with SIP',
  'ejabberd erlang-p1-sip',
  libraries !== undefined && hasSip ? '/usr/bin/erl' : undefined,
);

/** A test that needs ejabberd with mod_sip: a registrar whose 200 lists only the contact just sent. */
export const withEjabberd = testWith(ejabberd);

const configuration = (port: number) => `
hosts: ["${loopback}"]
loglevel: warning
listen:
  - { port: ${port}, ip: "${loopback}", transport: udp, module: ejabberd_sip }
  - { port: ${port}, ip: "${loopback}", transport: tcp, module: ejabberd_sip }
auth_method: [internal]
auth_password_format: plain
modules: { mod_sip: {} }
`;

/** Adds the users once the server runs; their password stands in the environment. */
const addUsers = (users: readonly string[]) => `
{ok, _} = application:ensure_all_started(ejabberd),
Password = list_to_binary(os:getenv("SIP_PASSWORD")),
[ok = ejabberd_auth:try_register(User, <<"${loopback}">>, Password) || User <- [${users.map((user) => `<<"${user}">>`).join()}]],
io:format("users are there~n").`;

/** A running ejabberd. */
export class Ejabberd {
  /** UDP and TCP port on 127.0.0.1. */
  readonly port: number;
  readonly #program: Program;

  private constructor(port: number, program: Program) {
    this.port = port;
    this.#program = program;
  }

  /** Starts one on a free port with these users; resolves when it answers OPTIONS. */
  static async start(password: string, ...users: readonly string[]): Promise<Ejabberd> {
    const port = await freePort();
    const program = new Program();
    const file = join(program.folder, 'ejabberd.yml');
    writeFileSync(file, configuration(port));
    // Without a node name there is no distribution, so neither epmd nor another open port.
    const options = ['-noinput', '+S', '1', '-start_epmd', 'false', '-mnesia', 'dir', `"${program.folder}/spool"`];
    program.start(ejabberd.binary, [...options, '-s', 'ejabberd', '-eval', addUsers(users)], {
      SIP_PASSWORD: password,
      ERL_LIBS: libraries,
      EJABBERD_CONFIG_PATH: file,
      EJABBERD_LOG_PATH: join(program.folder, 'ejabberd.log'),
    });
    const isReady = () => (program.output.includes('users are there') ? true : undefined);
    await until(program, 'the users are there', isReady);
    await until(program, 'OPTIONS is answered', () => askOnce(port, optionsText(loopback, port)));
    return new Ejabberd(port, program);
  }

  /** What it has written to its log. */
  get log(): string {
    return this.#program.output;
  }

  close(): void {
    this.#program.close();
  }
}
