import { defineConfig } from '@playwright/test';
import { browserFlags, findBrowser } from './test/browser.ts';

const executablePath = findBrowser();

/** The pages as they are built, in a browser. test/e2e/setup.ts builds and serves them once; the server’s are built once too. */
export default defineConfig({
  testDir: 'test/e2e',
  globalSetup: ['./test/setup.ts', './test/e2e/setup.ts'],
  workers: 2,
  fullyParallel: true,
  timeout: 300_000,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    launchOptions: { args: browserFlags(), ...(executablePath === undefined ? {} : { executablePath }) },
    timezoneId: 'America/Los_Angeles',
  },
});
