/** Filters of lists, kept in the URL: reloading or sending the address shows the same rows. */
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';

const TYPING_MILLISECONDS = 200;

/** One filter; its usual value stays out of the URL. */
export function useFilter(name: string, usual = ''): [string, (value: string) => void] {
  const [search, setSearch] = useSearchParams();
  const set = (value: string) =>
    setSearch((current) => changed(current, { [name]: value === usual ? '' : value }), { replace: true });
  return [search.get(name) ?? usual, set];
}

/** A filter to type into: the value in the URL, the text in the field, and how to change it. */
export function useTypedFilter(name: string): [string, string, (text: string) => void] {
  const [value, setValue] = useFilter(name);
  const [typed, setTyped] = useState(value);
  const commit = useDebouncedCallback((text: string) => setValue(text.trim()), TYPING_MILLISECONDS);
  useEffect(() => {
    setTyped((text) => (text.trim() === value ? text : value));
  }, [value]);
  return [
    value,
    typed,
    (text) => {
      setTyped(text);
      commit(text);
    },
  ];
}

/** Several filters at once. Empty values are left out. */
export function changed(search: URLSearchParams, values: Record<string, string | null>): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(values))
    if (value) next.set(name, value);
    else next.delete(name);
  return next;
}
