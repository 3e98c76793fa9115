import { join } from 'node:path';
import { build } from 'astro';

// Run by `buildForms` in a process of its own, because a builder keeps hundreds of megabytes that a server never needs.
const [root = '', folder = ''] = process.argv.slice(2);
const none = join(folder, 'none');
process.env.CANDOR_FORMS = 'true';
process.env.ASTRO_TELEMETRY_DISABLED = '1';
process.env.NODE_ENV = 'production';
try {
  await build({ root, srcDir: none, publicDir: none, outDir: folder, logLevel: 'error' });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
