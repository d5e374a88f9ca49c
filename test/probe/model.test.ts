import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServerAxes, ServerAxis, ServerProfile } from '../../src/machines/serverProfile.ts';
import { type Conclusion, type Finding, isOpen } from '../../src/probe/experiment.ts';
import { learntProfileText } from '../../src/probe/learntProfile.ts';
import { axesOf, probe } from '../../src/probe/probe.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { parseServerProfile } from '../../src/profiles/ownServer.ts';
import { ModelLaboratory } from './modelLaboratory.ts';

async function probed(profile: ServerProfile, patienceMs = 120_000): Promise<Finding[]> {
  const findings: Finding[] = [];
  const options = { allowsRemoveAll: false, answers: false, patienceMs, ringWaitMs: 1_000 };
  for await (const finding of probe(new ModelLaboratory(profile), options)) findings.push(finding);
  return findings;
}

/** What was answered. What was not, a profile has to assume, and then there is an answer. */
const answered = (findings: readonly Finding[]): readonly Conclusion[] =>
  findings.filter((one) => !isOpen(one)).map(({ evidence: _, ...rest }) => rest);

/** What the second probe says of what the first one has answered. */
const sameQuestions = (findings: readonly Finding[], first: readonly Finding[]): readonly Conclusion[] =>
  answered(findings.filter(({ topic }) => answered(first).some((one) => one.topic === topic)));

const asProfile = (findings: readonly Finding[]): ServerProfile =>
  parseServerProfile(learntProfileText(findings, { name: 'learnt', target: 'sip:model' }), 'learnt.yaml');

/** What somebody can learn who stands at one address, restarts nothing, answers no call and lets nothing ring for a minute. */
const learnable: readonly ServerAxis[] = [
  'sbc',
  'digest',
  'checksSequence',
  'matchesBindingBy',
  'severalContacts',
  'capacity',
  'whenFull',
  'removalScope',
  'minimumExpires',
  'maximumExpiresMs',
  'fork',
  'forksToLateBindings',
  'withoutBinding',
];

/** What the profile says of those axes that the probe can see, as it sees them: with three user agents. */
function visible(profile: ServerProfile): Partial<ServerAxes> {
  const { name: _name, title: _title, source: _source, ...axes } = profile;
  const seen: Partial<ServerAxes> = Object.fromEntries(learnable.map((axis) => [axis, axes[axis]]));
  const forget = (...unseen: readonly ServerAxis[]) => {
    for (const axis of unseen) delete seen[axis];
  };
  const { whenFull, sbc } = axes;
  // Found by the user alone, a new binding always takes the place of the old one, and any un-REGISTER is about it.
  const isOneForAll = axes.matchesBindingBy === 'user';
  if (isOneForAll) Object.assign(seen, { removalScope: 'allOfUser' });
  const capacity = isOneForAll ? 1 : axes.capacity;
  const isRoomy = capacity === null || capacity >= 3;
  // One binding of which the newest stays: whatever rule it is, it is the same one that goes.
  const isReplaced = capacity === 1 && (isOneForAll || whenFull.do !== 'refuse');
  Object.assign(seen, { capacity: isRoomy ? null : capacity });
  if (isReplaced) Object.assign(seen, { whenFull: { do: 'overwrite' } });
  if (capacity === 1) forget('fork');
  if (isRoomy) forget('whenFull', 'severalContacts');
  if (isReplaced) forget('severalContacts');
  if (isReplaced && axes.matchesBindingBy !== 'callId') forget('matchesBindingBy');
  // Any un-REGISTER removes every binding: only where a full account refuses a newcomer does its Call-ID make one.
  const isCallIdSeen = seen.removalScope !== 'allOfUser' || (!isRoomy && whenFull.do === 'refuse');
  if (!isCallIdSeen && axes.matchesBindingBy !== 'instance') forget('matchesBindingBy');
  // A registrar that is asked to remove a contact by the name that only the SBC knows cannot be told apart further.
  if (sbc?.rewritesContacts !== true || isReplaced) forget('sbc');
  else
    Object.assign(seen, {
      sbc: {
        rewritesContacts: true,
        cacheMs: null,
        flowMs: null,
        comparesVia: false,
        natExpiresMs: null,
        alertMs: null,
      },
    });
  if (seen.sbc !== undefined) forget('severalContacts');
  // One that makes no room for what it adds looks like one that does not find, or removes all, what it is to remove.
  const isEvicted = !isRoomy && whenFull.do !== 'refuse';
  const isHidden = axes.matchesBindingBy === 'callId' || (isEvicted && seen.removalScope === 'allOfUser');
  if (axes.severalContacts === 'sequential' && isHidden) forget('severalContacts');
  return seen;
}

/** Profiles of which something else is seen than `visible` says. */
const special: Readonly<Record<string, Partial<ServerAxes>>> = {
  // It binds nobody at all.
  'asterisk-unset': {
    digest: true,
    capacity: 0,
    whenFull: everyServerProfile['asterisk-unset'].whenFull,
  },
  // The second user agent, the push server, comes from an address that it does not know.
  'address-bound': {
    digest: true,
    removalScope: 'ownContact',
    checksSequence: true,
    minimumExpires: everyServerProfile['address-bound'].minimumExpires,
    maximumExpiresMs: everyServerProfile['address-bound'].maximumExpiresMs,
    withoutBinding: everyServerProfile['address-bound'].withoutBinding,
  },
};

/** A server that limits REGISTERs refuses those of the probe too: its other axes are learnt where it lets it through. */
const everyServer = Object.values(everyServerProfile).map((server: ServerProfile) => {
  const { limitsRegisters: _, ...unlimited } = server;
  return unlimited;
});

/** Any server that the axes allow which can be learnt, behind no SBC. */
const anyServer: fc.Arbitrary<ServerProfile> = fc
  .record<Partial<ServerAxes>>({
    capacity: fc.constantFrom(null, 0, 1, 2, 3, 7),
    whenFull: fc.oneof(
      fc.constantFrom(
        { do: 'overwrite' as const },
        { do: 'evictOldest' as const },
        { do: 'evictSoonestToExpire' as const },
      ),
      fc.record({ do: fc.constant('refuse' as const), code: fc.constantFrom(403, 503, 603), retryAfter: fc.boolean() }),
    ),
    removalScope: fc.constantFrom('ownContact', 'allOfUser'),
    matchesBindingBy: fc.constantFrom('contact', 'instance', 'user', 'callId'),
    severalContacts: fc.constantFrom('atomic', 'sequential'),
    checksSequence: fc.boolean(),
    digest: fc.boolean(),
    minimumExpires: fc.record({
      ms: fc.integer({ min: 2, max: 600 }).map((seconds) => seconds * 1_000),
      answer: fc.constantFrom('intervalTooBrief', 'raise'),
    }),
    maximumExpiresMs: fc.integer({ min: 600, max: 86_400 }).map((seconds) => seconds * 1_000),
    fork: fc.constantFrom('all', 'first'),
    forksToLateBindings: fc.boolean(),
    withoutBinding: fc.oneof(
      fc.record({ do: fc.constant('reject' as const), code: fc.constantFrom(404, 480) }),
      fc.constant({ do: 'voicemail' as const }),
      fc.record({
        do: fc.constant('hold' as const),
        ms: fc.integer({ min: 20, max: 900 }).map((tenths) => tenths * 100),
      }),
    ),
  })
  .map((drawn) => ({ ...everyServerProfile.multi, ...drawn, name: 'any' }));

describe('probing the model of a server', () => {
  test.each(everyServer)('$name: its axes are learnt', async (profile) => {
    const findings = await probed(profile);
    expect(axesOf(findings)).toEqual(special[profile.name] ?? visible(profile));
  });

  test.each(everyServer.filter(({ admits }) => admits === 'everybody'))(
    '$name: what was learnt behaves in the same way',
    async (profile) => {
      const findings = await probed(profile);
      expect(sameQuestions(await probed(asProfile(findings)), findings)).toEqual(answered(findings));
    },
  );

  test('any server: what was learnt behaves in the same way', async () => {
    await fc.assert(
      fc.asyncProperty(anyServer, async (profile) => {
        const findings = await probed(profile);
        expect(sameQuestions(await probed(asProfile(findings)), findings)).toEqual(answered(findings));
      }),
      { numRuns: 50 },
    );
  });

  test('any server that calls everybody whom it has bound: its axes are learnt', async () => {
    const calling = anyServer
      .filter(({ capacity }) => capacity !== 0)
      .map((profile) => ({ ...profile, fork: 'all' as const }));
    await fc.assert(
      fc.asyncProperty(calling, async (profile) => {
        expect(axesOf(await probed(profile))).toEqual(visible(profile));
      }),
      { numRuns: 100 },
    );
  });

  test('nobody waits for a held call longer than was agreed', async () => {
    const findings = await probed(everyServerProfile['flexisip-fork-late'], 20_000);
    const held = findings.find(({ axes }) => axes.withoutBinding !== undefined);
    expect(held).toMatchObject({ says: 'is held for 20s at least', remark: 'it was not waited for longer' });
  });
});
