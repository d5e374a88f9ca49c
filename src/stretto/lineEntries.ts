import type { InputProblem } from '../sim/input/inputError.ts';
import type { Entry, Owner, Reading } from './entry.ts';
import { shown } from './shown.ts';

/** What one line says: a setting, a mistake, or nothing. */
type Said = Entry | InputProblem | null;

/** `key=value`, one a line, as in files of the kind .ini; `#` and `;` begin a comment. */
export function lineEntries(text: string): Reading {
  let section = '';
  const said = text.split(/\r\n|\r|\n/).map((raw, index): Said => {
    const content = raw.trim();
    if (content === '' || /^[#;]/.test(content)) return null;
    const line = index + 1;
    const [, named] = /^\[([^\]]*)\]$/.exec(content) ?? [];
    if (named !== undefined) {
      section = named;
      return null;
    }
    return apiCall(content, line) ?? keyAndValue(content, line, section);
  });
  const entries = said.filter((one): one is Entry => one !== null && 'key' in one);
  return {
    entries,
    owners: entries.flatMap(({ owner }) => owner ?? []),
    problems: said.filter((one): one is InputProblem => one !== null && 'found' in one),
  };
}

/** A section that is named like an account stands before its keys. */
function keyAndValue(content: string, line: number, section: string): Said {
  const separator = content.indexOf('=');
  if (separator < 1) return { line, found: 'a line that is no setting', expected: 'key=value' };
  const key = content.slice(0, separator).trim();
  const isWithin = /^account\d+(?:sip)?$/i.test(section) && !/^(?:account\d|proxies:)/i.test(key);
  return {
    key: isWithin ? `${section}.${key}` : key,
    value: unquoted(content.slice(separator + 1).trim()),
    line,
    owner: null,
  };
}

/** Quotes around a value are dropped, also those of a word processor; so is a comment behind it. */
function unquoted(value: string): string {
  const [, straight, typographic] = /^(?:"([^"]*)"|[“”]([^“”]*)[“”])\s*(?:[;#].*)?$/.exec(value) ?? [];
  const [, single] = /^'([^']*)'\s*(?:[;#].*)?$/.exec(value) ?? [];
  return straight ?? typographic ?? single ?? value.replace(/(?<!\s)\s+[;#].*$/, '');
}

/** A call of the API in a script or a log, which sets one attribute of a user or a profile in its query. */
function apiCall(content: string, line: number): Said {
  const [, query] = /\?([^\s"'<>]*\battributeName=[^\s"'<>]*)/i.exec(content) ?? [];
  if (query === undefined) return null;
  const parameters = new Map([...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value]));
  const key = parameters.get('attributename') ?? '';
  const value = parameters.get('attributevalue');
  if (value === undefined) {
    return { line, found: `attributeName=${shown(key)} alone`, expected: 'attributeName and attributeValue' };
  }
  const user = parameters.get('username') ?? null;
  const profile = parameters.get('profilename') ?? null;
  const owner: Owner | null = user === null && profile === null ? null : { user, profile, line };
  return { key, value, line, owner };
}
