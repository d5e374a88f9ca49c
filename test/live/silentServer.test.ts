import { expect, test } from 'vitest';
import type { Divergence } from '../../src/live/divergence.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { replay } from '../../src/sim/run/replay.ts';
import type { TraceRecord } from '../../src/sim/trace/trace.ts';
import { headerValue } from '../../src/sip/message/headers.ts';
import type { SipRequest } from '../../src/sip/message/message.ts';
import { gapScenario } from './liveSetup.ts';
import { runAgainst } from './virtualRun.ts';

const scenario = gapScenario('singleDeviceEmulation', serverProfiles.reject);

test('a server that says nothing: whatever the model expects is missing, and the run goes to its end', async () => {
  const { record, requests, trace } = await runAgainst(scenario, () => null);
  expect(new Set(record.divergences.map(({ kind }) => kind))).toEqual(new Set(['missing']));
  expect(requests.map(({ method }) => method)).toContain('INVITE');
  expect(replay(trace, 'live').digest).toBe(trace.digest);
  expect(record.latenessMs).toBe(0);
});

test('what the machine retransmits is the same datagram: one branch, one CSeq', async () => {
  const { requests } = await runAgainst(scenario, () => null);
  const registers = requests.filter(({ method }) => method === 'REGISTER');
  const first = registers[0] as SipRequest;
  const copies = registers.filter((one) => headerValue(one, 'CSeq') === headerValue(first, 'CSeq'));
  expect(copies.length).toBeGreaterThan(2);
  for (const copy of copies) expect(copy).toEqual(first);
});

test('a refusal keeps its code, and says no more than that where a newer REGISTER is answered', async () => {
  const { record } = await runAgainst(scenario, ({ method }) => (method === 'REGISTER' ? 500 : null));
  expect(record.divergences[0]).toMatchObject({ came: { type: 'REGISTER.refused', code: 500 } });
});

test('an answer that the profile does not explain reaches the machine, and the trace tells it as a step', async () => {
  const { record, trace } = await runAgainst(scenario, ({ method }) => (method === 'REGISTER' ? 603 : null));
  expect(record.divergences[0]).toMatchObject({ kind: 'unexpected', to: 'app', came: { type: 'REGISTER.refused' } });
  const told = trace.records.filter(({ kind, event }) => kind === 'step' && event.type === 'REGISTER.refused');
  expect(told.length).toBe(record.unforeseen.length);
  expect(told.length).toBeGreaterThan(0);
  expect(replay(trace, 'live').digest).toBe(trace.digest);
});

test('RFC 3261 17.2.1: whether a server says 100 before its answer is no divergence', async () => {
  const about100 = ({ divergences }: { divergences: readonly Divergence[] }) =>
    divergences.filter(({ expected, came }) => [expected?.type, came?.type].includes('INVITE.100'));
  const { record, trace } = await runAgainst(scenario, ({ method }) => (method === 'INVITE' ? 100 : null));
  expect(about100(record)).toEqual([]);
  const isTrying = ({ event, targetRef, fate }: TraceRecord) =>
    event.type === 'INVITE.100' && targetRef === 'caller' && fate !== 'lose';
  expect(trace.records.some(isTrying)).toBe(true);
  const open = gapScenario('standard', { ...serverProfiles.multi, digest: false });
  const silent = await runAgainst(open, ({ method }) => (method === 'REGISTER' ? 200 : null));
  expect(silent.trace.records.some((one) => one.event.type === 'INVITE.100' && one.fate === 'lose')).toBe(true);
  expect(about100(silent.record)).toEqual([]);
});
