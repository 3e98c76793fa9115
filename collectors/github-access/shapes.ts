import { z } from 'zod';

// After the OpenAPI description of GitHub’s REST API; only what is used.

export const User = z.object({ id: z.int(), login: z.string(), type: z.string() });
export type User = z.infer<typeof User>;

/** `total_private_repos` is told to owners alone. */
export const Organization = z.object({ public_repos: z.int(), total_private_repos: z.int().nullish() });

export const Collaborator = User.extend({ role_name: z.string() });

export const Invitation = z.object({
  id: z.int(),
  login: z.string().nullable(),
  email: z.string().nullable(),
  role: z.string(),
  created_at: z.string(),
});

export const Team = z.object({ id: z.int(), slug: z.string() });

export const Installation = z.object({
  id: z.int(),
  app_slug: z.string(),
  permissions: z.record(z.string(), z.string()),
  repository_selection: z.string(),
  created_at: z.string().nullish(),
});

export const Repository = z.object({ id: z.int(), name: z.string(), full_name: z.string() });
export type Repository = z.infer<typeof Repository>;

export const DeployKey = z.object({
  id: z.int(),
  title: z.string(),
  read_only: z.boolean(),
  created_at: z.string().nullish(),
  last_used: z.string().nullish(),
});

export const MemberCount = z.object({
  organization: z.object({ membersWithRole: z.object({ totalCount: z.int() }) }).nullable(),
});
export const memberCountQuery =
  'query ($login: String!) { organization(login: $login) { membersWithRole(first: 1) { totalCount } } }';
