import type { Listed } from './listed.ts';

/** Every command, in the order of the help. */
export const commands: Readonly<Record<string, Listed>> = {
  check: {
    description:
      'decide for every order of events and every delay: holds, violated with a counterexample, inconclusive',
    load: async () => (await import('./check.ts')).checkCommand(),
  },
  verify: {
    description: 'judge the certificates of what holds, with a small checker that shares no code with the large one',
    load: async () => (await import('./verify.ts')).verifyCommand(),
  },
  compare: {
    description:
      'lay the four modes, and a SIP server that pushes by itself, side by side: losses, gaps, waits, traffic',
    load: async () => (await import('./compare.ts')).compareCommand(),
  },
  simulate: {
    description: 'run one scenario with a seed, or replay a trace, and show its ladder',
    load: async () => (await import('./simulate.ts')).simulateCommand(),
  },
  advise: {
    description: 'check the push settings of a Stretto provisioning file and recommend a mode, with its proof',
    load: async () => (await import('./advise.ts')).adviseCommand(),
  },
  sweep: {
    description: 'run scenarios with many seeds in every mode on every server: calls lost of calls made',
    load: async () => (await import('./sweep.ts')).sweepCommand(),
  },
  fleet: {
    description: 'simulate a day of many users: load by minute, calls lost, what a slow server or a restart comes to',
    load: async () => (await import('./fleet.ts')).fleetCommand(),
  },
  fuzz: {
    description:
      'generate hand-overs, calls, delays and faults until a property is violated; shrink and save the scenario',
    load: async () => (await import('./fuzz.ts')).fuzzCommand(),
  },
  audit: {
    description: 'judge a capture of real SIP traffic: lost calls, gaps, double registrations, the mode it looks like',
    load: async () => (await import('./audit.ts')).auditCommand(),
  },
  inspect: {
    description: 'show runs, or lost calls of a capture, in a browser: who is registered, step by step, and what if',
    load: async () => (await import('./inspect.ts')).inspectCommand(),
  },
  live: {
    description:
      'run app, push server and caller over real sockets against a real SIP server, beside what the model predicts',
    load: async () => (await import('./live.ts')).liveCommand(),
  },
  probe: {
    description: 'find out what kind of SIP server this is, by registering and calling a test account of yours',
    load: async () => (await import('./probe.ts')).probeCommand(),
  },
  export: {
    description: 'export schemas and models for other tools',
    load: async () => (await import('./export.ts')).exportCommand(),
  },
  worker: {
    description: 'do the work of `check`, `sweep` and `fleet --queue` on other machines, through Redis',
    load: async () => (await import('./worker.ts')).workerCommand(),
  },
  merge: {
    description: 'print what a run would have printed whose shares were done apart: see --shard',
    load: async () => (await import('./merge.ts')).mergeCommand(),
  },
  profiles: {
    description: 'list the server profiles, or explain one with its sources',
    load: async () => (await import('./profiles.ts')).profilesCommand(),
  },
  list: {
    description: 'list what has a name: scenarios, properties, delays, steps, presets, modes',
    load: async () => (await import('./list.ts')).listCommand(),
  },
  completion: {
    description: 'print the script with which bash, zsh or fish completes commands, options and names',
    load: async () => (await import('./completion.ts')).completionCommand(commands),
  },
};
