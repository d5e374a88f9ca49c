/** Delays of users, devices and servers, which may be none at all. */
const mayTakeNoTime: readonly string[] = [
  'coldStart',
  'resume',
  'restart',
  'backgroundTime',
  'userReaction',
  'calleeReaction',
  'otherDeviceReaction',
  'talk',
];

/**
 * The least milliseconds that a delay of a machine may take. A timer that is armed again and again and took no time would
 * keep time from going on.
 */
export const leastTimerMs = (delay: string): 0 | 1 => (mayTakeNoTime.includes(delay) ? 0 : 1);
