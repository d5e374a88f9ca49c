import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderLadder } from '../../src/sim/report/ladder.ts';
import { ladderModel } from '../../src/sim/report/ladderModel.ts';
import { anyRun, bundledRuns, exactRun, homeThenCall, plain } from './support.ts';

const widths = [64, 80, 100, 120, 140, 160, 200];
const paint = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[39m`;
const colourful = {
  red: paint(31),
  green: paint(32),
  blue: paint(34),
  yellow: paint(33),
  magenta: paint(35),
  dim: paint(2),
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what is looked for
const escapes = /\u001b\[\d+m/g;

const lost = () => exactRun({ steps: homeThenCall('100ms') }, 'singleDeviceEmulation', 'reject');
const pushed = () => exactRun({ steps: homeThenCall('50s') });

describe('a golden ladder', () => {
  test('at 80 columns: the lost call of mode 1', () => {
    expect(
      `\n${renderLadder(lost(), { width: 80, palette: plain, fromMs: 10_000, toMs: 30_000 })}\n`,
    ).toMatchInlineSnapshot(`
      "
              Caller         SIP server       Push server      APNs/FCM            App
        10.000   │                █                │               │ user goes home ●
                 │                █            REGISTER Expires: 0 +auth            │
        10.050   │                ╳◀────────────────────────────────────────────────│
        10.100   ● dials call 1   ╳                │               │                │
                 │                ╳                200 OK 0 contacts                │
        10.100   │                ╳────────────────────────────────────────────────▶│
                 │ INVITE call 1  ╳                │               │                │
        10.115   │───────────────▶╳                │               │                │
                 │480 Unavailable ╳                │               │                │
        10.130   │◀───────────────╳                │               │                │
        10.130   │                ╳ ✗ noInviteLost: call 1 was lost                 │
                 │      ACK       ╳                │               │                │
        10.145   │───────────────▶╳                │               │                │
                 │                ╳                │        POST /background        │
        10.170   │                ╳                │◀╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌│
                 │                ╳    REGISTER    │               │                │
        10.182   │                ╳◀───────────────│               │                │
                 │                ╳      401       │               │                │
        10.194   │                ╳───────────────▶│               │                │
                 │                ╳ REGISTER +auth │               │                │
        10.206   │                ▓◀───────────────│               │                │
                 │                ▓200 OK 1 contact│               │                │
        10.218   │                ▓───────────────▶│               │                │
                 │                ▓                │           taken over           │
        10.288   │                ▓                │╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▶│

      registered: █ app  ▓ push server  ▚ both  ╳ nobody
      app: ┃ foreground  │ background  ┆ suspended  ╎ starting
      ─ SIP  ╌ HTTPS  · push  ✕ lost   ● user, OS, network  ◷ timer  ♪ phone
      not drawn: 10 rows before, 1 row after, 1 timer
      \`simulate --all\` draws everything
      "
    `);
  });

  test('at 140 columns: a push wakes the app', () => {
    const ladder = renderLadder(pushed(), { width: 140, palette: plain, fromMs: 50_000, toMs: 62_500 });
    expect(`\n${ladder}\n`).toMatchInlineSnapshot(`
      "
              Caller                        SIP server                      Push server                     APNs/FCM                           App
        60.000   ● dials call 1                  ▓                               │                              │                               ┆
                 │         INVITE call 1         ▓                               │                              │                               ┆
        60.015   │──────────────────────────────▶▓                               │                              │                               ┆
                 │                               ▓         INVITE call 1         │                              │                               ┆
        60.027   │                               ▓──────────────────────────────▶│                              │                               ┆
                 │          100 Trying           ▓                               │                              │                               ┆
        60.030   │◀──────────────────────────────▓                               │                              │                               ┆
                 │                               ▓          100 Trying           │                              │                               ┆
        60.039   │                               ▓◀──────────────────────────────│                              │                               ┆
                 │                               ▓                               │         push call 1          │                               ┆
        60.067   │                               ▓                               │╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▶│                               ┆
                 │                               ▓                               │                              │ VoIP push call 1 (took 1.2 s) ┆
        61.267   │                               ▓                               │                              │······························▶╎
        61.467   │                               ▓                               │                              │                app runs again ◷
        61.467   │                               ▓                               │                              │        phone rings for call 1 ♪
                 │                               ▓                               │                          GET call 1                          │
        61.537   │                               ▓                               │◀╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌│
                 │                               ▓                               │                        INVITE call 1                         │
        61.607   │                               ▓                               │─────────────────────────────────────────────────────────────▶│
                 │                               ▓                               │                         180 Ringing                          │
        61.677   │                               ▓                               │◀─────────────────────────────────────────────────────────────│
                 │                               ▓          180 Ringing          │                              │                               │
        61.689   │                               ▓◀──────────────────────────────│                              │                               │
                 │          180 Ringing          ▓                               │                              │                               │
        61.704   │◀──────────────────────────────▓                               │                              │                               │

      registered: █ app  ▓ push server  ▚ both  ╳ nobody   app: ┃ foreground  │ background  ┆ suspended  ╎ starting
      ─ SIP  ╌ HTTPS  · push  ✕ lost   ● user, OS, network  ◷ timer  ♪ phone
      not drawn: 20 rows before, 15 rows after, 1 timer   \`simulate --all\` draws everything
      "
    `);
  });

  test('of retransmissions to an app that has gone', () => {
    const trace = exactRun({ steps: homeThenCall('50s') }, 'standard', 'reject');
    const ladder = renderLadder(trace, { width: 80, palette: plain, fromMs: 60_000, toMs: 90_000 });
    expect(`\n${ladder}\n`).toMatchInlineSnapshot(`
      "
              Caller         SIP server       Push server      APNs/FCM            App
        60.000   ● dials call 1   █                │               │                ┆
                 │ INVITE call 1  █                │               │                ┆
        60.015   │───────────────▶█                │               │                ┆
                 │   100 Trying   █                │               │                ┆
        60.030   │◀───────────────█                │               │                ┆
                 │                █        INVITE call 1 (app is suspended)         ┆
        60.065   │                █────────────────────────────────────────────────✕┆
                 │                █INVITE call 1 (app is suspended, retransmission) ┆
        60.565   │                █────────────────────────────────────────────────✕┆
               ┄┄ 3 more retransmissions of INVITE call 1 until 67.565 ┄┄
        70.142   │                █                ◷ Retry-After is over            ┆
                 │                █ REGISTER +auth │               │                ┆
        70.154   │                █◀───────────────│               │                ┆
                 │                █503 Retry-After │               │                ┆
        70.166   │                █───────────────▶│               │                ┆
               ┄┄ 5.4 s idle but for 1 timer ┄┄
                 │                █INVITE call 1 (app is suspended, retransmission) ┆
        75.565   │                █────────────────────────────────────────────────✕┆
               ┄┄ 14 s idle ┄┄
        90.000   ◷ gives up       █                │               │                ┆
        90.000   │                █ ✗ noInviteLost: call 1 was lost                 ┆

      registered: █ app  ▓ push server  ▚ both  ╳ nobody
      app: ┃ foreground  │ background  ┆ suspended  ╎ starting
      ─ SIP  ╌ HTTPS  · push  ✕ lost   ● user, OS, network  ◷ timer  ♪ phone
      not drawn: 25 rows before, 11 rows after, 5 timers
      \`simulate --all\` draws everything
      "
    `);
  });
});

describe('a ladder', () => {
  test.each(widths)('is nowhere wider than %d columns', (width) => {
    for (const trace of bundledRuns()) {
      for (const all of [false, true]) {
        for (const line of renderLadder(trace, { width, palette: plain, all }).split('\n')) {
          expect([...line].length).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  test('says how wide it must be', () => {
    expect(renderLadder(lost(), { width: 50, palette: plain })).toContain('64 columns');
  });

  test('is the same text with and without colours', () => {
    const inColour = renderLadder(lost(), { width: 100, palette: colourful });
    const inBlack = renderLadder(lost(), { width: 100, palette: plain });
    expect(inColour).toMatch(escapes);
    expect(inBlack).not.toMatch(escapes);
    expect(inColour.replace(escapes, '')).toBe(inBlack);
  });

  test('names every remark in full, and keeps sight of who is registered', () => {
    fc.assert(
      fc.property(anyRun, fc.constantFrom(80, 120), (trace, width) => {
        const lines = renderLadder(trace, { width, palette: plain }).split('\n');
        expect(lines.join('\n')).not.toContain('…');
        const rows = lines.slice(1, lines.indexOf('')).filter((line) => !/^\s+(┄┄|Caller)/.test(line));
        for (const line of rows) expect(line).toMatch(/[█▓▚╳]/);
      }),
      { numRuns: 100 },
    );
  });

  test('counts in its last lines what it does not draw', () => {
    const ladder = renderLadder(pushed(), { width: 120, palette: plain, fromMs: 50_000, toMs: 62_500 });
    const { hidden, outside } = ladderModel(pushed(), { fromMs: 50_000, toMs: 62_500 });
    expect(hidden.map(({ what }) => what)).toEqual(['timer']);
    expect(ladder).toContain(`not drawn: ${outside.before} rows before, ${outside.after} rows after, 1 timer`);
  });
});
