import { describe, expect, test } from 'vitest';
import { parseQueueAddress } from '../../src/queue/queueAddress.ts';

describe('The address of a queue', () => {
  test('has host, port, user, database and TLS', () => {
    expect(parseQueueAddress('redis://127.0.0.1')).toMatchObject({
      host: '127.0.0.1',
      port: 6379,
      isTls: false,
      database: 0,
    });
    expect(parseQueueAddress('rediss://bob@queue.example.org:6380/3', 'secret')).toEqual({
      text: 'rediss://bob@queue.example.org:6380/3',
      host: 'queue.example.org',
      port: 6380,
      isTls: true,
      user: 'bob',
      database: 3,
      password: 'secret',
    });
    expect(parseQueueAddress('redis://[::1]:7000').host).toBe('::1');
  });

  test.each(['redis://:s3cret@h:1', 'rediss://bob:s3cret@h/0'])(
    'with a password is refused, which is not repeated: %s',
    (text) => {
      const refused = () => parseQueueAddress(text);
      expect(refused).toThrow(/found a password on the command line.*--queue-password-env VARIABLE/);
      expect(refused).not.toThrow(/s3cret/);
    },
  );

  test.each(['127.0.0.1:6379', 'http://127.0.0.1', 'redis://', 'redis://h/x', 'redis://h?family=6', 'redis://h:99999'])(
    'is nothing else: %s',
    (text) => expect(() => parseQueueAddress(text)).toThrow(/expected a Redis such as redis:/),
  );

  test('that cannot be read may hold a password, and is not repeated', () => {
    expect(() => parseQueueAddress('redis:/bob:s3cret@')).not.toThrow(/s3cret/);
    expect(() => parseQueueAddress('bob:s3cret@host')).toThrow(/something that cannot be read/);
  });
});
