/**
 * Amounts of money as decimal strings with at most two decimals ("-119.00"), as the API sends them.
 * Calculation happens in whole cents (bigint): a binary fraction never touches an amount.
 */

export type Amount = string;

const CANONICAL = /^(-?)(\d+)(?:\.(\d*))?$/;
const SPACES = /[\s\u00a0\u202f]/g;

/** Whole cents of a canonical amount. Throws RangeError for anything that is not exact in cents. */
export function toCents(amount: Amount): bigint {
  const match = CANONICAL.exec(amount);
  const [, sign = '', whole = '', fraction = ''] = match ?? [];
  const digits = fraction.replace(/0+$/, '');
  if (!match || digits.length > 2) throw new RangeError(`not an amount in cents: ${amount}`);
  const cents = BigInt(whole) * 100n + BigInt(digits.padEnd(2, '0'));
  return sign ? -cents : cents;
}

export function fromCents(cents: bigint): Amount {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export const ZERO: Amount = '0.00';

export const sum = (amounts: Iterable<Amount>): Amount => {
  let total = 0n;
  for (const amount of amounts) total += toCents(amount);
  return fromCents(total);
};

export const subtract = (left: Amount, right: Amount): Amount => fromCents(toCents(left) - toCents(right));

export const negate = (amount: Amount): Amount => fromCents(-toCents(amount));

export const absolute = (amount: Amount): Amount => (isNegative(amount) ? negate(amount) : amount);

export const isZero = (amount: Amount): boolean => toCents(amount) === 0n;

export const isNegative = (amount: Amount): boolean => toCents(amount) < 0n;

/** Negative, zero or positive, for sorting. */
export const compare = (left: Amount, right: Amount): number => {
  const difference = toCents(left) - toCents(right);
  return difference < 0n ? -1 : Number(difference > 0n);
};

/**
 * Reads what a person types: "1.234,56", "1234,5", "1234.5" (keypad dot), "12-" and "-12".
 * Returns null when it is not an amount, or would need more than two decimals.
 */
export function parseAmount(text: string): Amount | null {
  const compact = text.replace(SPACES, '').replace(/€|EUR$/i, '');
  const negative = /^[-−]|[-−]$/.test(compact);
  const digits = compact.replace(/^[-−+]|[-−]$/g, '');
  const plain = withDecimalPoint(digits);
  if (plain === null || !/^(\d+(\.\d{0,2})?|\.\d{1,2})$/.test(plain)) return null;
  const cents = toCents(plain.startsWith('.') ? `0${plain}` : plain);
  return fromCents(negative ? -cents : cents);
}

function withDecimalPoint(digits: string): string | null {
  if (digits.includes(',')) {
    const [whole = '', fraction = '', ...rest] = digits.split(',');
    if (rest.length > 0 || fraction.includes('.')) return null;
    return isGrouped(whole) ? `${whole.replaceAll('.', '')}.${fraction}` : null;
  }
  const isThousands = /^\d{1,3}(\.\d{3})+$/.test(digits);
  return isThousands ? digits.replaceAll('.', '') : digits;
}

const isGrouped = (whole: string): boolean => /^(\d*|\d{1,3}(\.\d{3})+)$/.test(whole);

const SYMBOLS: Record<string, string> = { EUR: '€', USD: '$', GBP: '£', CHF: 'CHF' };

/** "1.234,56", with a currency "1.234,56 €". The minus sign is the typographic one. */
export function formatAmount(amount: Amount, currency?: string): string {
  const figures = formatDecimal(amount, 2);
  return currency ? `${figures}\u00a0${SYMBOLS[currency] ?? currency}` : figures;
}

/** Any decimal string in German notation, at least `decimals` decimals, none of its own lost. */
export function formatDecimal(value: string, decimals = 0): string {
  const match = CANONICAL.exec(value);
  if (!match) return value;
  const [, sign = '', whole = '', fraction = ''] = match;
  const grouped = whole.replace(/^0+(?=\d)/, '').replace(/\B(?=(\d{3})+$)/g, '.');
  const shown = fraction.replace(/0+$/, '').padEnd(decimals, '0');
  return `${sign && '\u2212'}${grouped}${shown && `,${shown}`}`;
}
