import type { z } from 'zod';
import { AccessReview } from './access-review.ts';
import { Acknowledgements, Advisory } from './advisory.ts';
import { Attestation } from './attestation.ts';
import { Certification } from './certification.ts';
import { Claim } from './claim.ts';
import { DataFlow, DataItem, RetentionRule } from './data.ts';
import { DisclosurePolicy } from './disclosure.ts';
import { Document } from './document.ts';
import { Exception } from './exception.ts';
import { IncidentPolicy } from './incident.ts';
import { IntakePolicy } from './intake.ts';
import { Organization } from './organization.ts';
import { RoadmapItem } from './roadmap.ts';
import { Role } from './role.ts';
import { Section } from './section.ts';
import { Source } from './source.ts';
import { Subprocessor } from './subprocessor.ts';
import { Update } from './update.ts';

/**
 * Where each kind of content lies. `single` is one file; `many` is one YAML file a thing, its name the id; `prose` is
 * one Markdown or MDX file a thing with front matter; `chapters` is prose in one folder a section.
 */
export const contentTypes = {
  organization: { layout: 'single', path: 'organization.yaml', schema: Organization },
  sections: { layout: 'many', path: 'sections', schema: Section },
  claims: { layout: 'chapters', path: 'claims', schema: Claim },
  sources: { layout: 'many', path: 'sources', schema: Source },
  exceptions: { layout: 'many', path: 'exceptions', schema: Exception },
  accessReviews: { layout: 'many', path: 'access-reviews', schema: AccessReview },
  attestations: { layout: 'many', path: 'attestations', schema: Attestation },
  certifications: { layout: 'many', path: 'certifications', schema: Certification },
  subprocessors: { layout: 'many', path: 'subprocessors', schema: Subprocessor },
  dataItems: { layout: 'many', path: 'data-items', schema: DataItem },
  retention: { layout: 'many', path: 'retention', schema: RetentionRule },
  dataFlows: { layout: 'many', path: 'data-flows', schema: DataFlow },
  roles: { layout: 'many', path: 'roles', schema: Role },
  documents: { layout: 'prose', path: 'documents', schema: Document },
  roadmap: { layout: 'many', path: 'roadmap', schema: RoadmapItem },
  incidentPolicy: { layout: 'single', path: 'incident-policy.yaml', schema: IncidentPolicy },
  disclosure: { layout: 'single', path: 'disclosure.yaml', schema: DisclosurePolicy },
  intake: { layout: 'single', path: 'intake.yaml', schema: IntakePolicy },
  updates: { layout: 'prose', path: 'updates', schema: Update },
  advisories: { layout: 'prose', path: 'advisories', schema: Advisory },
  acknowledgements: { layout: 'single', path: 'acknowledgements.yaml', schema: Acknowledgements },
} as const satisfies Record<
  string,
  { layout: 'single' | 'many' | 'prose' | 'chapters'; path: string; schema: z.ZodType }
>;

/** The name of a kind of content. */
export type ContentType = keyof typeof contentTypes;

/** One thing read from content: its id, the file it came from, and its fields. */
export type Entry<T> = { id: string; file: string; data: T };

/** A claim also has a section, which is its folder. */
export type ClaimEntry = Entry<Claim> & { section: string };

/** All content of one trust center. */
export type Content = {
  organization: Organization;
  sections: Entry<Section>[];
  claims: ClaimEntry[];
  sources: Entry<Source>[];
  exceptions: Entry<Exception>[];
  accessReviews: Entry<AccessReview>[];
  attestations: Entry<Attestation>[];
  certifications: Entry<Certification>[];
  subprocessors: Entry<Subprocessor>[];
  dataItems: Entry<DataItem>[];
  retention: Entry<RetentionRule>[];
  dataFlows: Entry<DataFlow>[];
  roles: Entry<Role>[];
  documents: Entry<Document>[];
  roadmap: Entry<RoadmapItem>[];
  incidentPolicy: IncidentPolicy | undefined;
  disclosure: DisclosurePolicy | undefined;
  intake: IntakePolicy | undefined;
  updates: Entry<Update>[];
  advisories: Entry<Advisory>[];
  acknowledgements: Acknowledgements | undefined;
};
