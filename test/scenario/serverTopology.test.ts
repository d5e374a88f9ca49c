import { expect, test } from 'vitest';
import { complaints } from '../support/complaints.ts';

const crash = '  - { at: 2s, do: crashSipServer }\n';
const file = (topology: string, steps = '') =>
  `name: x\ntitle: X\ntopology: { ${topology} }\nsteps:\n  - { at: 1s, do: open }\n${steps}`;

test.each<[text: string, found: RegExp]>([
  [file('secondServer: {}'), /^x\.yaml:3: found a second server where the first never dies; expected a step `crashSip/],
  [file('secondServer: {}', crash + crash), /^x\.yaml:7: found a second crashSipServer; expected one crash/],
  [
    file('secondServer: {}', `${crash}  - { at: 3s, do: call }\n`),
    /^x\.yaml:7: found a call of the user with two servers/,
  ],
  [file('secondServer: { location: none }', crash), /^x\.yaml:3: .*shared/],
  [file('registrars: {}'), /^x\.yaml:3: .*lag/],
  [
    file('registrars: { lag: 1s }', crash),
    /^x\.yaml:6: found crashSipServer of two registrars; expected `secondServer`/,
  ],
  [
    file('registrars: { lag: 1s }, edge: { tells: 60s }'),
    /^x\.yaml:3: found edge beside registrars; expected one of them$/,
  ],
  [file('edge: { tells: 60 }'), /^x\.yaml:3: /],
])('several servers that contradict the rest are refused with the line: %#', (text, found) => {
  expect(complaints(text)).toMatch(found);
});

test.each([
  [file('secondServer: { location: shared, dead: refuses, triedBy: app }', crash)],
  [file('registrars: { lag: 1s, order: kept }')],
  [file('edge: { tells: 60s }')],
])('what fits together is taken: %#', (text) => expect(complaints(text)).toBe(''));
