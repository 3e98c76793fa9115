import { z } from 'zod';
import { parseName, parseVia } from './names.ts';

const RelationName = z
  .string()
  .max(200)
  .refine((text) => parseName(text) !== null, 'must be a relation such as public.projects, quoted where needed');

const Reason = z.string().min(3).max(200);

/** Where a relation stands: whose rows it holds, or why it holds nobody’s. */
export const Placement = z
  .strictObject({
    tenantKey: z.string().min(1).max(63).optional().meta({
      description: 'This relation’s own tenant column, where it differs from the general one.',
    }),
    via: z
      .string()
      .max(300)
      .refine((text) => parseVia(text) !== null, 'must be a path such as invoice_id -> public.invoices.id')
      .optional()
      .meta({ description: 'The column that leads to the tenant: `invoice_id -> public.invoices.id`.' }),
    reference: z.literal(true).optional().meta({
      description: 'The relation holds nothing of any tenant: countries, currencies, plans.',
    }),
    shared: Reason.optional().meta({
      description: 'Tenants share rows of this relation on purpose; the reason is published.',
    }),
  })
  .refine(({ via, tenantKey }) => via === undefined || tenantKey === undefined, 'takes a tenantKey or a via, not both')
  .refine(
    ({ reference, ...others }) => !reference || Object.values(others).every((value) => value === undefined),
    'a reference relation belongs to no tenant, so it takes nothing else',
  )
  .meta({ description: 'Where a relation stands: whose rows it holds, or why it holds nobody’s.' });
export type Placement = z.infer<typeof Placement>;

const Template = z.record(z.string().regex(/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)+$/), z.string().max(2000));

/** How the application tells the database who is asking. */
export const ContextRule = z
  .strictObject({
    settings: Template.optional().meta({
      description:
        'Settings by name, with {tenant}, {user} and {role} in place of the values. Derived from the policies if left out.',
    }),
    forged: z
      .record(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/), Template)
      .default({})
      .meta({
        description:
          'What a caller could make up, by a name of yours: user-editable claims, headers. {tenant} is the victim.',
      }),
  })
  .meta({ description: 'How the application tells the database who is asking.' });

const TenantId = z.union([
  z.string().min(1).max(200),
  z.strictObject({ id: z.string().min(1).max(200), user: z.string().min(1).max(200) }),
]);

/** How tenants are found. Their ids are used and never published. */
export const TenantRule = z
  .strictObject({
    ids: z.array(TenantId).max(8).optional().meta({
      description: 'Tenants to compare, each with the id of one of its users where policies look at the user.',
    }),
    from: RelationName.optional().meta({ description: 'The relation that lists the tenants.' }),
    key: z.string().min(1).max(63).optional().meta({ description: 'Its column with the tenant’s id.' }),
    user: z.string().min(1).max(63).optional().meta({ description: 'Its column with the id of a user of the tenant.' }),
  })
  .refine(({ from, key }) => (from === undefined) === (key === undefined), 'from and key belong together')
  .meta({ description: 'How tenants are found. Their ids are used and never published.' });

const Roles = z.array(z.string().min(1).max(63)).max(20);

/** The manifest of intent: what the database is meant to keep apart, and how. */
export const Expect = z
  .strictObject({
    mode: z.enum(['policies', 'service-only', 'application']).default('policies').meta({
      description:
        'policies: policies keep tenants apart. service-only: no policy admits a client role. application: the application does.',
    }),
    tenantKey: z.string().min(1).max(63).default('org_id').meta({
      description: 'The column that names the tenant; a relation that has it belongs to tenants.',
    }),
    schemas: z.array(z.string().min(1).max(63)).min(1).optional().meta({
      description: 'Schemas to look at; all but the system’s when left out.',
    }),
    clientRoles: Roles.min(1).optional().meta({
      description: 'Roles that the application acts as for its users; the login’s memberships when left out.',
    }),
    anonymousRoles: Roles.optional().meta({
      description: 'Roles for callers who have not signed in; memberships named anon or anonymous when left out.',
    }),
    serviceRoles: Roles.default(['service_role']).meta({
      description: 'Roles that bypass row security on purpose, for jobs of your own; never a client role.',
    }),
    context: ContextRule.prefault({}),
    tenants: TenantRule.prefault({}),
    tables: z.record(RelationName, Placement).default({}).meta({
      description: 'Relations that the tenant column alone does not place, by name.',
    }),
    clientsRunSql: z.boolean().default(false).meta({
      description:
        'Whether somebody else may run SQL of their own as a client role: a login handed out, a reporting tool. Then names that a temporary table or type could take count too.',
    }),
    functions: z.record(z.string().min(1).max(300), Reason).default({}).meta({
      description:
        'SECURITY DEFINER functions that may read tenant rows, each with the reason: `public.accept_invite`.',
    }),
    limits: z
      .strictObject({
        connectMs: z.int().min(100).max(60_000).default(10_000).meta({ description: 'Time to connect.' }),
        statementMs: z.int().min(100).max(600_000).default(15_000).meta({ description: 'Time for one statement.' }),
        lockMs: z.int().min(50).max(60_000).default(1_000).meta({ description: 'Time to wait for a lock.' }),
      })
      .prefault({})
      .meta({ description: 'Time limits in milliseconds.' }),
  })
  .meta({ description: 'The manifest of intent: what the database is meant to keep apart, and how.' });
export type Expect = z.infer<typeof Expect>;
