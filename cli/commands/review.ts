import type { z } from 'zod';
import { plansOf } from '../../collectors/run.ts';
import { candorError, Duration, Id, PersonName } from '../../schemas/index.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import { validContent } from '../content.ts';
import { contentFolder } from '../place.ts';
import { signOff } from '../review/close.ts';
import { listedText, listReviews } from '../review/list.ts';
import { openFresh } from '../review/open.ts';

const usage =
  'candor review | candor review open SOURCE/COLLECTOR --reviewer NAME [--role ROLE] [--due 14d] | candor review close ID --reviewer NAME';

const reviewOptions = Common.extend({
  reviewer: PersonName.optional().meta({
    description: 'Who reviews, by the name that the system knows them by; it is never published.',
  }),
  role: Id.optional().meta({ description: 'The role of the reviewer, from content/roles/; this is published.' }),
  due: Duration.default('14d').meta({ description: 'Until when the review is to be closed; 14d when left out.' }),
});
type Options = z.infer<typeof reviewOptions>;

export default defineCommand({
  summary: 'Access reviews: lists them; opens one from a fresh list; closes one when every entry is decided.',
  words: '[open SOURCE/COLLECTOR | close ID]',
  options: reviewOptions,
  run: async (options, words, terminal) => {
    const folder = contentFolder(options.content, terminal);
    const [action, name, more] = words;
    if (action === undefined) return list(folder, options, terminal);
    if ((action !== 'open' && action !== 'close') || name === undefined || more !== undefined)
      throw candorError('UsageInvalid', { problem: `\`review ${words.join(' ')}\` means nothing.`, usage });
    if (options.reviewer === undefined)
      throw candorError('UsageInvalid', { problem: 'say with --reviewer who reviews.', usage });
    const { reviewer } = options;
    return action === 'open'
      ? openFresh(folder, name, { ...options, reviewer }, terminal)
      : signOff(folder, name, { ...options, reviewer }, terminal);
  },
});

async function list(folder: string, options: Options, terminal: Terminal): Promise<number> {
  const valid = await validContent(folder, terminal);
  if (valid === undefined) return 2;
  const reviews = listReviews(plansOf({ ...valid, only: [] }), valid.content, terminal.now().toISOString());
  const text = reviews.map(listedText).join('') || 'No source collects who can get in.\n';
  terminal.out(options.json ? `${JSON.stringify({ reviews }, null, 2)}\n` : text);
  return 0;
}
