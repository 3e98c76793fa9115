import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Duration, durationMs } from './core/time.ts';
import { Environment } from './core/vocabulary.ts';

/** What kind of system a source is; a collector reads one kind. */
export const SourceKind = z
  .enum([
    'postgres',
    'http',
    'browser',
    'github',
    'repository',
    'ci',
    'tls',
    'dns',
    'host',
    'redis',
    'cloud',
    'backup',
    'egress',
    'import',
    'content',
    'intake',
  ])
  .meta({ description: 'The kind of system; a collector reads one kind.' });
export type SourceKind = z.infer<typeof SourceKind>;

const secretKey = /(url|dsn|uri|password|token|secret|key|credentials)$/i;

/** Whether a connection field of this name may hold a secret. */
export function holdsSecret(field: string): boolean {
  return secretKey.test(field);
}

/** `$NAME` names an environment variable. Anything that may hold a secret must be one. */
export const Connection = z
  .record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]*$/), z.string().min(1))
  .superRefine((connection, context) => {
    for (const [key, value] of Object.entries(connection)) {
      if (value.startsWith('$')) {
        if (!/^\$[A-Z][A-Z0-9_]*$/.test(value))
          context.addIssue({
            code: 'custom',
            path: [key],
            message: 'must name an environment variable such as $DATABASE_URL',
          });
      } else if (holdsSecret(key) || /\/\/[^/]*:[^/]*@/.test(value)) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'may hold a secret, so it must name an environment variable such as $DATABASE_URL',
        });
      }
    }
  })
  .meta({ description: 'How to reach it. Secrets come only from environment variables, written $NAME.' });
export type Connection = z.infer<typeof Connection>;

/** What one collector does on a source: how often, how long a look stays valid, and the declared intent. */
export const Collection = z
  .strictObject({
    every: Duration.default('24h').meta({ description: 'The promised cadence; 24h when left out.' }),
    validFor: Duration.default('48h').meta({ description: 'How long a look stays valid; 48h when left out.' }),
    expect: z.record(z.string(), z.json()).default({}).meta({
      description: 'The declared intent to judge against; its shape is the collector’s.',
    }),
  })
  .refine(({ every, validFor }) => durationMs(validFor) >= durationMs(every), {
    path: ['validFor'],
    message: 'must not be shorter than every, or the claim would be stale between two looks',
  })
  .meta({ id: 'Collection', description: 'What one collector does on a source.' });
export type Collection = z.infer<typeof Collection>;

/** A system under observation. `content/sources/<id>.yaml`. */
export const Source = z
  .strictObject({
    kind: SourceKind,
    title: z.string().min(1).max(120).meta({ description: 'Its public name.' }),
    environment: Environment,
    connection: Connection.default({}),
    allowIntrusive: z.boolean().default(false).meta({
      description: 'Whether probes that write, delete or load may run here; rolled back or on probe tenants only.',
    }),
    collect: z.record(Id, Collection).meta({ description: 'The collectors that read it, by id.' }),
  })
  .meta({ id: 'Source', description: 'A system under observation.' });
export type Source = z.infer<typeof Source>;
