import { DateOn, Instant, z } from '../../index.ts';
import { Counted } from '../github-repositories/population.ts';
import { scopeFields } from '../github-repositories/scope.ts';

/** How bad an alert is, as GitHub grades it; a leaked secret has no grade. */
export const Severity = z.enum(['critical', 'high', 'medium', 'low']);
export type Severity = z.infer<typeof Severity>;

const Days = z.int().min(0).max(3650);
const promised = (words: string) =>
  z
    .boolean()
    .default(true)
    .meta({ description: `Whether ${words} is promised; true.` });

/** The declared intent. An author writes it under `collect.github-alerts.expect` of a source. */
export const Expect = z
  .strictObject({
    ...scopeFields,
    secretScanning: promised('scanning for secrets'),
    pushProtection: promised('refusing pushes with secrets'),
    dependencyAlerts: promised('alerts about vulnerable dependencies'),
    codeScanning: promised('code scanning'),
    codeScannedWithinDays: Days.default(30).meta({ description: 'How old the last code scan may be; 30 days.' }),
    alertDays: z
      .strictObject({
        critical: Days.default(7),
        high: Days.default(30),
        medium: Days.default(90),
        low: Days.default(180),
      })
      .prefault({})
      .meta({ description: 'Within how many days alerts are dealt with, by severity; 7, 30, 90 and 180.' }),
    secretDays: Days.default(1).meta({ description: 'Within how many days a leaked secret is dealt with; 1.' }),
  })
  .meta({ description: 'Which scans are promised, and how soon their alerts are dealt with.' });
export type Expect = z.infer<typeof Expect>;

/** Open alerts of one severity: how many, and since when the oldest is open. */
export const Open = z.strictObject({ severity: Severity.nullable(), count: z.int(), oldestAt: Instant });
export type Open = z.infer<typeof Open>;

/** The kinds of alerts. */
export const kinds = ['dependency', 'code', 'secret'] as const;
export type Kind = (typeof kinds)[number];

/** What is known of one repository; null where the token may not see it. */
export const Scanned = z.strictObject({
  subject: z.string().nullable(),
  notJudged: z.string().nullable(),
  secretScanning: z.boolean().nullable(),
  pushProtection: z.boolean().nullable(),
  dependencyAlerts: z.boolean().nullable(),
  codeScanning: z.union([z.literal('off'), z.strictObject({ lastAt: Instant })]).nullable(),
  open: z.strictObject({ dependency: z.array(Open), code: z.array(Open), secret: z.array(Open) }),
});
export type Scanned = z.infer<typeof Scanned>;

/** What `collect` hands to `assess`. Private: it is judged and dropped. */
export const Raw = z.strictObject({
  readAt: Instant,
  calls: z.int(),
  counted: Counted,
  /** The kinds whose open alerts were read, all of them. */
  read: z.array(z.enum(kinds)),
  repositories: z.array(Scanned),
});
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({
  repositories: z.int(),
  openDependencyAlerts: z.int().nullable(),
  openCodeAlerts: z.int().nullable(),
  openSecretAlerts: z.int().nullable(),
  oldestCriticalOn: DateOn.nullable(),
  apiCalls: z.int(),
});
export type Facts = z.infer<typeof Facts>;
