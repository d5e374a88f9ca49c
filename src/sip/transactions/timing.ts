/** The three times from which every timer follows (RFC 3261 17.1.1.2, table 4), in milliseconds. */
export interface TransactionTiming {
  /** Estimate of the round trip. */
  readonly t1Ms: number;
  /** Longest interval between retransmissions of non-INVITE requests and of responses to INVITE. */
  readonly t2Ms: number;
  /** How long a message stays in the network. */
  readonly t4Ms: number;
}

/** The values of RFC 3261, table 4. */
export const rfcTiming: TransactionTiming = { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 };

/** 64*T1: Timers B, F, H, J, L and M. */
export const giveUpMs = ({ t1Ms }: TransactionTiming): number => 64 * t1Ms;
