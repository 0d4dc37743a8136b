/** Records that cannot grow without end: as many of the newest as are wanted. */

/** Rows in the order in which they came. */
export interface Newest<Row> {
  /** Adds a row, and answers its number, by which it can be replaced. */
  push(row: Row): number;
  /** Puts `row` in the place of the one of this number, if that is still kept. */
  replace(nth: number, row: Row): void;
  /** A copy of what is kept; whatever is too old is forgotten by then. */
  all(): readonly Row[];
}

/** `rowsMax` is asked each time: how many are kept may change. */
export const openNewest = <Row>(rowsMax: () => number): Newest<Row> => {
  const rows: Row[] = [];
  let forgottenCount = 0;
  const forget = (count: number): void => {
    rows.splice(0, count);
    forgottenCount += count;
  };
  return {
    push: (row) => {
      const nth = forgottenCount + rows.push(row) - 1;
      // In one go when twice as many are there: to forget one at each call would move all the others each time.
      if (rows.length > 2 * rowsMax()) forget(rows.length - rowsMax());
      return nth;
    },
    replace: (nth, row) => {
      if (nth >= forgottenCount) rows[nth - forgottenCount] = row;
    },
    all: () => {
      if (rows.length > rowsMax()) forget(rows.length - rowsMax());
      return [...rows];
    },
  };
};
