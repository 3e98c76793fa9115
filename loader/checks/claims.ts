import { type CandorError, candorError } from '../../schemas/index.ts';
import { nearest } from '../nearest.ts';
import { valueAt } from '../position.ts';
import { wholeFile } from '../walk.ts';
import { type CheckContext, filesOf, idsOf, textsAt } from './context.ts';

/** Claims lie in sections that exist, plans have a plan, and no roll-up rests on itself. */
export function checkClaims(context: CheckContext): CandorError[] {
  return [...sections(context), ...plans(context), ...cycles(context)];
}

function sections(context: CheckContext): CandorError[] {
  const { dir, loaded } = context;
  const claims = filesOf(context, 'claims');
  if (claims.length === 0) return [candorError('ClaimsMissing', {}, wholeFile(dir, 'claims'))];
  const declared = idsOf(context, 'sections');
  const filled = new Set(claims.map(({ section }) => section));
  const folders = loaded.found.sections;
  return [
    ...folders
      .filter((section) => !declared.has(section))
      .map((section) => {
        const free = [...declared].filter((id) => !folders.includes(id));
        const parameters = { section, suggestion: nearest(section, free) };
        return candorError('SectionMissing', parameters, wholeFile(dir, `claims/${section}`));
      }),
    ...filesOf(context, 'sections')
      .filter(({ id }) => !filled.has(id))
      .map(({ id, file }) => candorError('SectionEmpty', { section: id }, wholeFile(dir, file))),
  ];
}

function plans(context: CheckContext): CandorError[] {
  return textsAt(context, 'claims', ['status'])
    .filter(
      ({ file, value }) => /^(planned|in-progress)$/.test(value) && valueAt(file.value, ['roadmap']) === undefined,
    )
    .map(({ file, path, value }) => {
      return candorError('ClaimPlanMissing', { status: value }, context.loaded.locate(file.file, path));
    });
}

/** Each circle once, at the reference that closes it. */
function cycles(context: CheckContext): CandorError[] {
  const edges = Map.groupBy(textsAt(context, 'claims', ['claims', '*']), ({ file }) => file.id);
  const done = new Set<string>();
  const errors: CandorError[] = [];
  for (const start of edges.keys()) {
    // A stack of our own: a chain of claims may be longer than the call stack is deep.
    const trail = done.has(start) ? [] : [{ id: start, next: 0 }];
    const open = new Set(trail.map(({ id }) => id));
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const edge = edges.get(top.id)?.[top.next];
      top.next += 1;
      if (edge === undefined) {
        done.add(top.id);
        open.delete(top.id);
        trail.pop();
      } else if (open.has(edge.value)) {
        const ids = trail.map(({ id }) => id);
        const path = [...ids.slice(ids.indexOf(edge.value)), edge.value];
        errors.push(candorError('ClaimCycle', { path }, context.loaded.locate(edge.file.file, edge.path)));
      } else if (!done.has(edge.value)) {
        trail.push({ id: edge.value, next: 0 });
        open.add(edge.value);
      }
    }
  }
  return errors;
}
