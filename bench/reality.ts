import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect } from 'vitest';
import { Comparison } from '../src/live/compared.ts';
import { DivergenceCounts } from '../src/live/divergence.ts';
import type { LiveResult } from '../src/live/liveJob.ts';
import { comparedRun } from '../src/live/prediction.ts';
import { registrationModeNames } from '../src/machines/registrationModes.ts';
import type { ServerProfile } from '../src/machines/serverProfile.ts';
import { serverProfiles } from '../src/profiles/servers.ts';
import { modeTitle } from '../src/sim/report/modeTitle.ts';
import { SeededSchedule } from '../src/sim/run/seededSchedule.ts';
import { wilsonInterval } from '../src/sim/sweep/wilson.ts';
import { gapScenario, runsAgainst } from '../test/live/liveSetup.ts';
import { Ejabberd, withEjabberd } from '../test/support/programs/ejabberd.ts';
import { Kamailio, type KamailioPolicy, withKamailio } from '../test/support/programs/kamailio.ts';

/**
 * Calls around the hand-over, on real servers and in the model with the same delays: writes docs/reality.md. Every cell is
 * one server that is started for it and as many users at once as there are runs.
 */
const runs = 40;
const password = 'a secret of the measurements';
const common: KamailioPolicy = { password, withoutBinding: 480, retryAfterSeconds: 30 };

const kamailios: readonly (readonly [ServerProfile, KamailioPolicy])[] = [
  [serverProfiles.multi, common],
  [serverProfiles.reject, { ...common, policy: 'reject' }],
  [serverProfiles.overwrite, { ...common, policy: 'overwrite' }],
  [serverProfiles.hold, { ...common, policy: 'reject', holdMs: 15_000 }],
];

/** ejabberd's mod_sip keeps several bindings, forks to all, and answers a lifetime below a minute with 423. */
const ejabberdProfile: ServerProfile = {
  ...serverProfiles.multi,
  name: 'ejabberd',
  title: 'ejabberd with mod_sip',
  minimumExpires: { ms: 60_000, answer: 'intervalTooBrief' },
};

const rows: string[] = [];
const notes: string[] = [];

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function rowOf(
  server: string,
  mode: (typeof registrationModeNames)[number],
  profile: ServerProfile,
  results: readonly LiveResult[],
): string {
  const scenario = gapScenario(mode, profile);
  const comparison = new Comparison(5_000);
  const divergences = new DivergenceCounts();
  for (const [index, result] of results.entries()) {
    comparison.add(comparedRun(scenario, (definition) => new SeededSchedule(definition, index + 1), result));
    divergences.add(result.divergences);
  }
  const { predicted: model, measured, agreeing, disturbed } = comparison.result();
  const [low, high] = wilsonInterval(measured.lost, measured.calls - measured.undecided);
  const gap = ({ gapsMs }: typeof measured) => `${gapsMs[Math.floor((gapsMs.length - 1) / 2)] ?? 0} ms`;
  for (const [text, count] of divergences.counts) {
    notes.push(`- ${server}, ${modeTitle(mode)}: ${text} (in ${count} runs)`);
  }
  const otherwise = results.filter((result) => result.divergences.length > 0).length;
  const cells = [
    server,
    modeTitle(mode),
    `${model.lost} of ${model.calls}`,
    `${measured.lost} of ${measured.calls}`,
    String(measured.undecided),
    disturbed === 0 ? `${percent(low)} to ${percent(high)}` : 'none',
    gap(model),
    gap(measured),
    `${agreeing} of ${measured.runs}`,
    String(otherwise),
    `${Math.max(...results.map(({ latenessMs }) => latenessMs))} ms`,
  ];
  return `| ${cells.join(' | ')} |`;
}

for (const [profile, policy] of kamailios) {
  describe(`Kamailio as ${profile.name}`, () => {
    for (const mode of registrationModeNames) {
      withKamailio(mode, async () => {
        const kamailio = await Kamailio.start(policy);
        const results = await runsAgainst({
          scenario: gapScenario(mode, profile),
          port: kamailio.port,
          password,
          runs,
        });
        kamailio.close();
        expect(results).toHaveLength(runs);
        rows.push(rowOf(`Kamailio, ${profile.title}`, mode, profile, results));
      });
    }
  });
}

describe('ejabberd', () => {
  for (const mode of registrationModeNames) {
    withEjabberd(mode, async () => {
      const users = Array.from({ length: runs }, (_, index) => `user${index}`);
      // It lets nobody call whom it does not know.
      const ejabberd = await Ejabberd.start(password, 'caller1', ...users);
      const scenario = gapScenario(mode, ejabberdProfile);
      const results = await runsAgainst({ scenario, port: ejabberd.port, password, runs });
      ejabberd.close();
      expect(results).toHaveLength(runs);
      rows.push(rowOf(ejabberdProfile.title, mode, ejabberdProfile, results));
    });
  }
});

afterAll(() => {
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(
    'docs/reality.md',
    `# Prediction and measurement

Measured on ${today} by \`npm run reality\`: the scenario [live/call-in-the-gap](../examples/live/call-in-the-gap.yaml), ${runs} users at
once on a real server on this machine, each with another seed; beside it the same scenario, mode and seeds in the model. The
delays between phone, push server and SIP server are simulated in both; the server is real in one and a profile in the other.
The interval covers the true probability of a loss in 95 of 100 measurements. "Same verdicts": runs in which exactly the
properties were violated that the model predicted for that seed. "Otherwise": runs in which the server sent, or did not send,
some message against its profile. "Late by": how late this machine was at worst for something that was due; a busy one widens
the gaps.

| server | mode | lost, predicted | lost, measured | 95 % | nobody registered, predicted (median) | measured | same verdicts | otherwise | late by |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

${notes.length === 0 ? 'No server did otherwise than its profile.' : `What was otherwise:\n\n${notes.join('\n')}`}
`,
  );
});
