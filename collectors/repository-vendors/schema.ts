import { z } from 'zod';
import { SignalKind } from '../../schemas/index.ts';
import { VendorReading } from '../vendors/assess.ts';
import { vendorExpect } from '../vendors/expect.ts';
import { vendorFacts } from '../vendors/facts.ts';

/** Folders whose files are not the company’s own code, or are not the product. */
const notTheProduct = [
  '.git',
  '.venv',
  'bower_components',
  'fixtures',
  'node_modules',
  'site-packages',
  'testdata',
  'third_party',
  'vendor',
  'venv',
];

/** The declared intent. An author writes it under `collect.repository-vendors.expect` of a source. */
export const Expect = z
  .strictObject({
    ...vendorExpect,
    ignore: z
      .array(z.string().min(1).max(150))
      .max(50)
      .default(notTheProduct)
      .meta({ description: 'Folders that are not read: a name, or a path from the root. Published.' }),
    transitive: z.boolean().default(false).meta({
      description: 'Whether a package that is there only because another one asks for it counts as seen.',
    }),
  })
  .meta({ description: 'Which vendors are no subprocessors, and which folders are not the product.' });
export type Expect = z.infer<typeof Expect>;

/** Files of one kind: how many were read, and how many were not, by reason. */
const FileKind = z.strictObject({
  title: z.string(),
  read: z.int().nonnegative(),
  problems: z.array(z.strictObject({ problem: z.string(), count: z.int().positive() })),
});

/** What `collect` hands to `assess`. Names of packages, variables and files that are not in the map do not come this far. */
export const Raw = z.strictObject({
  ...VendorReading.shape,
  files: z.array(FileKind),
  /** Folders that could not be entered, and limits that were reached. */
  unseen: z.int().nonnegative(),
  links: z.int().nonnegative(),
  ignoredFolders: z.int().nonnegative(),
  /** Vendors that were only seen in development, or only as a package that another one asks for. */
  developmentOnly: z.int().nonnegative(),
  transitiveOnly: z.int().nonnegative(),
  /** Signals that belong to no vendor, by kind. */
  unknown: z.partialRecord(SignalKind, z.int().nonnegative()),
});
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({
  ...vendorFacts,
  filesRead: z.int().nonnegative(),
  vendorsInDevelopmentOnly: z.int().nonnegative(),
  vendorsAskedForByOthersOnly: z.int().nonnegative(),
  linksNotFollowed: z.int().nonnegative(),
  foldersIgnored: z.int().nonnegative(),
  ignored: z.array(z.string().max(150)).max(50),
});
export type Facts = z.infer<typeof Facts>;
