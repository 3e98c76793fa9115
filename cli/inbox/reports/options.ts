import { z } from 'zod';
import { CvssVector, CweId, DutyEvent, DutyRegime, DutyStep, Id, VulnerabilityState } from '../../../schemas/index.ts';

/** The options that only `candor inbox reports` takes, beside those of the inbox. */
export const reportOptions = {
  identity: z.string().optional().meta({
    description: 'reports: the file of the identity that decrypts; CANDOR_IDENTITY_FILE when left out.',
  }),
  out: z.string().optional().meta({
    description: 'reports decrypt, export: a new folder for attachments, which are written and never opened.',
  }),
  assignee: Id.optional().meta({ description: 'reports list: what one member of staff looks after.' }),
  overdue: z.boolean().default(false).meta({ description: 'reports list: only what is overdue.' }),
  cvss: CvssVector.optional().meta({ description: 'reports triage: the vector; the severity follows from it.' }),
  cwe: CweId.optional().meta({ description: 'reports triage: the kind of weakness, such as CWE-862.' }),
  recipients: z.string().optional().meta({
    description: 'reports guest: a file of the guest’s age recipients, a line each; kept with the account.',
  }),
  regime: DutyRegime.optional().meta({ description: 'reports regulatory: cra or nis2.' }),
  event: DutyEvent.optional().meta({ description: 'reports regulatory: what was decided has happened; clocks start.' }),
  step: DutyStep.optional().meta({ description: 'reports regulatory: what was handed in.' }),
};

/** What `reports` reads of what was given on the line. */
export const ReportOptions = z.object({
  ...reportOptions,
  content: z.string().optional(),
  state: VulnerabilityState.optional(),
  after: z.string().optional(),
  text: z.string().optional(),
  file: z.string().optional(),
});
export type ReportOptions = z.infer<typeof ReportOptions>;
