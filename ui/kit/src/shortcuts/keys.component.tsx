import { Kbd } from '@mantine/core';
import { keyNames } from './shortcuts.ts';

/** The keys of a shortcut as key caps; decoration, since aria-keyshortcuts says the same. */
export const Keys = ({ keys }: { keys: string }) => (
  <span className="v-keys" aria-hidden>
    {keyNames(keys).map((name) => (
      <Kbd key={name}>{name}</Kbd>
    ))}
  </span>
);
