import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of a minute and more, the longest first. Begun last, one of them would run alone at the end. */
const long = [
  'package/adopter',
  'system/demo',
  'sabotage/postgres-18',
  'sabotage/postgres-16',
  'intake/web/killed',
  'system/build',
  'system/access-reviews',
  'system/start',
  'intake/agreements/agreement',
  'collectors/clients/browser',
  'ledger/writer/killed',
  'intake/web/reports-killed',
  'collectors/sampling/killed',
  'site/verify-page',
].map((name) => `/test/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = long.findIndex((name) => moduleId.endsWith(name));
      return found === -1 ? long.length : found;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

// The clock and the time zone are fixed where a test looks at them; nothing depends on how fast the machine is.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/setup.ts',
    env: { TZ: 'UTC', NO_COLOR: '1' },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Two more than the cores of a small machine: many files wait for servers, pauses and browsers.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
  },
});
