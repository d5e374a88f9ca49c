/** How much is drawn: the more is allowed, the more losses are nobody's fault. */
export interface DrawLimits {
  /** Steps of user, OS and network after the app has been opened. */
  readonly changes: number;
  /** Which of them may be drawn. `home` stands for home and open in turn. */
  readonly kinds: readonly ChangeKind[];
  readonly calls: 1 | 2;
  /** Datagrams that may be lost. */
  readonly losses: number;
}

export const changeKinds = ['home', 'kill', 'changeNetwork', 'expireNonces'] as const;
export type ChangeKind = (typeof changeKinds)[number];
