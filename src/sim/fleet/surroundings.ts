/** What is asked of those that the phones of a fleet share: of the SIP server, and of the push service. */
export const requests = ['register', 'invite', 'push'] as const;
export type Request = (typeof requests)[number];

/** What the phones of a fleet share. */
export interface Surroundings {
  /** How long the request waits that arrives now, in milliseconds; null where it is refused. */
  arrive(request: Request, nowMs: number): number | null;
}
