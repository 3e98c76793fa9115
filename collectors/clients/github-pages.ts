import type { Extent, Visit } from './github.ts';

/** A GraphQL connection, as far as paging needs it. Nodes that the token may not see are null. */
export type Connection<Node> = {
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  nodes: readonly (Node | null)[];
};

/** Reads a connection page by page; `pageAfter` asks for the one behind a cursor. */
export async function readConnection<Node>(
  pageAfter: (cursor: string | null) => Promise<Connection<Node> | null | undefined>,
  visit: Visit<Node>,
): Promise<Extent> {
  const extent: Extent = { read: 0, pages: 0, total: null, complete: false };
  for (let cursor: string | null = null; ; ) {
    const page = await pageAfter(cursor);
    if (page === null || page === undefined) return extent;
    extent.pages += 1;
    extent.total ??= page.totalCount;
    for (const node of page.nodes) {
      if (node === null) continue;
      extent.read += 1;
      if ((await visit(node)) === false) return extent;
    }
    const { hasNextPage, endCursor } = page.pageInfo;
    if (!hasNextPage) return { ...extent, complete: extent.read >= extent.total };
    // A cursor that does not move would be read for ever.
    if (endCursor === null || endCursor === cursor) return extent;
    cursor = endCursor;
  }
}

/** The number of the last page, from a Link header (RFC 8288); 1 where none is named. */
export function lastPageOf(link: string | undefined): number {
  const [, page] = /[?&]page=(\d+)[^>]*>;\s*rel="last"/.exec(link ?? '') ?? [];
  return page === undefined ? 1 : Number(page);
}

/** The total that octokit keeps beside the entries of a list that came wrapped, such as check runs. */
export function totalOf(data: unknown): number | null {
  const total = Array.isArray(data) && 'total_count' in data ? data.total_count : null;
  return typeof total === 'number' ? total : null;
}
