import { screen } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { renderAt } from '../testing/index.ts';
import { addDays, type Day, formatDay, today } from './dates.ts';
import { DayInput } from './day-input.component.tsx';

function Field({ initial = null }: { initial?: Day | null }) {
  const [day, setDay] = useState<Day | null>(initial);
  return (
    <>
      <DayInput label="Datum" value={day} onChange={setDay} />
      <output>{day ?? 'nichts'}</output>
    </>
  );
}

describe('a field for a day', () => {
  it('expands a short hand on leaving', async () => {
    const { user } = renderAt('/', <Field />);
    await user.type(screen.getByLabelText('Datum'), '+7');
    await user.tab();
    const inAWeek = addDays(today(), 7);
    expect(screen.getByLabelText('Datum')).toHaveValue(formatDay(inAWeek));
    expect(screen.getByRole('status')).toHaveTextContent(inAWeek);
  });

  it('moves by a day with the arrows', async () => {
    const { user } = renderAt('/', <Field initial="2026-02-28" />);
    await user.type(screen.getByLabelText('Datum'), '{ArrowUp}');
    expect(screen.getByLabelText('Datum')).toHaveValue('01.03.2026');
  });

  it('does not take the 31st of February', async () => {
    const { user } = renderAt('/', <Field initial="2026-02-28" />);
    await user.clear(screen.getByLabelText('Datum'));
    await user.type(screen.getByLabelText('Datum'), '31.02.2026');
    await user.tab();
    expect(screen.getByLabelText('Datum')).toBeInvalid();
    expect(screen.getByText('Dieses Datum gibt es nicht.')).toBeVisible();
    expect(screen.getByRole('status')).toHaveTextContent('nichts');
  });
});
