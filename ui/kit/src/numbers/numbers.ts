/** Measurements and counts; amounts of money never pass through here. */
const formats = new Map<number, Intl.NumberFormat>();

/** "1.234,5" */
export function formatNumber(value: number, decimals = 0): string {
  const known = formats.get(decimals);
  if (known) return known.format(value);
  const format = new Intl.NumberFormat('de-DE', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  formats.set(decimals, format);
  return format.format(value);
}
