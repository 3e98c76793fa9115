export * from './core/ids.ts';
export * from './core/time.ts';
export * from './core/vocabulary.ts';
export * from './evidence.ts';
export * from './finding.ts';
export * from './source.ts';
