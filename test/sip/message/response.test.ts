import { describe, expect, it } from 'vitest';
import { headerValue, headerValues } from '../../../src/sip/message/headers.ts';
import { noBody, type SipRequest } from '../../../src/sip/message/message.ts';
import { responseTo } from '../../../src/sip/message/response.ts';

const invite = (to: string): SipRequest => ({
  kind: 'request',
  method: 'INVITE',
  uri: 'sip:b@h',
  headers: Object.entries({
    Via: 'SIP/2.0/UDP h, SIP/2.0/UDP g',
    'Record-Route': '<sip:p;lr>',
    From: '<sip:a@h>;tag=f',
    To: to,
    'Call-ID': 'c',
    CSeq: '1 INVITE',
    Timestamp: '54',
    Subject: 's',
  }).map(([name, value]) => ({ name, value })),
  body: noBody,
});

describe('a response (RFC 3261 8.2.6)', () => {
  it('takes over what it must, and adds a tag and headers', () => {
    const response = responseTo(invite('<sip:b@h>'), 180, {
      toTag: 't',
      headers: [{ name: 'Contact', value: '<sip:b@h2>' }],
    });
    expect(response).toMatchObject({ kind: 'response', status: 180, reason: 'Ringing' });
    expect(response.headers.map(({ name }) => name)).toEqual([
      'Via',
      'Record-Route',
      'From',
      'To',
      'Call-ID',
      'CSeq',
      'Contact',
    ]);
    expect(headerValues(response, 'Via')).toEqual(['SIP/2.0/UDP h', 'SIP/2.0/UDP g']);
    expect(headerValue(response, 'To')).toBe('<sip:b@h>;tag=t');
  });

  it('keeps the tag of a dialog', () => {
    expect(headerValue(responseTo(invite('<sip:b@h>;tag=x'), 200, { toTag: 't' }), 'To')).toBe('<sip:b@h>;tag=x');
  });

  it('100 repeats the Timestamp and needs neither tag nor routes', () => {
    const names = responseTo(invite('<sip:b@h>'), 100).headers.map(({ name }) => name);
    expect(names).toEqual(['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Timestamp']);
  });

  it.each([
    [486, 'Busy Here'],
    [499, 'Bad Request'],
    [299, 'OK'],
  ])('%i without a phrase of its own says %s', (status, reason) =>
    expect(responseTo(invite('<sip:b@h>'), status).reason).toBe(reason),
  );

  it('says what it is told', () => {
    expect(responseTo(invite('<sip:b@h>'), 486, { reason: 'Nope', body: Buffer.from('x') })).toMatchObject({
      reason: 'Nope',
      body: Buffer.from('x'),
    });
  });
});
