import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { malformedText } from '../../../src/sip/message/message.ts';
import { parseMessage } from '../../../src/sip/message/parse.ts';
import { serialise } from '../../../src/sip/message/serialise.ts';

const folder = 'node_modules/sip/test/messages';

/** npm `sip` ships baddn without the empty line that ends it in the RFC. */
const read = (name: string) =>
  Buffer.concat([readFileSync(`${folder}/${name}.dat`), Buffer.from(name === 'baddn' ? '\r\n' : '')]);

/** RFC 4475 3.1.1, and of 3.1.2 to 3.4 what is syntax enough for any element; a transaction user may still refuse it. */
const valid = {
  badbranch: 'OPTIONS', // 3.3.5: a branch that is only the magic cookie is for the transaction layer
  baddate: 'INVITE', // 3.1.2.12: recoverable, and nobody here reads Date
  bcast: '200', // 3.3.7: answers from somewhere else are for the transaction layer
  bext01: 'OPTIONS', // 3.3.4: 420 is for the transaction user
  cparam01: 'REGISTER',
  cparam02: 'REGISTER',
  dblreq: 'REGISTER', // 3.1.1.8: what follows the Content-Length is ignored
  esc01: 'INVITE',
  esc02: 'RE%47IST%45R',
  escnull: 'REGISTER',
  intmeth: "!interesting-Method0123456789_*+`.%indeed'~",
  inv2543: 'INVITE',
  invut: 'INVITE', // 3.3.6: 415 is for the transaction user
  longreq: 'INVITE',
  lwsdisp: 'OPTIONS',
  mpart01: 'MESSAGE',
  noreason: '100',
  novelsc: 'OPTIONS', // 3.3.3: 416 is for the transaction user
  regaut01: 'REGISTER',
  regescrt: 'REGISTER',
  sdp01: 'INVITE',
  semiuri: 'OPTIONS',
  transports: 'OPTIONS',
  unkscm: 'OPTIONS',
  unksm2: 'REGISTER',
  unreason: '200',
  wsinv: 'INVITE',
  zeromf: 'OPTIONS', // 3.3.11: 483 is for the transaction user
} as const;

/** RFC 4475 3.1.2 and 3.3: where it is wrong, and the status of the answer; none for a response or an unusable Via. */
const invalid = {
  badaspec: ['line 5: found To: "\\"Watson, Thomas\\" < sip:t.watson@example.org >"', 400],
  badcseq: ['line 7: found CSeq: "fhdjkgfhdkjhgkj"', 400],
  baddn: ['line 4: found From: "Bell, Alexander <sip:a.g.bell@example.com>;tag=43"', 400],
  badinv01: ['line 7: found Via: "SIP/2.0/UDP 192.0.2.15;;,;,,"', undefined],
  badvers: ['line 1: found "SIP/7.0"; expected version SIP/2.0', 505],
  bigcode: ['line 1: found "SIP/2.0 4294967301 better not break the receiver"; expected a status', undefined],
  clerr: ['line 10: found Content-Length 9999; expected at most 154', 400],
  escruri: ['line 1: found "sip:user@example.com?Route=%3Csip:example.com%3E"', 400],
  insuf: ['line 1: found no From', 400],
  ltgtruri: ['line 1: found "<sip:user@example.com>"; expected a URI without angle brackets', 400],
  lwsruri: ['line 1: found "INVITE sip:user@example.com; lr SIP/2.0"', 400],
  lwsstart: ['line 1: found "INVITE  sip:user@example.com  SIP/2.0"', 400],
  mcl01: ['line 9: found a second Content-Length', 400],
  mismatch01: ['line 6: found CSeq of INVITE; expected OPTIONS', 400],
  mismatch02: ['line 6: found CSeq of INVITE; expected NEWMETHOD', 400],
  multi01: ['line 7: found a second CSeq', 400],
  ncl: ['line 10: found Content-Length: "-999"', 400],
  quotbal: ['line 2: found To: "\\"Mr. J. User <sip:j.user@example.com>"', 400],
  regbadct: ['line 8: found Contact: "sip:user@example.com?Route=%3Csip:sip.example.com%3E"', 400],
  scalar02: ['line 5: found CSeq: "36893488147419103232 REGISTER"', 400],
  scalarlg: ['line 5: found CSeq: "9292394834772304023312 OPTIONS"', undefined],
  trws: ['line 1: found "OPTIONS sip:remote-target@example.com SIP/2.0  "', 400],
} as const;

describe('the torture messages of RFC 4475', () => {
  it('are all in one of the two tables', () => {
    const others = ['baddn_sep', 'test']; // npm sip's own: an empty file, and a message without a version
    const files = readdirSync(folder).filter((name) => name.endsWith('.dat'));
    const expected = [...Object.keys(valid), ...Object.keys(invalid), ...others];
    expect(files.map((name) => name.slice(0, -'.dat'.length)).sort()).toEqual(expected.sort());
  });

  it.each(Object.entries(valid))('%s is %s, also after a round trip', (name, startsWith) => {
    const message = parseMessage(read(name));
    if (message.kind === 'malformed') throw new Error(malformedText(message));
    expect(message.kind === 'request' ? message.method : String(message.status)).toBe(startsWith);
    const again = parseMessage(serialise(message));
    expect(again).toMatchObject({ ...message, headers: expect.anything() });
    const withoutLength = ({ headers }: typeof message) => headers.filter((header) => header.name !== 'Content-Length');
    expect(again.kind !== 'malformed' && withoutLength(again)).toEqual(withoutLength(message));
  });

  it.each(Object.entries(invalid))('%s is refused', (name, [text, status]) => {
    const message = parseMessage(read(name));
    if (message.kind !== 'malformed') throw new Error('it was accepted');
    expect(malformedText(message)).toContain(text);
    expect(message.answerable?.status).toBe(status);
  });
});
