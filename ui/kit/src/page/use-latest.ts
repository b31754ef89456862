import { useCallback, useLayoutEffect, useRef } from 'react';

/** A function of lasting identity that always runs the newest version. Not for use while rendering. */
export function useLatest<Arguments extends unknown[], Result>(
  run: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  const newest = useRef(run);
  useLayoutEffect(() => {
    newest.current = run;
  });
  return useCallback((...args: Arguments) => newest.current(...args), []);
}
