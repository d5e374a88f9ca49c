import { afterEach, describe, expect } from 'vitest';
import { Kamailio, withKamailio } from '../support/programs/kamailio.ts';
import { register } from '../support/programs/registerText.ts';

let server: Kamailio;
afterEach(() => server.close());

/** The first line of the answer to the REGISTER of this contact with this CSeq, and who is bound then. */
async function told(host: string, sequence: number, expires = 600) {
  const contacts = [`<sip:alice@${host}:5070>`];
  const answer = String(await register(server.port, { contacts, callId: host, sequence, expires }));
  const bound = (await server.bindings()).map(({ contact }) => /@([^:]+)/.exec(contact)?.[1]);
  return [answer.split('\r\n')[0]?.replace(/^SIP\/2.0 /, ''), bound];
}

const app = '10.0.0.1';
const pushServer = '10.0.0.2';

/** What the sheet of Kamailio says with `absorbsCopies: false` and `checksSequence: true`. */
describe('a copy of a REGISTER at a real Kamailio, which answers it without a transaction', () => {
  withKamailio('binds again once the un-REGISTER has been carried out', async () => {
    server = await Kamailio.start();
    expect(await told(app, 1)).toEqual(['200 OK', [app]]);
    expect(await told(app, 2, 0)).toEqual(['200 OK', []]);
    expect(await told(app, 1)).toEqual(['200 OK', [app]]);
  });

  withKamailio('takes the only place back from the one that came after it', async () => {
    server = await Kamailio.start({ policy: 'overwrite' });
    expect(await told(app, 1)).toEqual(['200 OK', [app]]);
    expect(await told(pushServer, 1)).toEqual(['200 OK', [pushServer]]);
    expect(await told(app, 1)).toEqual(['200 OK', [app]]);
  });

  withKamailio('is refused by its CSeq as long as the binding is there', async () => {
    server = await Kamailio.start();
    expect(await told(app, 3)).toEqual(['200 OK', [app]]);
    expect(await told(app, 2, 0)).toEqual(['400 Bad Request', [app]]);
  });
});
