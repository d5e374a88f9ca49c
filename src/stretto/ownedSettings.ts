import type { AttributeName, Meaning } from './attributes.ts';
import type { Entry, Owner } from './entry.ts';

/** A user of whom a file speaks, and where it begins to. */
export interface User {
  readonly name: string;
  readonly line: number;
}

/** Whose settings they are; nothing where the file tells neither users nor profiles apart. */
export interface Whose {
  readonly user?: User;
  /** The profile that the settings belong to, where no user of the file has it. */
  readonly profile?: string;
  /** A profile that the user has and the file has not: what is missing here may stand there. */
  readonly missingProfile?: string;
}

/** A setting that was understood. */
interface Found {
  readonly attribute: AttributeName;
  readonly entry: Entry;
  readonly value: unknown;
}

/** Users, profiles and everyone have settings of their own. */
const scopeOf = (owner: Owner | null): string => {
  if (owner === null) return 'everyone';
  return owner.user === null ? `profile ${owner.profile}` : `user ${owner.user}`;
};

/** The settings of a file by whose they are, of which account, and what they mean. */
export class OwnedSettings {
  private readonly found = new Map<string, Found>();

  private slot(scope: string, { account, attribute }: Meaning): string {
    return `${scope} ${account ?? 'all'} ${attribute}`;
  }

  /** What stands there already, which the given one is then added to no more. */
  add(entry: Entry, meaning: Meaning, value: unknown): Found | null {
    const slot = this.slot(scopeOf(entry.owner), meaning);
    const before = this.found.get(slot);
    if (before === undefined) this.found.set(slot, { attribute: meaning.attribute, entry, value });
    return before ?? null;
  }

  /** What the innermost of these scopes says of an account, itself before every account. */
  get(scopes: readonly string[], account: number, attribute: AttributeName): Found | undefined {
    for (const scope of scopes) {
      const one = this.own(scope, account, attribute) ?? this.found.get(this.slot(scope, { account: null, attribute }));
      if (one !== undefined) return one;
    }
    return undefined;
  }

  /** What one scope says of that very account. */
  own(scope: string, account: number, attribute: AttributeName): Found | undefined {
    return this.found.get(this.slot(scope, { account, attribute }));
  }
}

/** Whose accounts are looked for, and the scopes that speak of him, innermost first. */
export interface Subject {
  readonly whose: Whose;
  readonly scopes: readonly string[];
}

/** Users, and profiles that none of them has; everyone where the file tells neither apart. */
export function subjectsOf(owners: readonly Owner[]): Subject[] {
  const users = new Map<string, Owner>();
  const profiles = new Set<string>();
  for (const owner of owners) {
    const { user, profile } = owner;
    if (user === null && profile !== null) profiles.add(profile);
    else if (user !== null && (users.get(user)?.profile ?? null) === null) {
      users.set(user, { ...owner, line: users.get(user)?.line ?? owner.line });
    }
  }
  const taken = new Set([...users.values()].map(({ profile }) => profile));
  const everyone = scopeOf(null);
  const subjects = [
    ...[...users].map(([name, { profile, line }]): Subject => {
      const isMissing = profile !== null && !profiles.has(profile);
      return {
        whose: { user: { name, line }, ...(isMissing && { missingProfile: profile }) },
        scopes: [`user ${name}`, ...(profile === null ? [] : [`profile ${profile}`]), everyone],
      };
    }),
    ...[...profiles]
      .filter((profile) => !taken.has(profile))
      .map((profile) => ({ whose: { profile }, scopes: [`profile ${profile}`, everyone] })),
  ];
  return subjects.length === 0 ? [{ whose: {}, scopes: [everyone] }] : subjects;
}
