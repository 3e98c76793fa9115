import { defineConfig } from 'astro/config';
import candor from './site/integration.ts';
export default defineConfig({ integrations: [candor()] });
