import { looks, type WorkloadName } from './workloads.ts';

/** What a workload says in numbers. */
export type WorkloadPart = 'opens' | 'stay' | 'calls' | 'talk' | 'networkChanges' | 'kills';

const perDaySource = 'Opera Mediaworks, third quarter of 2016: the same app just over 4 times a day, on average';
const officeShape = 'by hour: trefor.net, Duffy; an eighth in the busiest hour: Cyclopedia of Telephony and Telegraphy';
const assumedKill = 'assumed: once a day';
const assumedTalk = 'assumed: 3 min on average';

/** Where the numbers of each named workload are from; what no source is known for is assumed. */
export const workloadSources: Readonly<Record<WorkloadName, Readonly<Record<WorkloadPart, string>>>> = {
  office: {
    opens: `assumed: 8 a day, twice as often as an app of the user's own choice (${perDaySource})`,
    stay: looks.source ?? '',
    calls: `assumed: 6 a day; ${officeShape}`,
    talk: assumedTalk,
    networkChanges: 'assumed: 4 a day, on the way to work, at lunch and home',
    kills: assumedKill,
  },
  home: {
    opens: perDaySource,
    stay: looks.source ?? '',
    calls: 'assumed: 2 a day; the hours too',
    talk: assumedTalk,
    networkChanges: 'assumed: 2 a day',
    kills: assumedKill,
  },
  courier: {
    opens: 'assumed: 20 a day',
    stay: looks.source ?? '',
    calls: 'assumed: 15 a day; the hours too',
    talk: 'assumed: 10 s to 2 min',
    networkChanges: 'assumed: 30 a day, three an hour',
    kills: 'assumed: 3 a day, as navigation takes the memory',
  },
  'night-shift': {
    opens: 'assumed: 8 a day; the hours of an office, turned by twelve',
    stay: looks.source ?? '',
    calls: 'assumed: 6 a day; the hours of an office, turned by twelve',
    talk: assumedTalk,
    networkChanges: 'assumed: 2 a day, on the way to work and home',
    kills: assumedKill,
  },
};
