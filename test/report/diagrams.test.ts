import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toMermaid } from '../../src/sim/report/mermaid.ts';
import { toPlantUml } from '../../src/sim/report/plantuml.ts';
import { anyRun, exactRun, homeThenCall } from './support.ts';

const linesOf = (diagram: string) => diagram.split('\n').map((line) => line.trim());
const count = (lines: readonly string[], pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;

/** A title that would break either syntax, were it not escaped. */
const title = 'Lost; #1 <b>**all**</b> //of//\nit -- "really"';
const lost = () => exactRun({ title, steps: homeThenCall('100ms') }, 'singleDeviceEmulation', 'reject');

describe('Mermaid', () => {
  test('declares every participant, balances its blocks and ends no statement early', () => {
    const trace = fc.oneof(anyRun, fc.constant(lost()));
    fc.assert(
      fc.property(trace, (trace) => {
        const lines = linesOf(toMermaid(trace));
        expect(lines[0]).toBe('sequenceDiagram');
        expect(count(lines, /^rect rgba\(/)).toBe(count(lines, /^end$/));
        const declared = lines.flatMap((line) => /^participant (\w+) as /.exec(line)?.[1] ?? []);
        const statement = /^(?:(?<from>\w+)--?(?:>>|x)(?<to>\w+)|Note over (?<over>[\w,]+)): \S/;
        for (const line of lines.slice(1).filter((line) => !/^(title|participant|rect|end)\b/.test(line))) {
          const { from, to, over } = statement.exec(line)?.groups ?? {};
          const named = [from, to, ...(over?.split(',') ?? [])].filter((one) => one !== undefined);
          expect(named.length).toBeGreaterThan(0);
          expect(declared).toEqual(expect.arrayContaining(named));
        }
        for (const line of lines) expect(line.replace(/#\d+;/g, '')).not.toMatch(/[#;]/);
      }),
      { numRuns: 40 },
    );
  });

  test('shows the lost call in a block of its own', () => {
    const lines = toMermaid(lost(), { fromMs: 10_090, toMs: 10_220 });
    expect(`\n${lines}\n`).toMatchInlineSnapshot(`
      "
      sequenceDiagram
        title Lost 1 <b>**all**</b> //of// it -- "really": Single Device Emulation on reject, seed 1
        participant caller as Caller
        participant sipServer as SIP server
        participant pushServer as Push server
        participant notificationService as APNs/FCM
        participant app as App
        rect rgba(220, 40, 40, 0.15)
          Note over sipServer: registered: nobody
          Note over caller: 10.100 dials call 1
          sipServer->>app: 10.100 200 OK 0 contacts
          caller->>sipServer: 10.115 INVITE call 1
          sipServer->>caller: 10.130 480 Unavailable
          Note over caller,app: 10.130 VIOLATED noInviteLost: call 1 was lost
          caller->>sipServer: 10.145 ACK
          app-->>pushServer: 10.170 POST /background
          pushServer->>sipServer: 10.182 REGISTER
          sipServer->>pushServer: 10.194 401
          pushServer->>sipServer: 10.206 REGISTER +auth
        end
        rect rgba(30, 110, 230, 0.15)
          Note over sipServer: registered: push server
          sipServer->>pushServer: 10.218 200 OK 1 contact
        end
      "
    `);
  });

  test('a lost push ends in a cross', () => {
    const trace = exactRun({ steps: homeThenCall('50s'), faults: [{ do: 'lose', message: 'notification' }] });
    expect(toMermaid(trace)).toContain('notificationService--xapp: 61.267 VoIP push call 1 (lost)');
    expect(toPlantUml(trace)).toContain('notificationService -->x app : 61.267 VoIP push call 1 (lost)');
  });
});

describe('PlantUML', () => {
  test('declares every participant, balances its groups and escapes markup', () => {
    const trace = fc.oneof(anyRun, fc.constant(lost()));
    fc.assert(
      fc.property(trace, (trace) => {
        const lines = linesOf(toPlantUml(trace));
        expect([lines[0], lines[1], lines.at(-1)]).toEqual(['@startuml', '!pragma teoz true', '@enduml']);
        expect(count(lines, /^group #/)).toBe(count(lines, /^end$/));
        const declared = lines.flatMap((line) => /^participant ".+" as (\w+)$/.exec(line)?.[1] ?? []);
        const statement = /^(?:(?<from>\w+) --?>x? (?<to>\w+) : \S|note over (?<over>\w+) : \S|note across #\w+ : \S)/;
        for (const line of lines.slice(3, -1).filter((line) => !/^(participant|group|end|\.\.\.)/.test(line))) {
          expect(line).toMatch(statement);
          const { from, to, over } = statement.exec(line)?.groups ?? {};
          const named = [from, to, over].filter((one) => one !== undefined);
          expect(declared).toEqual(expect.arrayContaining(named));
        }
      }),
      { numRuns: 40 },
    );
    expect(toPlantUml(lost())).toContain('title Lost; #1 ~<b>~**all~**~</b> ~//of~// it ~-- "really": Single Device');
  });

  test('groups what happens while nobody is registered', () => {
    const lines = toPlantUml(lost(), { fromMs: 10_090, toMs: 10_220 });
    expect(`\n${lines}\n`).toMatchInlineSnapshot(`
      "
      @startuml
      !pragma teoz true
      title Lost; #1 ~<b>~**all~**~</b> ~//of~// it ~-- "really": Single Device Emulation on reject, seed 1
      participant "Caller" as caller
      participant "SIP server" as sipServer
      participant "Push server" as pushServer
      participant "APNs/FCM" as notificationService
      participant "App" as app
      group #FDE6E4 registered: nobody
      note over caller : 10.100 dials call 1
      sipServer -> app : 10.100 200 OK 0 contacts
      caller -> sipServer : 10.115 INVITE call 1
      sipServer -> caller : 10.130 480 Unavailable
      note across #Salmon : 10.130 VIOLATED noInviteLost: call 1 was lost
      caller -> sipServer : 10.145 ACK
      app --> pushServer : 10.170 POST /background
      pushServer -> sipServer : 10.182 REGISTER
      sipServer -> pushServer : 10.194 401
      pushServer -> sipServer : 10.206 REGISTER +auth
      end
      group #E0EBFC registered: push server
      sipServer -> pushServer : 10.218 200 OK 1 contact
      end
      @enduml
      "
    `);
  });
});
