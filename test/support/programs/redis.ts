import { connect } from 'node:net';
import { freePort, loopback } from './loopback.ts';
import { need, Program, testWith, until } from './program.ts';

const redis = need('redis-server', 'redis-server', 'redis-server');

/** A test that needs a Redis. */
export const withRedis = testWith(redis);

/** A Redis on loopback that keeps what it is told, also when it is killed. */
export class RedisServer {
  readonly port: number;
  readonly #program = new Program();
  #running: Program | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(password?: string): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start(password);
    return server;
  }

  get url(): string {
    return `redis://${loopback}:${this.port}`;
  }

  /** Starts it again at the same place, with what it was told before. */
  async start(password?: string): Promise<void> {
    const program = new Program();
    this.#running = program;
    program.start(redis.binary, [
      ...['--bind', loopback, '--port', String(this.port), '--dir', this.#program.folder],
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
      ...(password === undefined ? [] : ['--requirepass', password]),
    ]);
    await until(program, 'redis-server', () => answers(this.port));
  }

  kill(): void {
    this.#running?.close();
  }

  close(): void {
    this.kill();
    this.#program.close();
  }
}

/** Whether something there speaks Redis; one that asks for a password does too. */
const answers = (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, loopback, () => socket.write('PING\r\n'));
    socket.on('data', (text) => {
      socket.destroy();
      resolve(/^(\+PONG|-NOAUTH)/.test(text.toString()) ? true : undefined);
    });
    socket.on('error', () => resolve(undefined));
  });
