import { describe, expect } from 'vitest';
import { Kamailio, type KamailioPolicy, withKamailio } from '../support/programs/kamailio.ts';
import { udpSocket } from '../support/programs/loopback.ts';
import { register } from '../support/programs/registerText.ts';

const app = '<sip:alice@127.0.0.1:6001>';
const push = '<sip:alice@127.0.0.1:6002>';
const third = '<sip:alice@127.0.0.1:6003>';
const bare = (contact: string) => contact.slice(1, -1);

async function outcome(policy: KamailioPolicy, ...contacts: string[]) {
  const kamailio = await Kamailio.start(policy);
  let answer: string | undefined;
  for (const contact of contacts) answer = await register(kamailio.port, { contacts: [contact] });
  const bindings = (await kamailio.bindings()).map(({ contact }) => contact).sort();
  kamailio.close();
  return { answer, bindings };
}

describe.concurrent('Kamailio does what it is configured for', () => {
  withKamailio('multi', async () => {
    const { answer, bindings } = await outcome({}, app, push);
    expect(answer).toMatch(/^SIP\/2\.0 200 /);
    expect(bindings).toEqual([bare(app), bare(push)]);
  });

  withKamailio('reject', async () => {
    const { answer, bindings } = await outcome({ policy: 'reject', retryAfterSeconds: 30 }, app, push);
    expect(answer).toMatch(/^SIP\/2\.0 503 [\s\S]*Retry-After: 30\r\n/);
    expect(bindings).toEqual([bare(app)]);
  });

  withKamailio('reject403', async () => {
    const { answer, bindings } = await outcome({ policy: 'reject403' }, app, push);
    expect(answer).toMatch(/^SIP\/2\.0 403 /);
    expect(bindings).toEqual([bare(app)]);
  });

  withKamailio('overwrite', async () => {
    const { answer, bindings } = await outcome({ policy: 'overwrite' }, app, push);
    expect(answer).toMatch(/^SIP\/2\.0 200 /);
    expect(bindings).toEqual([bare(push)]);
  });

  withKamailio('minimum and maximum of the lifetime', async () => {
    const strict = await Kamailio.start({ minimumExpires: { seconds: 60, answer: 'intervalTooBrief' } });
    expect(await register(strict.port, { contacts: [app], expires: 10 })).toMatch(
      /^SIP\/2\.0 423 [\s\S]*Min-Expires: 60\r\n/,
    );
    const lenient = await Kamailio.start({
      minimumExpires: { seconds: 60, answer: 'raise' },
      maximumExpiresSeconds: 300,
    });
    expect(await register(lenient.port, { contacts: [app], expires: 10 })).toMatch(/^SIP\/2\.0 200 [\s\S]*;expires=60/);
    expect(await register(lenient.port, { contacts: [push], expires: 9999 })).toMatch(
      /^SIP\/2\.0 200 [\s\S]*;expires=300/,
    );
    strict.close();
    lenient.close();
  });

  withKamailio('an outdated CSeq is refused', async () => {
    const kamailio = await Kamailio.start();
    await register(kamailio.port, { contacts: [app], sequence: 5 });
    expect(await register(kamailio.port, { contacts: [app], sequence: 4 })).toMatch(/^SIP\/2\.0 400 /);
    kamailio.close();
  });

  withKamailio('digest', async () => {
    const kamailio = await Kamailio.start({ password: 'secret', algorithm: 'SHA-256' });
    expect(await register(kamailio.port, { contacts: [app] })).toMatch(
      /^SIP\/2\.0 401 [\s\S]*WWW-Authenticate: Digest realm="127\.0\.0\.1", nonce="[^"]+", qop="auth", algorithm=SHA-256/,
    );
    kamailio.close();
  });

  withKamailio('mirrors as HEP', async () => {
    const collector = await udpSocket();
    const mirrored = new Promise<Buffer>((resolve) => collector.once('message', resolve));
    const kamailio = await Kamailio.start({ hepPort: collector.address().port });
    expect((await mirrored).toString('latin1')).toMatch(/^HEP3[\s\S]*OPTIONS sip:/);
    kamailio.close();
    collector.close();
  });

  withKamailio('replaceOldest', async () => {
    const { answer, bindings } = await outcome({ policy: 'replaceOldest' }, app, push, third);
    expect(answer).toMatch(/^SIP\/2\.0 200 /);
    expect(bindings).toEqual([bare(push), bare(third)]);
  });
});
