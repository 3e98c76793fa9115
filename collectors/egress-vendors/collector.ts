import { defineCollector, SourceUnreadable } from '../define.ts';
import { declaredCheck, hostsCheck } from '../vendors/assess.ts';
import { assess } from './assess.ts';
import { collect } from './collect.ts';
import { linesOf } from './log.ts';
import { Expect, Facts, Raw } from './schema.ts';

export default defineCollector({
  id: 'egress-vendors',
  title: 'Vendors that the systems connect to',
  topic: 'subprocessors',
  source: 'egress',
  method: 'EXAMINE',
  permissions: ['To read one exported log.'],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    ...declaredCheck,
    ...hostsCheck,
    'every-line-was-read': {
      title: 'Every line of the log was read',
      statement: 'Each line of the log has a host and a time, in the declared form.',
    },
    'log-is-recent': {
      title: 'The log is recent',
      statement: 'The newest line of the log is not older than declared, and none lies ahead.',
    },
  },
  reproduce: ({ mapping }) => [
    `Count the lines of the log by ${mapping.host}, and look each host up in the map of vendors.`.slice(0, 300),
  ],
  collect,
  assess,
  doctor: async ({ connection: { file }, expect, signal }) => {
    if (file === undefined) throw new SourceUnreadable('configuration', 'The source names no `file` to read.');
    for await (const line of linesOf(file, expect, signal)) {
      if (line?.host === undefined || line.time === undefined)
        return [{ level: 'error', message: 'The first line has no host or no time where the mapping says.' }];
      return [{ level: 'ok', message: 'The log can be read, and its first line has a host and a time.' }];
    }
    return [{ level: 'error', message: 'The log is empty.' }];
  },
});
