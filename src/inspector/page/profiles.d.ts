declare module 'virtual:profiles' {
  /** Every bundled server profile by name. */
  export const everyServerProfile: typeof import('../../profiles/furtherServers.ts').everyServerProfile;
  /** The names of those that are kinds of server rather than products. */
  export const serverKinds: readonly import('../../profiles/servers.ts').ServerProfileName[];
}
