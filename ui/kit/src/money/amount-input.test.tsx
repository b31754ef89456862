import { screen } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { renderAt } from '../testing/index.ts';
import { AmountInput } from './amount-input.component.tsx';
import type { Amount } from './money.ts';

function Field({ initial = null }: { initial?: Amount | null }) {
  const [amount, setAmount] = useState<Amount | null>(initial);
  return (
    <>
      <AmountInput label="Betrag" value={amount} onChange={setAmount} />
      <output>{amount ?? 'nichts'}</output>
    </>
  );
}

describe('a field for an amount', () => {
  it('takes 1234,5 and writes it out on leaving', async () => {
    const { user } = renderAt('/', <Field />);
    await user.type(screen.getByLabelText('Betrag'), '1234,5');
    expect(screen.getByRole('status')).toHaveTextContent('1234.50');
    expect(screen.getByLabelText('Betrag')).toHaveValue('1234,5');
    await user.tab();
    expect(screen.getByLabelText('Betrag')).toHaveValue('1.234,50');
  });

  it('keeps what it does not understand and says so', async () => {
    const { user } = renderAt('/', <Field initial="10.00" />);
    await user.clear(screen.getByLabelText('Betrag'));
    await user.type(screen.getByLabelText('Betrag'), 'zehn');
    await user.tab();
    expect(screen.getByRole('status')).toHaveTextContent('nichts');
    expect(screen.getByLabelText('Betrag')).toHaveValue('zehn');
    expect(screen.getByLabelText('Betrag')).toBeInvalid();
  });
});
