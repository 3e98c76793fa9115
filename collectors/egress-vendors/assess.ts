import { createHash } from 'node:crypto';
import { durationMs, type Finding } from '../../schemas/index.ts';
import type { Assessment } from '../define.ts';
import { assessHosts, assessVendors } from '../vendors/assess.ts';
import type { Expect, Facts, Raw } from './schema.ts';

/** Judges what was read; pure. A log with lines that cannot be read is not complete, so nothing of it passes. */
export function assess(raw: Raw, expect: Expect): Assessment<Facts> {
  const { findings, facts } = assessVendors(raw, expect, 'in the egress log');
  return {
    population: {
      description: 'The lines of the exported egress log.',
      queryDigest: createHash('sha256')
        .update(JSON.stringify(['every line', expect.mapping]))
        .digest('hex'),
      count: raw.lines,
      complete: raw.unreadable === 0,
    },
    findings:
      raw.lines === 0
        ? []
        : [...findings, ...assessHosts(raw.hosts, 'Of the hosts in the log'), read(raw), recent(raw, expect)],
    facts: {
      ...facts,
      linesRead: raw.lines - raw.unreadable,
      oldestLineAt: raw.oldestAt,
      newestLineAt: raw.newestAt,
      traffic: raw.traffic
        .toSorted((a, b) => b.requests - a.requests || (a.id < b.id ? -1 : 1))
        .slice(0, 50)
        .map(({ id, requests, bytes }) => {
          const asked = `${id}: ${requests} ${requests === 1 ? 'request' : 'requests'}`;
          return expect.mapping.bytes === undefined ? asked : `${asked}, ${bytes} bytes`;
        }),
    },
    redactions:
      raw.hosts.unknownCount === 0
        ? []
        : [
            {
              what: 'names of hosts and addresses',
              why: 'They belong to no vendor of the map, and may be those of customers.',
              count: raw.hosts.unknownCount,
            },
          ],
  };
}

function read({ lines, unreadable, withoutHost }: Raw): Finding {
  const about = { check: 'every-line-was-read', subject: 'The log' };
  if (unreadable > 0)
    return {
      ...about,
      outcome: 'failed',
      reason: `${unreadable} of ${lines} lines lack a host or a time, or are not in the declared form.`,
    };
  const hostless = withoutHost === 0 ? '' : ` ${withoutHost} of them name no host.`;
  return { ...about, outcome: 'passed', reason: `All ${lines} lines were read.${hostless}` };
}

function recent({ now, newestAt }: Raw, { newestWithin }: Expect): Finding {
  const about = { check: 'log-is-recent', subject: 'The log' };
  if (newestAt === null) return { ...about, outcome: 'inconclusive', reason: 'No line has a time.' };
  const age = Date.parse(now) - Date.parse(newestAt);
  // Clocks differ by minutes; a line from tomorrow says that the times are not what the mapping says.
  if (age < -60 * 60_000)
    return { ...about, outcome: 'failed', reason: `Its newest line, of ${newestAt}, lies ahead.` };
  return age <= durationMs(newestWithin)
    ? { ...about, outcome: 'passed', reason: `Its newest line is of ${newestAt}.` }
    : { ...about, outcome: 'failed', reason: `Its newest line, of ${newestAt}, is older than ${newestWithin}.` };
}
