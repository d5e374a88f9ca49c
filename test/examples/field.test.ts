import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { mitigated } from '../../src/sim/scenarioFile/mitigated.ts';
import { effectOf, fieldScenarios, violatedIn } from '../support/fieldScenarios.ts';
import { cellsOf, expectDecided } from './cells.ts';

const isFault = ({ name }: { name: string }) => /^w\d\d-/.test(name);

describe.each(fieldScenarios.map((document) => [document.name, document] as const))('%s', (_, document) => {
  const cells = cellsOf(document);

  test(`violates just what it says, for every order and delay, in ${cells.length} cells`, () => {
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) expectDecided(document, cell);
  });

  if (document.mitigation !== undefined) {
    test('is cured by its mitigation of what is worst in it', () => {
      const { caught } = effectOf(document);
      const [worst] = violatedIn(document).filter((one) => caught.includes(one));
      expect(worst).toBeDefined();
    });
  }
});

test('a fault is decided for every mode of the product, on the common kinds of server and on products', () => {
  const faults = fieldScenarios.filter(isFault);
  expect(faults).toHaveLength(10);
  for (const { expect: expected = {} } of faults) {
    expect(Object.keys(expected)).toEqual(expect.arrayContaining([...Object.keys(serverProfiles), 'freeswitch']));
    for (const byMode of Object.values(expected)) expect(Object.keys(byMode)).toEqual(registrationModeNames);
  }
});

test('a report names its thread and what helps', () => {
  for (const document of fieldScenarios.filter((one) => !isFault(one))) {
    expect(document.report?.threads.length, document.name).toBeGreaterThan(0);
    expect(document.mitigation, document.name).toBeDefined();
  }
});

describe('a mitigation', () => {
  const document = {
    name: 'x',
    title: 'X',
    steps: [{ at: '1s', do: 'open' as const }],
    links: { appSip: { transport: 'udp' as const, latency: '7ms' }, control: { latency: '9ms' } },
  };

  test('changes the parts that it names and leaves the others', () => {
    const change = { links: { appSip: { transport: 'tls' as const } }, mode: 'continuous' as const };
    expect(mitigated({ ...document, mitigation: { says: 'x', change } })).toEqual({
      ...document,
      mode: 'continuous',
      links: { appSip: { transport: 'tls', latency: '7ms' }, control: { latency: '9ms' } },
    });
  });

  test('is none where the scenario names none', () => expect(mitigated(document)).toEqual(document));
});
