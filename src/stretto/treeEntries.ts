import type { InputProblem } from '../sim/input/inputError.ts';
import type { Entry, Owner, Reading } from './entry.ts';
import { shown } from './shown.ts';

/** A value with a name and a place: a member of a JSON object, or an attribute or a leaf of XML. */
export interface Field {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** JSON and XML as one shape: an object or element with its values and what stands within. */
export interface Tree {
  readonly name: string;
  readonly line: number;
  readonly fields: readonly Field[];
  readonly children: readonly Tree[];
}

/** Where in the tree something stands. */
interface Place {
  /** Objects within objects: `account1.briaPush.`. */
  readonly prefix: string;
  /** Domains and sections of the desktop's settings within each other: `proxies:proxy0:`. */
  readonly path: string;
  readonly owner: Owner | null;
}

const fieldOf = ({ fields }: Tree, name: string): Field | undefined =>
  fields.find((field) => field.name.toLowerCase() === name);

/**
 * The settings in a tree. It knows attribute objects as the Stretto API gives them (attributeName and attributeValue,
 * within the user or the profile that has them), `name` and `value` in the domains and sections of the desktop softphones,
 * and keys with dots or objects within objects.
 */
export function treeEntries(root: Tree): Reading {
  const entries: Entry[] = [];
  const owners: Owner[] = [];
  const problems: InputProblem[] = [];
  const visit = (tree: Tree, { prefix, path, owner: around }: Place): void => {
    const own = /^account/i.test(prefix) ? null : ownerOf(tree);
    if (own !== null) owners.push(own);
    const owner = own ?? around;
    const inside = own === null ? prefix : '';
    const pair = pairIn(tree);
    if (pair !== null && pair.name !== null && pair.value !== null) {
      entries.push({
        ...pair.value,
        key: `${pair.isApi ? '' : path}${pair.name.value}`,
        value: pair.value.value,
        owner,
      });
    } else if (pair !== null) problems.push(halfPair(pair, tree.line));
    const rest = tree.fields.filter((field) => !isOwnerField(field, own) && !isOfPair(field, pair));
    const isSection = /^(?:domain|section)$/i.test(tree.name);
    for (const { name, value, line } of rest) {
      if (!(isSection && name.toLowerCase() === 'name')) entries.push({ key: `${inside}${name}`, value, line, owner });
    }
    const below = isSection ? `${path}${fieldOf(tree, 'name')?.value ?? ''}:` : path;
    for (const child of tree.children) {
      const isWrapper =
        isSection || /^(?:ccs|setting$|settings$|domain$|section$)/i.test(child.name) || child.name === '';
      visit(child, { prefix: isWrapper ? inside : `${inside}${child.name}.`, path: below, owner });
    }
  };
  visit(root, { prefix: '', path: '', owner: null });
  return { entries, owners, problems };
}

/** A user or a profile: the API's objects, and whatever is named like one. */
function ownerOf(tree: Tree): Owner | null {
  const user = fieldOf(tree, 'username');
  const profile = fieldOf(tree, 'profilename') ?? (user === undefined ? undefined : fieldOf(tree, 'profile'));
  if (user === undefined && profile === undefined) return null;
  return { user: user?.value ?? null, profile: profile?.value || null, line: tree.line };
}

const isOwnerField = ({ name }: Field, owner: Owner | null): boolean =>
  owner !== null &&
  ['username', 'profilename', ...(owner.user === null ? [] : ['profile'])].includes(name.toLowerCase());

/** A setting whose name and value are values themselves. */
interface Pair {
  readonly name: Field | null;
  readonly value: Field | null;
  /** As the API writes it, not as the desktop does. */
  readonly isApi: boolean;
}

function pairIn(tree: Tree): Pair | null {
  const value = fieldOf(tree, 'value');
  const apiName = fieldOf(tree, 'attributename') ?? null;
  const apiValue = fieldOf(tree, 'attributevalue') ?? null;
  if (apiName !== null || apiValue !== null) {
    return { name: apiName, value: apiValue ?? value ?? null, isApi: true };
  }
  const name = fieldOf(tree, 'name');
  return name === undefined || value === undefined ? null : { name, value, isApi: false };
}

const isOfPair = (field: Field, pair: Pair | null): boolean => field === pair?.name || field === pair?.value;

const halfPair = ({ name }: Pair, line: number): InputProblem => ({
  line: name?.line ?? line,
  found: name === null ? 'an attributeValue without its name' : `${shown(name.value)} without an attributeValue`,
  expected: 'attributeName and attributeValue',
});
