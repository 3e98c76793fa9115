import type { Content, DateOn, Id, Instant, WebUrl } from '../../schemas/index.ts';

/** Somebody who has agreed to be thanked by name. */
export type Thanks = {
  name: string;
  url?: WebUrl | undefined;
  for: string;
  /** A day, or the instant at which the advisory was published, as content has it. */
  at: DateOn | Instant;
  /** The advisory that names them. */
  advisory?: Id;
};

/** Everybody on the wall, the latest first: of advisories that hold, and of acknowledgements.yaml. */
export function thanksOf({ advisories, acknowledgements }: Pick<Content, 'advisories' | 'acknowledgements'>): Thanks[] {
  const named = advisories.flatMap(({ id, data }) =>
    data.withdrawn === undefined
      ? data.credits.map(({ name, url }) => ({
          name,
          url,
          for: data.title,
          at: data.publishedAt,
          advisory: id,
        }))
      : [],
  );
  const thanked = acknowledgements?.thanks ?? [];
  return [...named, ...thanked.map(({ on, consentedOn: _, ...thanks }) => ({ ...thanks, at: on }))].sort(
    (a, b) => b.at.localeCompare(a.at) || a.name.localeCompare(b.name),
  );
}
