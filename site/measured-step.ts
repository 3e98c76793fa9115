/** A step of something that is measured, and the names of its facts: how many, how many too late, median and longest time. */
export type MeasuredStep = {
  title: string;
  facts: readonly [count: string, late: string, median: string, longest: string];
};
