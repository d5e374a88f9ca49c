/** A room of the house: a folder under `src`, what it may import, and whether it may touch the world outside. */
export interface Room {
  readonly path: string;
  /** The rooms below that it may import from; its own files it always may. */
  readonly uses: readonly string[];
  /** Whether clock, randomness, input and output are its business. */
  readonly isOutside?: true;
}

const room = (path: string, uses = '', isOutside?: 'outside'): Room => ({
  path: `src/${path}`,
  uses: uses === '' ? [] : uses.split(' ').map((name) => `src/${name}`),
  ...(isOutside && { isOutside: true }),
});

const world = 'machines sim/data sim/system sim/scenario sim/world sim/sipWorld';
const runs = `${world} sim/properties sim/trace sim/run`;

/**
 * All rooms from the ground up. A room may only use rooms that stand before it here, so imports lead down.
 * A new folder takes its place in this list; a new arrow is an entry in `uses`, for a reviewer to see.
 */
export const rooms: readonly Room[] = [
  // Plain values and containers that know no SIP.
  room('sim/data'),
  room('machines'),

  // Session Initiation Protocol on the wire: knows nothing of Ringproof.
  room('sip/message'),
  room('sip/transports', 'sip/message', 'outside'),
  room('sip/transactions', 'sip/message sip/transports', 'outside'),
  room('sip', 'sip/transactions', 'outside'),
  room('capture'),

  // Intervals and distributions of anything that is counted.
  room('sim/statistics'),

  room('sim/input'),

  // What figures look like: it knows nothing of what was counted.
  room('figures', 'sim/input'),

  // What any system is made of, and the world in which it runs: they know neither SIP nor our machines.
  room('sim/system', 'sim/data'),
  room('sim/world', 'sim/data sim/input sim/system'),

  // A run, in the order of its data: file, scenario, properties, world, trace, run, report.
  room('sim/scenario', 'machines sim/data sim/system'),
  room('sim/properties', 'machines sim/data sim/system sim/scenario'),
  room('sim/sipWorld', 'machines sim/data sim/system sim/scenario sim/properties sim/world'),
  room('sim/scenarioFile', 'machines sim/data sim/input sim/scenario sim/properties'),
  room('profiles', 'machines sim/data sim/input'),
  room('sim/trace', `${world} sim/properties`),
  room('sim/run', `${world} sim/input sim/properties sim/trace`),
  // A day in the life of a phone, drawn by its seed: a scenario like any other one.
  room('sim/workload', world),
  // What runs have come to, in figures.
  room('sim/measure', `${runs} sim/statistics`),
  // The days of many phones that share servers.
  room('sim/fleet', `${runs} sim/statistics sim/measure sim/workload`),
  // A proof that somebody else can judge, and whoever judges it: what found it is not among the rooms it may use.
  room('sim/certificate', `${world} sim/input sim/run`),
  room('verify', `${world} sim/certificate`),
  room('sim/report', 'machines sim/data sim/input sim/scenario sim/trace'),

  // All runs: the engine knows neither a world nor SIP.
  room('sim/check/engine', 'sim/data'),
  room('sim/check/system', `${world} sim/properties sim/check/engine`),
  room('sim/check/automaton', `${world} sim/check/engine sim/check/system`),
  room('sim/check/untimed', `${world} sim/properties`),
  room('sim/check/explain', `${runs} sim/scenarioFile sim/check/engine sim/check/system`),
  room('sim/check/questions', `${runs} sim/certificate sim/check/engine sim/check/system sim/check/explain`),
  room('sim/sweep', `${runs} sim/workload sim/scenarioFile sim/statistics sim/measure`),
  room('sim/fuzz', `${runs} sim/input sim/scenarioFile sim/check/explain`),
  // Machines and systems of the user's.
  room(
    'sim/own',
    `${runs} sim/workload sim/input sim/scenarioFile sim/report sim/check/engine sim/check/explain sim/check/questions sim/statistics sim/sweep sim/fuzz profiles`,
  ),
  // What of the library needs files and threads.
  room(
    'library',
    'machines sim/input sim/scenarioFile sim/check/engine sim/trace sim/own sim/properties sim/report profiles',
    'outside',
  ),
  room(
    'sim/jobs',
    `${runs} sim/workload sim/input sim/scenarioFile sim/statistics sim/measure sim/sweep sim/fleet sim/own sim/report sim/certificate sim/check/engine sim/check/system sim/check/untimed sim/check/explain sim/check/questions profiles`,
  ),
  room(
    'sim/summary',
    'machines figures sim/data sim/input sim/scenario sim/scenarioFile sim/report sim/statistics sim/measure sim/sweep sim/jobs',
  ),

  // Servers, real and modelled.
  room('probe', 'machines sim/data sip sip/message sip/transports sip/transactions profiles', 'outside'),
  room('audit', 'machines sim/data sim/report sip/message capture'),
  room('live', `${runs} sim/input sim/report sip sip/message sip/transports sip/transactions capture`, 'outside'),
  room('stretto', 'machines sim/data sim/input sim/scenarioFile sim/report sim/jobs'),

  // The page in the browser.
  room('inspector/charts', 'machines sim/data sim/scenarioFile sim/sipWorld profiles', 'outside'),
  room('inspector/wire', 'machines sim/scenario sim/trace sip/message'),
  room('inspector/protocol', 'sim/trace sim/report sim/sipWorld'),
  room(
    'inspector/model',
    `${runs} sim/input sim/scenarioFile sim/report sim/check/explain sim/check/questions profiles capture audit inspector/charts inspector/protocol`,
  ),
  room('inspector/readers', 'machines sim/scenarioFile capture inspector/model', 'outside'),
  room('inspector/server', 'inspector/protocol inspector/model', 'outside'),
  room(
    'inspector/page',
    'machines sim/data sim/scenario sim/scenarioFile sim/trace sim/report profiles audit inspector/charts inspector/wire inspector/protocol inspector/model inspector/readers',
    'outside',
  ),

  // Jobs that go to other machines, and what comes back.
  room('queue', 'sim/input', 'outside'),

  // What the user calls.
  room(
    'cli',
    `${runs} figures sim/statistics sim/workload sim/fleet sim/input sim/scenarioFile sim/report sim/certificate verify sim/check/engine sim/check/automaton sim/check/untimed sim/check/explain sim/check/questions sim/own library sim/sweep sim/fuzz sim/jobs sim/summary sip sip/message sip/transports capture profiles probe audit live stretto queue inspector/model inspector/server`,
    'outside',
  ),
  room('vitest.ts', 'library'),
  room('arbitraries.ts', 'sim/fuzz'),
  room('index.ts', `${runs} sim/input sim/scenarioFile sim/report sim/check/engine sim/own library profiles`),
];

/** The innermost room that a file stands in. */
export const roomOf = (file: string): Room | undefined =>
  rooms
    .filter(({ path }) => file === path || file.startsWith(`${path}/`))
    .sort((one, other) => other.path.length - one.path.length)[0];
