import { auditContent } from '../../ledger/verify/audit.ts';
import { checkContent } from '../../loader/check.ts';
import { loadContent } from '../../loader/load.ts';
import { errorJson } from '../../loader/print.ts';
import { Common, defineCommand } from '../command.ts';
import { gatedErrors, noteUnseen, printErrors } from '../content.ts';
import { collectorsBeside, contentFolder } from '../place.ts';

export default defineCommand({
  summary: 'Validates all content and its evidence; names every error with its file, line and column.',
  options: Common,
  run: async (options, _words, terminal) => {
    const folder = contentFolder(options.content, terminal);
    const loaded = await loadContent(folder);
    const wrong = checkContent(folder, loaded, { collectors: await collectorsBeside(folder), now: terminal.now() });
    const gated = await gatedErrors(folder, loaded, terminal);
    const audit = await auditContent(folder);
    const errors = [...wrong, ...gated.errors, ...audit.ledger, ...audit.evidence];
    if (options.json) terminal.out(`${JSON.stringify({ errors: errors.map(errorJson) }, null, 2)}\n`);
    else printErrors(errors, terminal);
    noteUnseen(gated.unseen, terminal);
    if (errors.length > 0)
      terminal.err(`${errors.length === 1 ? '1 error' : `${errors.length} errors`} in ${folder}\n`);
    else if (!options.json) terminal.out('The content is valid.\n');
    return errors.length === 0 ? 0 : 1;
  },
});
