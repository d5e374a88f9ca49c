import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/sim/input/inputError.ts';
import { surveyProvisioning } from '../../src/stretto/provisioning.ts';
import { accountNumbered, selectAccounts } from '../../src/stretto/selection.ts';
import { settingsOf } from '../../src/stretto/settings.ts';

const survey = (text: string) => surveyProvisioning(text, 'p');

/** What is said of each account, by whose it is. */
const told = (text: string) =>
  survey(text).accounts.map(({ account, user, profile, missingProfile: _missing, isDesktop: _is, ...rest }) => [
    user?.name ?? profile ?? account,
    rest,
  ]);

const problemsOf = (text: string): string[] => {
  try {
    return survey(text).problems.map(
      ({ line, found, expected, hint }) => `${line}: ${found}; ${expected}${hint === undefined ? '' : `; ${hint}`}`,
    );
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ line, found }) => `${line}: ${found}`);
    throw error;
  }
};

const at = (host: string, port: number | null = null) => ({ domain: { host, port } });

const example = (name: string) => readFileSync(new URL(`../../examples/provisioning/${name}`, import.meta.url), 'utf8');

const examples = ['hosted.ini', 'bulk.csv', 'users.xml', 'softphone.ini', 'softphone.cps', 'api-calls.sh'];

describe('the bundled file of each form', () => {
  test('key=value lines with the spelling account1Sip.domain', () => {
    const text = 'account1Sip.domain = 192.168.1.10:5160\naccount2Xmpp.domain = im.example.net\n';
    expect(told(text)).toEqual([[1, at('192.168.1.10', 5160)]]);
    expect(survey(text).unread).toEqual(['account2Xmpp.domain']);
    const [one] = survey(text).accounts;
    expect(one && settingsOf(one).reachable).toBe(false);
  });

  test('the settings of a desktop softphone: proxy0 is account 1, of an account that is off nothing is lost', () => {
    expect(told(example('softphone.ini'))).toEqual([
      [1, { active: true, ...at('voice.example.net') }],
      [2, { active: false, ...at('172.16.4.4', 5062) }],
    ]);
  });

  test('the settings file of a desktop softphone, with an empty second account', () => {
    expect(told(example('softphone.cps'))).toEqual([
      [1, { active: true, ...at('voice.example.net', 5080), appProxy: 'edge.example.net:5070' }],
    ]);
  });

  test('a bulk table: a user a row, an empty cell says nothing', () => {
    const hosted = { enabled: true, mode: 'standard', registrationRefreshMs: 300_000, ...at('voice.example.net') };
    expect(told(example('bulk.csv'))).toEqual([
      ['nora@example.net', hosted],
      ['omar@example.net', hosted],
      ['pia@example.net', { enabled: true, mode: 'singleDeviceTakeover', ...at('10.20.0.4', 5070) }],
    ]);
  });

  test('users and profile as the API gives them in XML: a user has what his profile says, unless he says otherwise', () => {
    expect(told(example('users.xml'))).toEqual([
      ['quinn@example.net', { enabled: true, mode: 'continuous', ...at('voice.example.net') }],
      ['rosa@example.net', { enabled: true, mode: 'singleDeviceTakeover', ...at('voice.example.net') }],
    ]);
  });

  test('calls of the API in a script, values as URLs write them', () => {
    expect(told(example('api-calls.sh'))).toEqual([
      ['tom@example.net', at('voice.example.net', 5080)],
      ['field', { enabled: true, mode: 'singleDeviceEmulation' }],
    ]);
  });
});

describe('attribute objects in JSON', () => {
  const mode = { attributeName: 'account1Sip.briaPush.RegistrationMode', attributeValue: '3' };
  const domain = { attributeName: 'account1Sip.domain', attributeValue: 'a.example' };
  const both = { mode: 'singleDeviceTakeover', ...at('a.example') };
  const profile = (attributes: unknown) => ({
    CcsProfile: { '@attributes': { profileName: 'p' }, ...Object(attributes) },
  });

  test.each([
    ['one', profile({ CcsAttribute: { '@attributes': mode } }), ['p', { mode: 'singleDeviceTakeover' }]],
    ['several', profile({ CcsAttribute: [mode, domain].map((one) => ({ '@attributes': one })) }), ['p', both]],
    ['with the keys of another converter', profile({ CcsAttribute: [{ $: mode }, { $: domain }] }), ['p', both]],
    ['an array alone', [mode, domain], [1, both]],
    ['numbers', [{ ...mode, attributeValue: 3 }, domain], [1, both]],
    ['rows', [{ userName: 'u', profile: 'p', 'account1Sip.domain': 'a.example' }], ['u', at('a.example')]],
    ['users within', { users: [{ username: 'u', account1: { domain: 'a.example' } }] }, ['u', at('a.example')]],
  ])('%s', (_, value, account) => {
    expect(told(JSON.stringify(value))).toEqual([account]);
    expect(told(JSON.stringify(value, null, 1))).toEqual([account]);
  });

  test('a name in credentials is no user of the file', () => {
    expect(told('{"account1":{"credentials":{"username":"bob","domain":"a.example"}}}')).toEqual([
      [1, at('a.example')],
    ]);
  });

  test('half an attribute is an error, with its line', () => {
    expect(problemsOf('[\n{"attributeName":"account1.domain"}]')).toEqual([
      '2: account1.domain without an attributeValue; attributeName and attributeValue',
    ]);
    expect(problemsOf('[{"attributeValue":"1"}]')).toEqual([
      '1: an attributeValue without its name; attributeName and attributeValue',
    ]);
  });

  test('keys under a name that says nothing are errors where they speak of push', () => {
    expect(problemsOf('{"ann":{"account1":{"briaPush":{"enabled":1}}}}')).toEqual([
      expect.stringMatching(
        /^1: the unknown setting ann\.account1\.briaPush\.enabled;.*; account1\.briaPush\.enabled$/,
      ),
    ]);
  });

  test('what the parser has found is not quoted', () => {
    expect(problemsOf('{"account1.credentials.password": "geheim" "x"}').join()).not.toContain('geheim');
  });
});

describe('XML as it comes', () => {
  const inRoot = (inside: string, before = '') => `${before}<r>\n${inside}\n</r>`;
  const domain = (value: string) => `<a attributeName="account1.domain" attributeValue="${value}"/>`;

  test('comments, CDATA, namespaces, elements in the place of attributes', () => {
    expect(
      told(
        inRoot(
          '<!-- account1.domain --><x:a xmlns:x="u"><x:attributeName>account1.domain</x:attributeName>' +
            '<x:attributeValue><![CDATA[a.example]]></x:attributeValue></x:a>',
        ),
      ),
    ).toEqual([[1, at('a.example')]]);
    expect(told(inRoot('<attribute name="account1.domain">a.example</attribute>'))).toEqual([[1, at('a.example')]]);
    expect(told(inRoot('<account1><briaPush><RegistrationMode>2</RegistrationMode></briaPush></account1>'))).toEqual([
      [1, { mode: 'continuous' }],
    ]);
  });

  test('the entities of XML are read, those of a DTD are refused and never expanded', () => {
    expect(told(inRoot(domain('&#97;.example')))).toEqual([[1, at('a.example')]]);
    const bomb = `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">${[...'bcdefgh']
      .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefg'[index]};`.repeat(10)}">`)
      .join('')}]>`;
    expect(problemsOf(inRoot(domain('&h;'), bomb))).toEqual(['1: XML that defines entities of its own']);
    expect(problemsOf(inRoot(domain('&h;')))).toEqual(['2: invalid XML (Invalid character entity)']);
  });

  test.each([
    ['an element that is not closed', '<r>\n<a>\n</r>', /^3: invalid XML \(Unexpected close tag\)/],
    ['the end is missing', '<r>\n<a/>', /^2: invalid XML \(Unclosed root tag\)/],
    ['too deep', '<a>'.repeat(5000), /^1: more than 100 levels/],
    ['a value of the wrong kind', inRoot(domain('a b')), /^2: "a…" for account1\.domain; a host, or host:port/],
    ['a misspelt name', inRoot('<a attributeName="account1.briaPush.enable" attributeValue="1"/>'), /^2: .*enabled$/],
    ['another page', '<!DOCTYPE html><html><body><p>Log in</p></body></html>', /^$/],
  ])('%s', (_, text, message) => expect(problemsOf(text).join()).toMatch(message));
});

describe('tables as they come', () => {
  const head = 'username,account1.domain,account1.briaPush.RegistrationMode';
  const rows = [
    ['ann', { mode: 'standard', ...at('a.example') }],
    ['ben', { mode: 'singleDeviceTakeover', ...at('b.example') }],
  ];
  const table = `${head}\nann,a.example,0\nben,b.example,3\n`;

  test.each([
    ['plain', table],
    ['with BOM and CRLF', `\uFEFF${table.replaceAll('\n', '\r\n')}`],
    ['with CR alone', table.replaceAll('\n', '\r')],
    ['with semicolons', table.replaceAll(',', ';')],
    ['with tabs', table.replaceAll(',', '\t')],
    ['with the separator declared', `sep=;\r\n${table.replaceAll(',', ';')}`],
    ['in quotes', table.replace(/[^,\n]+/g, '"$&"')],
    ['with comments and blank rows', `# made by hand\n\n${head}\n# ann\nann,a.example,0\n,,\n\nben,b.example,3\n,,`],
    ['in upper case', table.replace(head, head.toUpperCase())],
    ['with spaces', table.replaceAll(',', ' , ')],
    [
      'with one column twice, alike',
      `${head},account1Sip.domain
ann,a.example,0,a.example
ben,b.example,3,b.example`,
    ],
    [
      'an attribute a row',
      `username;attributeName;attributeValue\n${['ann;account1.domain;a.example', 'ann;account1.briaPush.RegistrationMode;0', 'ben;account1.domain;b.example', 'ben;account1.briaPush.RegistrationMode;3'].join('\n')}`,
    ],
  ])('%s', (_, text) => expect(told(text)).toEqual(rows));

  test('a cell may hold separators, quotes and line breaks; lines are still right', () => {
    const text = 'username,note,account1.domain\n"ann","a ""b"",\nc",a.example\nben,,b b\n';
    expect(told(text)).toEqual([['ann', at('a.example')]]);
    expect(problemsOf(text)).toEqual(['4: "b…" for account1.domain; a host, or host:port']);
  });

  test.each([
    ['a cell too few', `${head}\nann,a.example\n`, ['2: 2 cells; 3 of them, as in the head']],
    ['a cell too many', `${head}\nann,a.example,0,\n`, ['2: 4 cells; 3 of them, as in the head']],
    [
      'a quote that nothing closes',
      `${head}\nann,"a.example,0\n`,
      [
        '2: 2 cells; 3 of them, as in the head',
        '2: a quote that nothing closes; a second quote at the end of the cell',
      ],
    ],
    [
      'a column misspelt, told once',
      'username,account1.briaPush.RegistrationMod\na,1\nb,2',
      [expect.stringMatching(/^2: the unknown setting .*; account1\.briaPush\.RegistrationMode$/)],
    ],
    [
      'two columns that differ',
      'username,account1.domain,account1Sip.domain\na,a.example,b.example',
      ['2: account1Sip.domain=b.example; the same as account1.domain=a.example in line 2: both are one setting'],
    ],
    ['a user twice', `${head}\nann,a.example,0\nann,a.example,1`, [expect.stringMatching(/^3: .* in line 2: both/)]],
  ])('%s', (_, text, problems) => expect([...problemsOf(text)].sort()).toEqual(problems));

  test('other rows are read where one is not', () => {
    expect(told(`${head}\nann\nben,b.example,3`)).toEqual([rows[1]]);
  });

  test('rows without a user have the number of their line, users without an account are told', () => {
    expect(told('account1.domain,email2\na.example,x\n')).toEqual([['row 2', at('a.example')]]);
    expect(survey(`${head}\nann,a.example,0\ncid,,`).usersWithoutAccount).toEqual([{ name: 'cid', line: 3 }]);
  });

  test('of very many problems the first are told, and how many there are', () => {
    const problems = problemsOf(`${head}\n${'x\n'.repeat(1000)}`);
    expect(problems).toHaveLength(41);
    expect(problems.at(-1)).toBe('42: 960 more problems from there on; none');
  });
});

describe('lines as they come', () => {
  test.each([
    ['a comment behind the value', 'account1.domain = a.example ; the old one'],
    ['a comment behind quotes', 'account1.domain = "a.example" # old'],
    ['the quotes of a word processor', 'account1.domain=“a.example”'],
    ['apostrophes', "account1.domain='a.example'"],
    ['a section that is an account', '[account1]\ndomain=a.example'],
    ['a section of which nothing follows', '[account2]\naccount1.domain=a.example'],
    ['a section at the beginning that JSON has not', '[##MEMORY##]\nproxies:proxy0:domain="a.example"'],
    ['sections repeated', '[SETTINGS]\naccount1.domain=a.example\n[SETTINGS]\naccount1.domain=a.example'],
    ['the names of a form on a page', 'account1--domain=a.example'],
  ])('%s', (_, text) => expect(told(text)).toEqual([[1, at('a.example')]]));

  test.each([
    ['account0.briaPush.enabled=1', '1: account 0 in account0.briaPush.enabled; an account from 1 to 5'],
    ['account6Sip.domain=a.example', '1: account 6 in account6Sip.domain; an account from 1 to 5'],
    [
      'proxies:proxy0:domian="a"',
      '1: the unknown setting proxies:proxy0:domian; a setting of push; proxies:proxy0:domain',
    ],
    [
      'x --data "?attributeName=account1.domain"',
      '1: attributeName=account1.domain alone; attributeName and attributeValue',
    ],
  ])('%s', (text, problem) => expect(problemsOf(text)).toEqual([problem]));

  test('the tenth account of the desktop is told as not looked at', () => {
    expect(survey('proxies:proxy9:domain="a.example"').unread).toEqual(['proxies:proxy9:domain']);
  });

  test('lines whose key may be anything are counted, not shown', () => {
    const { unread, unnamed } = survey(
      'account1.domain=a.example\nMIIB geheim==\nhttps://geheim@x/?a=1\nsystem.sound=1',
    );
    expect({ unread, unnamed }).toEqual({ unread: ['system.sound'], unnamed: 2 });
  });

  test('UTF-16 is told from a text', () => {
    expect(problemsOf('a\0c\0')).toEqual(['null: binary data, or a text that is not in UTF-8']);
  });
});

describe('secrets', () => {
  const secrets = ['sip-nora', 'sip-omar', 'pw-nora', 'sip-quinn', 'sip-rosa', 'sip-sam', 'sip-tom', '0f1e2d'];
  const said = (text: string): string => {
    try {
      return JSON.stringify(survey(text));
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
  };

  test.each(examples)('no password of %s is told', (name) => {
    for (const secret of secrets) expect(said(example(name))).not.toContain(secret);
  });

  test.each(examples)('nor where a piece of %s is missing, and nothing but an InputError comes of it', (name) => {
    const text = example(name);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 3 }), (from, length) => {
        const output = said(text.slice(0, from) + text.slice(from + length));
        for (const secret of secrets) expect(output).not.toContain(secret);
      }),
      { numRuns: 400 },
    );
  });
});

describe('whose account is meant', () => {
  const accounts = survey(example('bulk.csv')).accounts;

  test('one of several users has to be named', () => {
    expect(() => accountNumbered(accounts, 1, 'p')).toThrow(
      'found account 1 of 3 users; expected --user with one of nora@example.net, omar@example.net, pia@example.net',
    );
    expect(accountNumbered(accounts, 1, 'p', 'pia@example.net').domain?.port).toBe(5070);
    expect(selectAccounts(accounts, { account: 1 }, 'p')).toHaveLength(3);
  });

  test('a user who is not there, with the nearest, or where there are none', () => {
    expect(() => selectAccounts(accounts, { user: 'nora@exmple.net' }, 'p')).toThrow('did you mean nora@example.net?');
    expect(() => selectAccounts(survey('account1.domain=a.example').accounts, { user: 'x' }, 'p')).toThrow(
      'the file does not tell users apart',
    );
  });
});

test('push that is switched off is a setting of its own: no push server', () => {
  const of = (text: string) => survey(text).accounts.map((one) => settingsOf(one).hasPushServer);
  expect(of('bria.push.enabled=false\naccount1.domain=a.example\naccount2.briaPush.enabled=1')).toEqual([false, true]);
  expect(of('account1.domain=a.example')).toEqual([true]);
});
