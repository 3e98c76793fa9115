import { z } from 'zod';

export { Expect } from './expect.ts';
export { Raw } from './raw.ts';

/** What may be published besides findings: counts and versions, never a name of a tenant. */
export const Facts = z.strictObject({
  serverVersion: z.string().max(20).meta({ description: 'PostgreSQL version, for example 17.6.' }),
  mode: z.enum(['policies', 'service-only', 'application']).meta({ description: 'The declared way of keeping apart.' }),
  clientsRunSql: z.boolean().meta({ description: 'Whether strangers may run SQL of their own as a client role.' }),
  clientRoles: z.array(z.string().max(200)).max(50).meta({ description: 'Roles the probes acted as.' }),
  tenantTables: z.int().meta({ description: 'Tables that hold rows of tenants.' }),
  referenceTables: z.int().meta({ description: 'Tables declared to hold nothing of any tenant.' }),
  sharedTables: z.int().meta({ description: 'Tables whose rows tenants share on purpose.' }),
  undeclaredRelations: z.int().meta({ description: 'Relations within reach of a client that nobody has placed.' }),
  views: z.int().meta({ description: 'Views and materialized views.' }),
  policies: z.int().meta({ description: 'Row-security policies.' }),
  definerFunctions: z.int().meta({ description: 'SECURITY DEFINER functions that a client may call.' }),
  tenantsCompared: z.int().meta({ description: 'Tenants whose rows were compared.' }),
  reads: z.int().meta({ description: 'Reads attempted as a client.' }),
  policyEvaluations: z.int().meta({ description: 'Policy decisions evaluated without writing.' }),
  covertChannels: z.int().meta({
    description: 'Global unique keys and foreign keys through which the existence of a value may be guessed.',
  }),
  writableReferenceTables: z
    .int()
    .meta({ description: 'Reference tables that a client could write, so change for all.' }),
  contextDeclared: z.boolean().meta({ description: 'Whether the tenant context was declared; otherwise derived.' }),
  truth: z.boolean().meta({ description: 'Whether a second, read-only role counted the rows that there are.' }),
});
export type Facts = z.infer<typeof Facts>;
