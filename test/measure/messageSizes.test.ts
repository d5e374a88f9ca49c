import { expect, test } from 'vitest';
import { rawSip } from '../../src/inspector/wire/rawSip.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { bytesOf, connectionBytes } from '../../src/sim/measure/messageSizes.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { example } from '../support/scenarios.ts';

const ipv4AndUdp = 28;

test('the bytes of a SIP message are about those of the text that the inspector shows', () => {
  const traces = ['second-call-while-waking', 'caller-cancels-while-waking'].map((name) =>
    simulate(scenarioIn(example(name), 'standard', everyServerProfile.multi), 1),
  );
  const seen = new Set<string>();
  for (const trace of traces)
    for (const { serial, event } of trace.records.flatMap(({ sent }) => sent)) {
      const lines = rawSip(trace, serial);
      if (lines === null) continue;
      seen.add(event.type);
      const length = lines.join('\r\n').length + 2;
      const estimate = bytesOf(event, 'udp') - ipv4AndUdp;
      expect(Math.abs(estimate / length - 1), `${event.type}: ${estimate} for ${length}`).toBeLessThan(0.35);
    }
  expect([...seen]).toEqual(
    expect.arrayContaining(['REGISTER', 'REGISTER.401', 'INVITE', 'INVITE.200', 'CANCEL', 'BYE']),
  );
});

test('a connection costs packets of its own, and a secure one a handshake', () => {
  const message = { type: 'INVITE' };
  expect(bytesOf(message, 'tcp')).toBeGreaterThan(bytesOf(message, 'udp'));
  expect(bytesOf(message, 'tls')).toBeGreaterThan(bytesOf(message, 'tcp'));
  expect(connectionBytes('tls')).toBeGreaterThan(connectionBytes('tcp'));
});
