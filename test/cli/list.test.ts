import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ringproof } from '../support/commandLine.ts';

test.each([
  ['scenarios', /^field\/zombie-after-logout +\S/m],
  ['properties', /^noBlackout +.*longer than 5 s/m],
  ['delays', /^app\.ringLimit +2min$/m],
  ['steps', /^dial +caller: call\.dial; with `call` 1 or 2$/m],
  ['presets', /^apns-far +--push: /m],
  ['modes', /^continuous +Continuous, mode 2$/m],
])('list %s', (what, line) => {
  const { status, stdout } = ringproof('list', what);
  expect(stdout).toMatch(line);
  expect(status).toBe(0);
  const words = JSON.parse(ringproof('list', what, '--format', 'json').stdout)[what];
  expect(words).toHaveLength(stdout.trim().split('\n').length);
});

test('bash completes commands, scenarios, options and their words', () => {
  const script = ringproof('completion', 'bash').stdout;
  const completing = (...typed: string[]) => {
    const words = typed.map((word) => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(ringproof ${words}); COMP_CWORD=${typed.length}; _ringproof; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
  };
  expect(completing('ch')).toEqual(['check']);
  expect(completing('check', 'home')).toEqual(['home-open-home']);
  expect(completing('check', '--cov')).toEqual(['--coverage']);
  expect(completing('check', '--mode', 'swap')).toEqual(['swap', 'swapOldFirst']);
  expect(completing('fuzz', '--push', '')).not.toContain('apns');
  expect(completing('list', 'pre')).toEqual(['presets']);
});

test('zsh and fish have scripts of their own, and another shell is refused', () => {
  expect(ringproof('completion', 'zsh').stdout).toMatch(/\nautoload -Uz bashcompinit && bashcompinit\n_ringproof\(\)/);
  expect(ringproof('completion', 'fish').stdout).toMatch(
    /^complete -c ringproof -n '__fish_seen_subcommand_from sweep' .*--? ?.*runs/m,
  );
  expect(ringproof('completion', 'tcsh')).toMatchObject({ status: 2, stdout: '' });
});
