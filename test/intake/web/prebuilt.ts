import { registerHooks } from 'node:module';

// For `node --import`: a command gets the pages of the server as the run has built them, in place of building its own.
const theirs = new URL('../../../cli/forms/build.ts', import.meta.url).href;
const ours = new URL('./built.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    return found.url === theirs && context.parentURL !== ours ? { ...found, url: ours } : found;
  },
});
