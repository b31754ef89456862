import { describe, expect, it } from 'vitest';
import {
  compare,
  formatAmount,
  formatDecimal,
  negate,
  parseAmount,
  subtract,
  sum,
  toCents,
} from './money.ts';

describe('calculating with amounts', () => {
  it('adds what binary fractions get wrong', () => {
    expect(sum(['0.10', '0.20'])).toBe('0.30');
    expect(sum(Array.from({ length: 1000 }, () => '0.01'))).toBe('10.00');
  });

  it('stays exact beyond the safe integers of a double', () => {
    expect(sum(['90071992547409931.01', '0.01'])).toBe('90071992547409931.02');
  });

  it('keeps the sign of amounts below one', () => {
    expect(subtract('0.00', '0.05')).toBe('-0.05');
    expect(negate('-0.05')).toBe('0.05');
    expect(negate('0.00')).toBe('0.00');
  });

  it('orders by value, not by spelling', () => {
    expect(['10.00', '-3.50', '9.00'].sort(compare)).toEqual(['-3.50', '9.00', '10.00']);
  });

  it('refuses fractions of a cent', () => {
    expect(() => toCents('0.005')).toThrow(RangeError);
    expect(() => toCents('1e3')).toThrow(RangeError);
    expect(toCents('1.500')).toBe(150n);
  });
});

describe('reading what a person types', () => {
  it.each([
    ['1.234,56', '1234.56'],
    ['1234,5', '1234.50'],
    ['1234.5', '1234.50'],
    ['1.234', '1234.00'],
    ['1.234.567', '1234567.00'],
    ['12', '12.00'],
    [',5', '0.50'],
    ['119,00 €', '119.00'],
    ['-12,30', '-12.30'],
    ['12,30-', '-12.30'],
    ['−7', '-7.00'],
  ])('takes %s as %s', (typed, amount) => {
    expect(parseAmount(typed)).toBe(amount);
  });

  it.each(['', 'abc', '1,234', '1,2,3', '12.34,5', '1.23.456', '--1', '1,2.3', '-'])(
    'does not guess at %j',
    (typed) => {
      expect(parseAmount(typed)).toBeNull();
    },
  );
});

describe('showing amounts', () => {
  it('groups thousands and uses the comma', () => {
    expect(formatAmount('1234567.8')).toBe('1.234.567,80');
    expect(formatAmount('-0.5', 'EUR')).toBe('−0,50\u00a0€');
    expect(formatAmount('100.00', 'SEK')).toBe('100,00\u00a0SEK');
  });

  it('keeps every decimal of prices and quantities', () => {
    expect(formatDecimal('0.01250')).toBe('0,0125');
    expect(formatDecimal('3.000')).toBe('3');
    expect(formatDecimal('0019')).toBe('19');
  });
});
