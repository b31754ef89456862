import type { CSSProperties } from 'react';
import { type Amount, formatAmount, isNegative } from './money.ts';

interface MoneyProps {
  amount: Amount;
  currency?: string;
  /** Zero is shown as an en dash, for columns where most cells are empty. */
  blankZero?: boolean;
  strong?: boolean;
  style?: CSSProperties;
}

/** An amount with tabular figures; negative ones carry a sign and a colour. */
export function Money({ amount, currency, blankZero, strong, style }: MoneyProps) {
  if (blankZero && /^-?0*(\.0*)?$/.test(amount)) return <span className="v-muted">–</span>;
  const classes = ['v-figures', strong && 'v-strong', isNegative(amount) && 'v-negative'];
  return (
    <span className={classes.filter(Boolean).join(' ')} style={style}>
      {formatAmount(amount, currency)}
    </span>
  );
}
