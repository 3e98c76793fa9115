import { createHash } from 'node:crypto';
import type { Finding } from '../../schemas/index.ts';
import type { Assessment } from '../define.ts';
import { assessHosts, assessVendors, unknownSignals } from '../vendors/assess.ts';
import type { Expect, Facts, Raw } from './schema.ts';

/** Judges what was seen; pure. A page that was not loaded, or a link that was not followed, leaves the look incomplete. */
export function assess(raw: Raw, { notSubprocessors, crawlUpTo }: Expect): Assessment<Facts> {
  const { reading, hosts, pages, more, requests, answeredLocally, signedIn } = raw;
  const judged = assessVendors(reading, { notSubprocessors }, 'in the product’s pages');
  const seen = pages.filter(({ problem }) => problem === null).length;
  const followed = crawlUpTo > 0 ? ' and the pages that they link to' : '';
  const answered = answeredLocally ? '; for this demonstration other hosts were answered by the same machine' : '';
  return {
    population: {
      description: `The declared pages of the product${followed}, each loaded in a fresh Chromium${answered}.`,
      queryDigest: createHash('sha256').update(`declared pages, links up to ${crawlUpTo}`).digest('hex'),
      count: pages.length,
      complete: seen === pages.length && !more,
    },
    findings: [...judged.findings, ...assessHosts(hosts, 'Of the hosts in the product’s pages'), ...pageFindings(raw)],
    facts: {
      ...judged.facts,
      requests: requests.slice(0, 50).map(inWords),
      pagesSeen: seen,
      pagesTried: pages.length,
      ownHosts: hosts.own,
      unknownHosts: hosts.unknownCount,
      signedIn,
      answeredLocally,
    },
    redactions: unknownSignals({ 'hosts of the product’s pages': hosts.unknownCount }),
  };
}

function pageFindings({ pages, more }: Raw): Finding[] {
  const check = 'every-page-was-seen';
  const declared = pages.filter((page) => page.declared);
  const followed = pages.filter((page) => !page.declared);
  const missed = followed.filter(({ problem }) => problem !== null).length;
  return [
    ...declared.map(
      ({ problem }, index): Finding => ({
        check,
        subject: `Page ${index + 1} of the declared ones`,
        ...(problem === null
          ? { outcome: 'passed', reason: 'It was loaded and came to rest.' }
          : { outcome: 'inconclusive', reason: `It was not seen (${problem}), so whom it reaches is unknown.` }),
      }),
    ),
    ...(followed.length === 0
      ? []
      : [
          {
            check,
            subject: 'Pages that they link to',
            ...(missed === 0
              ? { outcome: 'passed' as const, reason: `${followed.length} were followed to and loaded.` }
              : { outcome: 'inconclusive' as const, reason: `${missed} of ${followed.length} were not seen.` }),
          },
        ]),
    ...(more
      ? [
          {
            check,
            subject: 'Further links',
            outcome: 'inconclusive' as const,
            reason: 'There are more links than were to be followed.',
          },
        ]
      : []),
  ];
}

function inWords({ vendor, types, pages }: Raw['requests'][number]): string {
  const kinds = types.length === 0 ? 'connection' : types.join(', ');
  return `${vendor}: ${kinds} on ${pages === 1 ? '1 page' : `${pages} pages`}`.slice(0, 200);
}
