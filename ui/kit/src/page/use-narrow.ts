import { useMediaQuery } from '@mantine/hooks';

/** True on phones: below this width tables become lists and side panels become pages. */
export const useNarrow = (): boolean =>
  useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false }) ?? false;
